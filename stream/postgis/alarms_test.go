package postgis_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/heatmap"
	"yiping/heatmap/alarm"
	"yiping/layers"
	"yiping/layers/postgis/postgistest"
	"yiping/stream/postgis"
)

// aMinute is a minute of the evening.
func aMinute(n int) time.Time {
	return time.Date(2019, 12, 31, 15, n, 0, 0, time.UTC)
}

// beginning is an alarm that has just begun.
func beginning(place string) alarm.Change {
	return alarm.Change{Kind: alarm.Begun, Now: &alarm.Alarm{
		Run: "bund-2019", Place: place, Name: "外滩", NameEN: "Bund", At: orb.Point{121.49, 31.24},
		Level: heatmap.Watch, Highest: heatmap.Watch, Foreseen: aMinute(9), Begun: aMinute(0), Changed: aMinute(0),
		PeakDensity: 2.1, PeakDevices: 2100, Synthetic: true, Version: 1,
	}}
}

// raised is what follows it.
func raised(c alarm.Change) alarm.Change {
	n := *c.Now
	n.Level, n.Highest, n.Foreseen, n.Changed = heatmap.Warn, heatmap.Warn, time.Time{}, aMinute(8)
	n.Version++
	return alarm.Change{Kind: alarm.Raised, Now: &n, Before: c.Now}
}

// ended is the end.
func ended(c alarm.Change) alarm.Change {
	n := *c.Now
	n.Level, n.Ended, n.Changed, n.Cause = heatmap.Calm, aMinute(59), aMinute(59), alarm.Calm
	n.Version++
	return alarm.Change{Kind: alarm.Ended, Now: &n, Before: c.Now}
}

// turn is that of a holder for a batch.
func turn(holder string, batch int64, lease time.Duration) alarm.Turn {
	return alarm.Turn{Run: "bund-2019", Holder: holder, Lease: lease, Batch: batch, Since: aMinute(0)}
}

// say tells some changes, whatever there was.
func say(changes ...alarm.Change) func([]alarm.Alarm) []alarm.Change {
	return func([]alarm.Alarm) []alarm.Change { return changes }
}

// What is told is in the table and among the events, comes back as it was, and is told
// once.
func TestAlarmsAreTold(t *testing.T) {
	t.Parallel()
	conn, log := alarms(t)
	from := start(t, conn, log)
	s := postgis.New(postgistest.Open(t, conn.Config().ConnString()).Pool())
	begun := beginning("bund")
	other := beginning("square")
	latest, err := s.Tell(t.Context(), turn("a", 1, time.Hour), say(begun, raised(begun), other))
	if err != nil {
		t.Fatal(err)
	}
	warn := *raised(begun).Now
	warn.ID = "A-1"
	watch := *other.Now
	if diff := cmp.Diff(latest, []alarm.Alarm{warn, watch}); diff != "" || watch.ID != "A-2" {
		t.Fatalf("newest alarms (-got +want):\n%s", diff)
	}
	again, err := s.Tell(t.Context(), turn("a", 1, time.Hour), func([]alarm.Alarm) []alarm.Change {
		t.Error("a batch is told again")
		return nil
	})
	if diff := cmp.Diff(again, latest); diff != "" || err != nil {
		t.Errorf("error %v, newest alarms (-got +want):\n%s", err, diff)
	}
	if _, err := s.Tell(t.Context(), turn("b", 1, time.Hour), nil); !errors.Is(err, alarm.ErrTold) {
		t.Errorf("another tells as well: error %v", err)
	}
	if err := s.Leave(t.Context(), "bund-2019", "b"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Tell(t.Context(), turn("b", 1, time.Hour), nil); !errors.Is(err, alarm.ErrTold) {
		t.Errorf("who has no turn has given it back: error %v", err)
	}
	if err := s.Leave(t.Context(), "bund-2019", "a"); err != nil {
		t.Fatal(err)
	}
	var seen []alarm.Alarm
	if _, err := s.Tell(t.Context(), turn("b", 1, time.Hour), func(latest []alarm.Alarm) []alarm.Change {
		seen = latest
		return []alarm.Change{ended(alarm.Change{Now: &latest[0]})}
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(seen, []alarm.Alarm{warn, watch}); diff != "" {
		t.Errorf("what the next hears of (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(until(t, log, from, "A-1/3"), []string{"A-1/1", "A-1/2", "A-2/1", "A-1/3"}); diff != "" {
		t.Errorf("events (-got +want):\n%s", diff)
	}
	open, err := log.Open(t.Context(), world(), 10)
	var keys []string
	for _, e := range open {
		keys = append(keys, e.Key)
	}
	if diff := cmp.Diff(keys, []string{"A-2", "first"}); diff != "" || err != nil {
		t.Errorf("error %v, open (-got +want):\n%s", err, diff)
	}
	for _, tt := range []struct {
		run   string
		open  bool
		limit int
		want  []string
	}{
		{"bund-2019", false, 10, []string{"A-2", "A-1"}},
		{"bund-2019", true, 10, []string{"A-2"}},
		{"bund-2019", false, 1, []string{"A-2"}},
		{"", false, 10, nil},
	} {
		all, err := s.Alarms(t.Context(), tt.run, tt.open, tt.limit)
		var ids []string
		for _, a := range all {
			ids = append(ids, a.ID)
		}
		if diff := cmp.Diff(ids, tt.want); diff != "" || err != nil {
			t.Errorf("%+v: error %v (-got +want):\n%s", tt, err, diff)
		}
	}
}

// A turn that was not renewed is the next one's.
func TestTurnRunsOut(t *testing.T) {
	t.Parallel()
	s := postgis.New(postgistest.New(t).Pool())
	if _, err := s.Tell(t.Context(), turn("a", 7, 0), say()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Tell(t.Context(), turn("b", 1, time.Hour), say(beginning("bund"))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Tell(t.Context(), turn("a", 8, time.Hour), say(beginning("square"))); !errors.Is(err, alarm.ErrTold) {
		t.Errorf("who let the turn go has it: error %v", err)
	}
	if all, err := s.Alarms(t.Context(), "bund-2019", false, 10); err != nil || len(all) != 1 {
		t.Errorf("%d alarms, error %v, want 1", len(all), err)
	}
}

// A place has one open alarm, whoever says otherwise; all of a batch is written or
// nothing.
func TestOneOpenAlarmOfAPlace(t *testing.T) {
	t.Parallel()
	s := postgis.New(postgistest.New(t).Pool())
	if _, err := s.Tell(t.Context(), turn("a", 1, time.Hour), say(beginning("square"), beginning("bund"), beginning("bund"))); err == nil {
		t.Error("a place has two open alarms")
	}
	if all, err := s.Alarms(t.Context(), "bund-2019", false, 10); err != nil || len(all) != 0 {
		t.Errorf("%d alarms of a batch that failed, error %v", len(all), err)
	}
	if _, err := s.Tell(t.Context(), turn("a", 1, time.Hour), say(beginning("square"))); err != nil {
		t.Errorf("the batch cannot be told again: %v", err)
	}
}

// One acknowledges an alarm; who does it again changes nothing, and nobody else can.
func TestAcknowledge(t *testing.T) {
	t.Parallel()
	conn, log := alarms(t)
	from := start(t, conn, log)
	s := postgis.New(postgistest.Open(t, conn.Config().ConnString()).Pool())
	begun := beginning("bund")
	if _, err := s.Tell(t.Context(), turn("a", 1, time.Hour), say(begun, raised(begun))); err != nil {
		t.Fatal(err)
	}
	by := alarm.Acknowledgement{At: aMinute(10), By: "李", Note: "已派人"}
	want := by
	want.Level = heatmap.Warn
	for range 2 {
		got, err := s.Acknowledge(t.Context(), "A-1", by)
		if diff := cmp.Diff(got.Acknowledgement, &want); diff != "" || err != nil || got.Version != 3 {
			t.Fatalf("version %d, error %v (-got +want):\n%s", got.Version, err, diff)
		}
	}
	if _, err := s.Acknowledge(t.Context(), "A-1", alarm.Acknowledgement{By: "王"}); !errors.Is(err, layers.ErrConflict) {
		t.Errorf("another acknowledges it as well: error %v", err)
	}
	for _, id := range []string{"A-2", "A-01", "A-", "F-1", ""} {
		if _, err := s.Acknowledge(t.Context(), id, by); !errors.Is(err, layers.ErrNotFound) {
			t.Errorf("alarm %q: error %v, want not found", id, err)
		}
	}
	until(t, log, from, "A-1/3")
	e, ok, err := log.Newest(t.Context(), "A-1")
	if err != nil || !ok {
		t.Fatalf("no newest event (%v), error %v", ok, err)
	}
	if e.Kind != string(alarm.Acknowledged) || !e.Time.Equal(by.At) || e.Final || len(e.Before) == 0 {
		t.Errorf("the event is %+v", e)
	}
	var latest []alarm.Alarm
	if latest, err = s.Tell(t.Context(), turn("a", 0, time.Hour), nil); err != nil || len(latest) != 1 || latest[0].Acknowledgement == nil {
		t.Errorf("who tells of it does not hear: %+v, error %v", latest, err)
	}
}
