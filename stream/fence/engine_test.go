package fence_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/stream/fence"
)

// start is the time from which tests count seconds.
func start() time.Time { return time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC) }

func second(s float64) time.Time { return start().Add(time.Duration(s * float64(time.Second))) }

// The length of a degree in metres at the middle of the tests' fences.
const (
	perLat = 110_866.0
	perLon = 95_280.0
)

// metres is a place that many metres east and north of the Bund.
func metres(x, y float64) orb.Point { return orb.Point{121.486 + x/perLon, 31.24 + y/perLat} }

func square(side float64) orb.Polygon {
	return orb.Polygon{{metres(-side, -side), metres(side, -side), metres(side, side), metres(-side, side), metres(-side, -side)}}
}

// around is a fence of 200 × 200 m around the Bund that tells everything.
func around() fence.Definition {
	return fence.Definition{
		ID: "F-1", Version: 1, Title: "外滩", Geometry: square(100), Streams: []string{"vehicles"}, Kinds: fence.Kinds(),
	}
}

// TestTransitions walks an object along the x axis; the fence is from −100 to 100.
func TestTransitions(t *testing.T) {
	type step struct{ at, x float64 }
	for _, tt := range []struct {
		name  string
		edit  func(*fence.Definition)
		gone  time.Duration
		steps []step
		// until is how far time is let go in the end.
		until float64
		want  []string
	}{
		{"in and out", nil, 0, []step{{0, -150}, {1, -50}, {2, 50}, {3, 150}}, 10, []string{"1 enter moved in", "3 exit moved out final"}},
		{"it was there", nil, 0, []step{{0, 0}, {1, 10}}, 10, []string{"0 enter moved in"}},
		{"through between two fixes", nil, 0, []step{{0, -150}, {1, 150}}, 10, []string{"1 cross moved out final"}},
		{"past", nil, 0, []step{{0, -500}, {1, -200}, {2, -150}}, 10, nil},
		{"through, but nobody knows how", nil, 0, []step{{0, -150}, {121, 150}}, 300, nil},
		{"a jump is no way", nil, 0, []step{{0, -50_000}, {1, 50_000}}, 10, nil},
		{"late and again", nil, 0, []step{{2, 0}, {1, 150}, {2, 150}, {3, 10}}, 10, []string{"2 enter moved in"}},
		{
			"hysteresis", func(d *fence.Definition) { d.Hysteresis = 20 }, 0,
			[]step{{0, 110}, {1, 90}, {2, 115}, {3, 95}, {4, 119}, {5, 121}},
			10,
			[]string{"1 enter moved in", "5 exit moved out final"},
		},
		{
			"in for too short", func(d *fence.Definition) { d.Settle = 5 * time.Second }, 0,
			[]step{{0, -150}, {1, 0}, {5, 0}, {5.5, 150}},
			60,
			[]string{"5.5 cross moved out final"},
		},
		{
			"settled, told with the times of the turns", func(d *fence.Definition) { d.Settle = 5 * time.Second }, 0,
			[]step{{0, -150}, {1, 0}, {7, 10}, {20, 150}, {22, 0}, {30, 150}, {36, 160}},
			60,
			[]string{"1 enter moved in", "30 exit moved out final"},
		},
		{
			"settled by time alone", func(d *fence.Definition) { d.Settle = 5 * time.Second }, 0,
			[]step{{0, -150}, {1, 0}},
			60,
			[]string{"1 enter moved in"},
		},
		{
			"dwell once a stay", func(d *fence.Definition) { d.Dwell = 10 * time.Second }, 0,
			[]step{{0, 0}, {8, 0}, {30, 0}, {31, 150}, {32, 0}, {41, 150}, {50, 0}},
			300,
			[]string{
				"0 enter moved in", "10 dwell waited in", "31 exit moved out final",
				"32 enter moved in", "41 exit moved out final", "50 enter moved in", "60 dwell waited in",
			},
		},
		{
			"absent", func(d *fence.Definition) { d.Absence = 30 * time.Second }, 0,
			[]step{{0, 0}, {1, 150}, {20, 0}, {21, 150}},
			300,
			[]string{"0 enter moved in", "1 exit moved out", "20 enter moved in", "21 exit moved out", "51 absent waited out final"},
		},
		{
			"back at the last moment", func(d *fence.Definition) { d.Absence = 30 * time.Second }, 0,
			[]step{{0, 0}, {1, 150}, {31, 0}},
			40,
			[]string{"0 enter moved in", "1 exit moved out", "31 enter moved in"},
		},
		{
			"going through ends the wait", func(d *fence.Definition) { d.Absence = 30 * time.Second }, 0,
			[]step{{0, 0}, {1, 150}, {20, -150}},
			300,
			[]string{"0 enter moved in", "1 exit moved out", "20 cross moved out final"},
		},
		{
			"gone", func(d *fence.Definition) { d.Absence = 30 * time.Second }, time.Minute,
			[]step{{0, 0}, {10, 0}},
			300,
			[]string{"0 enter moved in", "70 exit gone out final"},
		},
		{
			"only what is wanted", func(d *fence.Definition) { d.Kinds = []fence.Kind{fence.Exit} }, 0,
			[]step{{0, 0}, {1, 150}, {2, -150}},
			10,
			[]string{"1 exit moved out final"},
		},
		{
			"along a line", func(d *fence.Definition) { d.Geometry, d.Buffer = orb.LineString{metres(0, -500), metres(0, 500)}, 30 }, 0,
			[]step{{0, -50}, {1, -20}, {2, 20}, {3, 40}, {4, -40}},
			10,
			[]string{"1 enter moved in", "3 exit moved out final", "4 cross moved out final"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := around()
			if tt.edit != nil {
				tt.edit(&d)
			}
			if err := d.Check(); err != nil {
				t.Fatal(err)
			}
			e := fence.New(fence.Config{Gone: func(string) time.Duration { return tt.gone }})
			if _, err := e.Put(d); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range tt.steps {
				got = append(got, told(e.Observe("vehicles", []fence.Fix{{Key: "v-1", Time: second(s.at), Place: metres(s.x, 3)}}))...)
			}
			got = append(got, told(e.Advance("vehicles", second(tt.until)))...)
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// told are transitions as "second kind cause in|out final".
func told(o fence.Outcome) []string {
	var all []string
	for _, tr := range o.Transitions {
		s := fmt.Sprintf("%v %s %s", tr.Time.Sub(start()).Seconds(), tr.Kind, tr.Cause)
		if tr.Inside {
			s += " in"
		} else {
			s += " out"
		}
		if tr.Final {
			s += " final"
		}
		all = append(all, s)
	}
	return all
}
