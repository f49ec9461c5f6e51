package counter_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/heatmap"
	"yiping/heatmap/counter"
)

// evening is a minute of New Year's Eve after 16:00 in Shanghai.
func evening(minute int) time.Time {
	return time.Date(2019, 12, 31, 8, minute, 0, 0, time.UTC)
}

func gate(at time.Time, in, out int) heatmap.Tally {
	return heatmap.Tally{Counter: "gate", Place: "bund", Time: at, In: in, Out: out}
}

func camera(at time.Time, name string, n int) heatmap.Tally {
	return heatmap.Tally{Counter: name, Place: "bund", Time: at, Inside: n, Sees: true}
}

func bund(devices int) *heatmap.PlaceState {
	return &heatmap.PlaceState{Place: &heatmap.Place{ID: "bund"}, Devices: devices}
}

// What becomes of tallies, one after the other.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	b := counter.New(counter.Config{})
	now := evening(30)
	for _, tt := range []struct {
		name string
		t    heatmap.Tally
		want counter.Outcome
	}{
		{"the first", gate(now, 500, 0), counter.Counted},
		{"again", gate(now, 500, 0), counter.Repeated},
		{"the one before", gate(evening(29), 0, 100), counter.Counted},
		{"again", gate(evening(29), 0, 100), counter.Repeated},
		{"in another time zone", gate(now.In(time.FixedZone("", 3600)), 1, 0), counter.Repeated},
		{"a quarter of an hour ago", gate(evening(15), 0, 0), counter.Counted},
		{"before that", gate(evening(15).Add(-1), 900, 0), counter.Late},
		{"a clock that is ahead", gate(evening(31), 0, 0), counter.Counted},
		{"far ahead", gate(evening(31).Add(1), 900, 0), counter.Future},
		{"another counter", camera(now, "camera", 400), counter.Counted},
	} {
		if diff := cmp.Diff(b.Take(now, []heatmap.Tally{tt.t}), map[counter.Outcome]int{tt.want: 1}); diff != "" {
			t.Errorf("%s (-got +want):\n%s", tt.name, diff)
		}
	}
	want := map[counter.Outcome]int64{counter.Counted: 5, counter.Repeated: 3, counter.Late: 1, counter.Future: 1}
	if diff := cmp.Diff(b.Outcomes(), want); diff != "" {
		t.Errorf("all (-got +want):\n%s", diff)
	}
	if got := b.People(bund(400), now); got.Low != 310 || got.High != 600 || !got.Agree {
		t.Errorf("400 inside by the gate and by the camera: %+v", got)
	}
}

// There is room for so many counters and so many tallies, and at 4 o'clock for others.
func TestBounds(t *testing.T) {
	t.Parallel()
	b := counter.New(counter.Config{})
	now := evening(30)
	var many, often []heatmap.Tally
	for i := range 5001 {
		many = append(many, camera(now, fmt.Sprint("camera-", i), 1))
	}
	for i := range 1000 {
		often = append(often, camera(now.Add(-time.Duration(i+1)*time.Millisecond), "camera-1", 1))
	}
	if diff := cmp.Diff(b.Take(now, many), map[counter.Outcome]int{counter.Counted: 5000, counter.Full: 1}); diff != "" {
		t.Errorf("many counters (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(b.Take(now, often), map[counter.Outcome]int{counter.Counted: 999, counter.Full: 1}); diff != "" {
		t.Errorf("many tallies (-got +want):\n%s", diff)
	}
	later := now.Add(16 * time.Minute)
	if diff := cmp.Diff(b.Take(later, []heatmap.Tally{camera(later, "camera-1", 1)}), map[counter.Outcome]int{counter.Counted: 1}); diff != "" {
		t.Errorf("a quarter of an hour later (-got +want):\n%s", diff)
	}
	morning := evening(12*60 + 1)
	got := b.Take(morning, []heatmap.Tally{camera(morning, "another", 20), gate(morning.Add(-2*time.Minute), 10, 0)})
	if diff := cmp.Diff(got, map[counter.Outcome]int{counter.Counted: 1, counter.Late: 1}); diff != "" {
		t.Errorf("after 4 o'clock (-got +want):\n%s", diff)
	}
}

// One source has a band, two that disagree have one that covers both and no middle,
// and a camera is not believed for ever.
func TestPeople(t *testing.T) {
	t.Parallel()
	assumed := counter.Factor{Low: 0.77, Mid: 1, High: 1.5}
	both := []string{counter.Devices, counter.Counters}
	for _, tt := range []struct {
		name    string
		tallies []heatmap.Tally
		devices int
		want    counter.People
	}{
		{"devices alone", nil, 1000, counter.People{Low: 770, Mid: 1000, High: 1500, Agree: true, Sources: both[:1], Factor: assumed}},
		{"nobody", nil, 0, counter.People{Agree: true, Sources: both[:1], Factor: assumed}},
		{
			"a gate that agrees",
			[]heatmap.Tally{gate(evening(29), 2000, 900)},
			1000,
			counter.People{Low: 770, Mid: 1100, High: 1500, Agree: true, Sources: both, Factor: assumed},
		},
		{
			"a gate that says more",
			[]heatmap.Tally{gate(evening(29), 6000, 1000)},
			1000,
			counter.People{Low: 770, Mid: 5000, High: 5070, Sources: both, Factor: assumed},
		},
		{
			"a gate that more leave by",
			[]heatmap.Tally{gate(evening(29), 10, 2000)},
			1000,
			counter.People{Low: 0, Mid: 0, High: 1500, Sources: both, Factor: assumed},
		},
		{
			"cameras add up",
			[]heatmap.Tally{camera(evening(25), "a", 600), camera(evening(28), "a", 500), camera(evening(29), "b", 300), camera(evening(19), "c", 9000)},
			1000,
			counter.People{Low: 720, Mid: 800, High: 1500, Agree: true, Sources: both, Factor: assumed},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := counter.New(counter.Config{})
			b.Hear(evening(30), tt.tallies)
			if diff := cmp.Diff(b.People(bund(tt.devices), evening(30)), tt.want); diff != "" {
				t.Errorf("(-got +want):\n%s", diff)
			}
		})
	}
}

// The factor is that by which people and devices differ, and its interval holds it in
// 95 % of cases or nearly so: 200 evenings whose slots are off at random.
func TestFactorIsMeasured(t *testing.T) {
	t.Parallel()
	const evenings, people = 200, 1.4
	within := 0
	for seed := range uint64(evenings) {
		r := rand.New(rand.NewPCG(seed, 9))
		b := counter.New(counter.Config{})
		place := *bund(0)
		for minute := range 150 {
			now := evening(minute)
			flow := (8 + 4*math.Sin(float64(minute)/30)) * (1 + 0.3*r.NormFloat64())
			place.In, place.Out = 0.7*flow, 0.3*flow
			counted := people * 60 * flow * (1 + 0.2*r.NormFloat64())
			b.Take(now, []heatmap.Tally{gate(now, int(0.7*counted), int(0.3*counted))})
			b.Observe(&heatmap.Frame{Time: now, Places: []heatmap.PlaceState{place}})
			if got := b.People(bund(1000), now).Factor; minute < 60 && got.Measured {
				t.Fatalf("after %d minutes the factor is %+v", minute, got)
			}
		}
		got := b.People(bund(1000), evening(150))
		if f := got.Factor; !f.Measured || math.Abs(f.Mid-people) > 0.2 {
			t.Fatalf("seed %d: the factor is %+v, want about %v", seed, f, people)
		}
		if f := got.Factor; f.Low <= people && people <= f.High {
			within++
		}
	}
	if t.Logf("%d of %d intervals hold the factor", within, evenings); float64(within) < 0.93*evenings {
		t.Errorf("only %d of %d intervals hold the factor", within, evenings)
	}
}
