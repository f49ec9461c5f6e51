package track_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"yiping/layers"
	"yiping/stream/track"
)

// what is what became of one report: the rule that refused it, or a word.
func what(o track.Outcome) string {
	switch {
	case o.Accepted == 1:
		return "accepted"
	case o.Late == 1:
		return "late"
	case o.Duplicate == 1:
		return "duplicate"
	case o.RejectedCount == 1:
		return string(o.Rejected[0].Rule)
	}
	return fmt.Sprint(o)
}

func TestRules(t *testing.T) {
	t.Parallel()
	const lat = 31.24
	type step struct {
		after  time.Duration // of the report's time from noon
		metres float64       // to the east
		want   string
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"a new object", []step{{0, 0, "accepted"}}},
		{"the same again", []step{{0, 0, "accepted"}, {0, 0, "duplicate"}}},
		{"below a millisecond", []step{{0, 0, "accepted"}, {400 * time.Microsecond, 0, "duplicate"}}},
		{"newer", []step{{-2 * time.Second, 0, "accepted"}, {0, 10, "accepted"}}},
		{"late", []step{{0, 0, "accepted"}, {-time.Second, 0, "late"}, {-10 * time.Minute, 0, "late"}}},
		{"too late", []step{{0, 0, "accepted"}, {-10*time.Minute - time.Millisecond, 0, "old"}}},
		{"an old one that is new here", []step{{-10 * time.Minute, 0, "accepted"}}},
		{"within the skew of clocks", []step{{30 * time.Second, 0, "accepted"}}},
		{"from the future", []step{{30*time.Second + time.Millisecond, 0, "future"}}},
		{"at the greatest speed", []step{{-10 * time.Second, 0, "accepted"}, {0, 699, "accepted"}}},
		{"above the greatest speed", []step{{-10 * time.Second, 0, "accepted"}, {0, 702, "speed"}}},
		{"a jump that satellites make", []step{{-time.Millisecond, 0, "accepted"}, {0, 49, "accepted"}}},
		{"a jump that they do not", []step{{-time.Millisecond, 0, "accepted"}, {0, 51, "speed"}}},
		{"one jump and back", []step{
			{-9 * time.Second, 0, "accepted"},
			{-8 * time.Second, 5000, "speed"},
			{-7 * time.Second, 20, "accepted"},
			{-6 * time.Second, 5000, "speed"},
			{-5 * time.Second, 5010, "speed"},
			{-4 * time.Second, 40, "accepted"},
		}},
		{"three that agree", []step{
			{-9 * time.Second, 0, "accepted"},
			{-8 * time.Second, 5000, "speed"},
			{-7 * time.Second, 5020, "speed"},
			{-6 * time.Second, 5040, "accepted"},
			{-5 * time.Second, 5060, "accepted"},
			{-4 * time.Second, 0, "speed"},
		}},
		{"three that do not", []step{
			{-9 * time.Second, 0, "accepted"},
			{-8 * time.Second, 5000, "speed"},
			{-7 * time.Second, 20000, "speed"},
			{-6 * time.Second, 40000, "speed"},
			{-5 * time.Second, 60000, "speed"},
		}},
		{"one that is sent three times", []step{
			{-9 * time.Second, 0, "accepted"},
			{-8 * time.Second, 5000, "speed"},
			{-8 * time.Second, 5000, "speed"},
			{-8 * time.Second, 5000, "speed"},
			{-8 * time.Second, 5000, "speed"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "vehicles")
			for i, s := range tt.steps {
				if got := what(w.report(t, at("v", noon().Add(s.after), east(s.metres), lat))); got != s.want {
					t.Errorf("report %d is %s, want %s", i, got, s.want)
				}
			}
		})
	}
}

// Sensors have no greatest speed, and late is within a day.
func TestRulesOfSensors(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sensors")
	w.report(t, at("s", noon().Add(-time.Second), 121.4, 31.2))
	if got := what(w.report(t, at("s", noon(), 121.9, 31.2))); got != "accepted" {
		t.Errorf("a sensor that was moved is %s", got)
	}
	if got := what(w.report(t, at("s", noon().Add(-23*time.Hour), 121.4, 31.2))); got != "late" {
		t.Errorf("a report of yesterday is %s", got)
	}
}

func TestOneObjectTooMany(t *testing.T) {
	t.Parallel()
	d := *definition(t, "vehicles")
	d.MaxObjects = 2
	w := track.New(&d, track.Config{Now: func() time.Time { return noon() }})
	out, err := w.Report(t.Context(), []track.Report{
		at("a", noon(), 121, 31), at("b", noon(), 121, 31), at("c", noon(), 121, 31), at("a", noon().Add(time.Second), 121, 31),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := track.Outcome{Accepted: 3, RejectedCount: 1, Rejected: []track.Rejection{{Rule: track.RuleFull}}}
	if diff := cmp.Diff(out, want, cmpopts.IgnoreFields(track.Rejection{}, "Reason"), cmpopts.IgnoreUnexported(track.Outcome{})); diff != "" {
		t.Error(diff)
	}
}

// What comes from another replica has been judged there: only what is newer counts.
func TestReplicate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "vehicles")
	out := w.Replicate([]track.Report{
		at("v", noon().Add(-2*time.Second), 121.4, 31.2), at("v", noon().Add(-time.Second), 122.4, 31.2),
		at("v", noon().Add(-time.Second), 121.4, 31.2), at("v", noon().Add(-3*time.Second), 121.4, 31.2),
		at("w", noon().Add(time.Hour), 121.4, 31.2), at("x", noon().Add(-time.Hour), 121.4, 31.2),
	})
	if out.Accepted != 3 || out.Duplicate != 1 || out.Late != 2 {
		t.Errorf("got %+v", out)
	}
	if len(w.batches) != 1 || !w.batches[0].Replicated {
		t.Errorf("told of %+v", w.batches)
	}
}

// recorder is a history with room for so many.
type recorder struct {
	room           int
	accepted, late []string
}

func (r *recorder) Reserve(_ context.Context, reports []track.Report) (int64, error) {
	if len(reports) > r.room {
		return 0, fmt.Errorf("%w: full", layers.ErrBusy)
	}
	r.room -= len(reports)
	return int64(len(reports)), nil
}

func (r *recorder) Add(_ *track.Definition, reserved int64, accepted, late []track.Report) {
	for _, a := range accepted {
		r.accepted = append(r.accepted, a.Key)
	}
	for _, l := range late {
		r.late = append(r.late, l.Key)
	}
	r.room += int(reserved) - len(accepted) - len(late)
}

// The history gets what was accepted and what was late, and nothing is taken that
// finds no room in it.
func TestHistoryHoldsReportsBack(t *testing.T) {
	t.Parallel()
	r := &recorder{room: 4}
	w := track.New(definition(t, "vehicles"), track.Config{Recorder: r, Now: noon})
	past := noon().Add(-time.Minute)
	if _, err := w.Report(t.Context(), []track.Report{at("a", noon(), 121, 31), at("a", past, 121, 31), at("a", noon(), 121, 31)}); err != nil {
		t.Fatal(err)
	}
	if r.room != 2 {
		t.Errorf("there is room for %d, want 2", r.room)
	}
	if diff := cmp.Diff([][]string{r.accepted, r.late}, [][]string{{"a"}, {"a"}}); diff != "" {
		t.Error(diff)
	}
	three := []track.Report{at("b", noon(), 121, 31), at("c", noon(), 121, 31), at("d", noon(), 121, 31)}
	if _, err := w.Report(t.Context(), three); !errors.Is(err, layers.ErrBusy) {
		t.Errorf("without room: %v", err)
	}
	if n := w.Status().Objects; n != 1 {
		t.Errorf("there are %d objects, want 1", n)
	}
	r.room = 3 // sent again, all of it is taken
	if out, err := w.Report(t.Context(), three); err != nil || out.Accepted != 3 {
		t.Errorf("got %+v, %v", out, err)
	}
}
