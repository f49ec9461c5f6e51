package track_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"yiping/geo"
	"yiping/layers"
	"yiping/stream/track"
)

// lines are so many reports of different vehicles.
func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"k":"v-%d","t":%d,"lon":121.4,"lat":31.2}`+"\n", i, noon().UnixMilli())
	}
	return b.String()
}

func TestReadLines(t *testing.T) {
	t.Parallel()
	const good, bad = `{"k":"a","t":1795348800000,"lon":1,"lat":2}`, `{"k":"b","t":1795348800000,"lon":1}`
	missing := []track.Rejection{{Line: 3, Rule: track.RuleMalformed, Reason: "lat: is missing"}}
	tests := []struct {
		name, body string
		want       track.Outcome
		wantErr    string
	}{
		{"nothing", "", track.Outcome{}, ""},
		{"empty lines", "\n \r\n\n", track.Outcome{}, ""},
		{"no end of line", good, track.Outcome{Accepted: 1}, ""},
		{"one of them is none", good + "\r\n\n" + bad + "\n", track.Outcome{Accepted: 1, RejectedCount: 1, Rejected: missing}, ""},
		{"chunks", lines(2500), track.Outcome{Accepted: 2500}, ""},
		{"whole chunks", lines(2000), track.Outcome{Accepted: 2000}, ""},
		{"not JSON", "<html>", track.Outcome{}, "line 1, byte 0"},
		{"not JSON after a chunk", lines(1500) + "{", track.Outcome{Accepted: 1000}, "line 1501, byte 1"},
		{"a long line", strings.Repeat(" ", 64<<10) + good, track.Outcome{}, "longer than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "vehicles")
			got, err := w.ReadLines(t.Context(), strings.NewReader(tt.body), geo.WGS84)
			if (err != nil) != (tt.wantErr != "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
				t.Fatalf("got %v, want %q", err, tt.wantErr)
			}
			if diff := cmp.Diff(got, tt.want, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(track.Outcome{})); diff != "" {
				t.Error(diff)
			}
			if n := w.Status().Rejected[track.RuleMalformed]; n != uint64(len(tt.want.Rejected)) {
				t.Errorf("%d are counted as malformed", n)
			}
		})
	}
}

func TestReadDocument(t *testing.T) {
	t.Parallel()
	const good, bad = `{"k":"a","t":1795348800000,"lon":1,"lat":2}`, `{"k":"b","t":1795348800000,"lon":1}`
	array := "[" + strings.ReplaceAll(strings.TrimSpace(lines(1500)), "\n", ",") + "]"
	tests := []struct {
		name, body string
		want       track.Outcome
		wrong      bool
	}{
		{"one", good, track.Outcome{Accepted: 1}, false},
		{"one that is none", bad, track.Outcome{RejectedCount: 1, Rejected: []track.Rejection{{Line: 1, Rule: track.RuleMalformed, Reason: "lat: is missing"}}}, false},
		{"empty", " [ ] ", track.Outcome{}, false},
		{"some", "[" + good + " , " + bad + "]", track.Outcome{Accepted: 1, RejectedCount: 1, Rejected: []track.Rejection{{Line: 2, Rule: track.RuleMalformed, Reason: "lat: is missing"}}}, false},
		{"many", array, track.Outcome{Accepted: 1500}, false},
		{"nothing", "", track.Outcome{}, true},
		{"cut off", strings.TrimSuffix(array, "]"), track.Outcome{}, true},
		{"a comma too many", "[" + good + ",]", track.Outcome{}, true},
		{"no comma", "[" + good + good + "]", track.Outcome{}, true},
		{"more", "[]{}", track.Outcome{}, true},
		{"an array in it", "[[]]", track.Outcome{}, true},
		{"two", good + good, track.Outcome{}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := newWorld(t, "vehicles").ReadDocument(t.Context(), []byte(tt.body), geo.WGS84)
			var syntax *track.SyntaxError
			if errors.As(err, &syntax) != tt.wrong || err != nil && !tt.wrong {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(got, tt.want, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(track.Outcome{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Of many rejections a hundred are told, the first ones, and all are counted.
func TestRejectionsAreBounded(t *testing.T) {
	t.Parallel()
	got, err := newWorld(t, "vehicles").ReadLines(t.Context(), strings.NewReader(strings.Repeat("{}\n", 2500)), geo.WGS84)
	if err != nil {
		t.Fatal(err)
	}
	if got.RejectedCount != 2500 || len(got.Rejected) != 100 || got.Rejected[99].Line != 100 {
		t.Errorf("%d of %d are told", len(got.Rejected), got.RejectedCount)
	}
}

func TestFilterFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "vehicles")
	for _, text := range []string{"st = ", "colour = 'red'", "district = '310101'", "st = 'x'"} {
		_, err := w.ParseFilter(text)
		var fault *layers.InputError
		if !errors.As(err, &fault) || fault.Field != "where" {
			t.Errorf("%s: got %v", text, err)
		}
	}
}
