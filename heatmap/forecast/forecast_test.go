package forecast_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/heatmap"
	"yiping/heatmap/forecast"
)

// noon is when these tests begin. No event is near.
func noon() time.Time { return time.Date(2026, 5, 11, 4, 0, 0, 0, time.UTC) }

// square is a place of 1000 m² where people walk: watch begins at 2000 people, warn at
// 3500.
func square() *heatmap.Place {
	return &heatmap.Place{ID: "square", Flow: heatmap.Moving, Usable: 1000}
}

// steps are minutes of a place, a Step apart.
func steps(begin time.Time, devices ...int) []forecast.Minute {
	minutes := make([]forecast.Minute, len(devices))
	for i, n := range devices {
		minutes[i] = forecast.Minute{Time: begin.Add(time.Duration(i) * forecast.Step), Devices: n}
	}
	return minutes
}

// warmed is a forecaster that knows of the square.
func warmed(t *testing.T, c forecast.Config, minutes []forecast.Minute) *forecast.Forecaster {
	t.Helper()
	f := forecast.New(c)
	f.Warm(square(), minutes)
	return f
}

// next is the newest forecast of the square; its score is of so many steps ahead.
func next(t *testing.T, f *forecast.Forecaster, ahead int) *forecast.Forecast {
	t.Helper()
	got, err := f.Forecast("square", time.Duration(ahead)*forecast.Step)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-6*math.Abs(want)+1e-3 }

// frame has the square.
func frame(at time.Time, devices int, p *heatmap.Place) *heatmap.Frame {
	return &heatmap.Frame{Time: at, Places: []heatmap.PlaceState{{Place: p, Devices: devices}}}
}

// What is stored tells as much as what was seen: a restart changes neither forecasts nor
// scores. Only the calls are of the last day.
func TestWarmIsObserve(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	warm, seen, late := forecast.New(forecast.Config{}), forecast.New(forecast.Config{}), forecast.New(forecast.Config{})
	var minutes []forecast.Minute
	for i := range 400 * 5 {
		at := noon().Add(time.Duration(i) * time.Minute)
		if i%70 == 20 { // a gap
			continue
		}
		n := 10 * r.IntN(100)
		minutes = append(minutes, forecast.Minute{Time: at, Devices: n})
		for _, second := range []time.Duration{0, 2, 30} {
			f := frame(at.Add(second*time.Second), n, square())
			seen.Observe(f)
			if i > 390*5 {
				late.Observe(f)
			}
			n += 10
		}
	}
	warm.Warm(square(), minutes)
	late.Warm(square(), minutes[:len(minutes)-3*5])
	want := next(t, seen, 6)
	want.Calls = forecast.Calls{}
	for name, f := range map[string]*forecast.Forecaster{"before": warm, "after some frames": late} {
		got := next(t, f, 6)
		got.Calls = forecast.Calls{}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("warmed %s (-warm +seen):\n%s", name, diff)
		}
	}
}

// A past that is later than the first frame is none.
func TestWarmAhead(t *testing.T) {
	t.Parallel()
	f := warmed(t, forecast.Config{}, steps(noon(), 1000, 1100, 1200, 1300))
	f.Observe(frame(noon().Add(10*time.Minute), 500, square()))
	past, err := f.Past("square", forecast.Step)
	if err != nil || len(past.Points) != 1 || next(t, f, 1).Devices != 500 {
		t.Errorf("%+v, %v", past, err)
	}
}

// Nothing is forecast of places that are not there, while counts are not complete, from
// a frame in the middle of a step, and across a new outline.
func TestObserve(t *testing.T) {
	t.Parallel()
	var appeared []time.Time
	f := forecast.New(forecast.Config{Appeared: func(_ *heatmap.Place, at time.Time) { appeared = append(appeared, at) }})
	unknown := func(when string) {
		t.Helper()
		if got, err := f.Forecast("square", forecast.Step); !errors.Is(err, forecast.ErrUnknown) {
			t.Errorf("%s: %+v, %v", when, got, err)
		}
	}
	unknown("before all")
	warming := frame(noon(), 100, square())
	warming.WarmingUntil = noon().Add(10 * time.Minute)
	f.Observe(warming)
	unknown("before counts are complete")
	f.Observe(frame(noon().Add(12*time.Minute), 100, square()))
	unknown("in the middle of a step")
	f.Observe(frame(noon().Add(15*time.Minute+3*time.Second), 100, square()))
	if got := next(t, f, 1); !got.Time.Equal(noon().Add(15*time.Minute)) || got.Devices != 100 || got.Synthetic {
		t.Errorf("got %+v", got)
	}
	made := frame(noon().Add(20*time.Minute), 120, square())
	made.Synthetic = true
	f.Observe(made)
	f.Observe(frame(noon().Add(25*time.Minute), 120, square()))
	if got := next(t, f, 1); !got.Synthetic {
		t.Error("what is made from synthetic devices does not say so")
	}
	moved := square()
	moved.Outline = orb.MultiPolygon{{{{121, 31}, {121.1, 31}, {121.1, 31.1}, {121, 31}}}}
	f.Observe(frame(noon().Add(30*time.Minute), 500, moved))
	if past, err := f.Past("square", forecast.Step); err != nil || len(past.Points) != 1 {
		t.Errorf("after a new outline %+v, %v", past, err)
	}
	f.Observe(&heatmap.Frame{Time: noon().Add(35 * time.Minute), Places: []heatmap.PlaceState{}})
	unknown("when it is not watched any more")
	f.Observe(frame(noon().Add(40*time.Minute), 500, moved))
	if diff := cmp.Diff(appeared, []time.Time{noon().Add(15 * time.Minute), noon().Add(40 * time.Minute)}); diff != "" {
		t.Errorf("it appeared at (-got +want):\n%s", diff)
	}
}

// The profiles that come with the program can be read, and faults are told.
func TestProfiles(t *testing.T) {
	t.Parallel()
	all, err := forecast.Profiles()
	if err != nil || len(all) == 0 || all[0].ID != "new-years-eve" {
		t.Errorf("%d profiles, %v", len(all), err)
	}
	for name, text := range map[string]string{
		"no list":        `id: a`,
		"unknown member": `[{id: a, yearly: "01-01T00:00Z", curves: []}]`,
		"no end":         `[{id: a, yearly: "01-01T00:00Z", curve: [{at: -1h, share: 1}, {at: 1h, share: 1}]}]`,
		"only an end":    `[{id: a, yearly: "01-01T00:00Z", curve: [{at: 0s, share: 1}]}]`,
		"no curve":       `[{id: a, yearly: "01-01T00:00Z"}]`,
		"backwards":      `[{id: a, yearly: "01-01T00:00Z", curve: [{at: -1h, share: 1}, {at: -2h, share: 1}, {at: 0s, share: 1}, {at: 1h, share: 1}]}]`,
		"share of 0":     `[{id: a, yearly: "01-01T00:00Z", curve: [{at: -1h, share: 0}, {at: 0s, share: 1}, {at: 1h, share: 1}]}]`,
		"no such source": `[{id: a, yearly: "01-01T00:00Z", curve: [{at: -1h, share: 1, source: b}, {at: 0s, share: 1}, {at: 1h, share: 1}]}]`,
		"no such day":    `[{id: a, yearly: "01-32T00:00Z", curve: [{at: -1h, share: 1}, {at: 0s, share: 1}, {at: 1h, share: 1}]}]`,
	} {
		if got, err := forecast.ReadProfiles([]byte(text)); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// BenchmarkObserve is the frame of a step with two hundred places, each with all the
// history that is kept.
//
//	go test -run '^$' -bench Observe ./heatmap/forecast
func BenchmarkObserve(b *testing.B) {
	f := forecast.New(forecast.Config{})
	fr := &heatmap.Frame{Time: noon()}
	for range 200 {
		p := square()
		p.ID = string(rune('a' + len(fr.Places)))
		fr.Places = append(fr.Places, heatmap.PlaceState{Place: p, Devices: 1000})
	}
	for range 130 {
		fr.Time = fr.Time.Add(forecast.Step)
		f.Observe(fr)
	}
	for b.Loop() {
		fr.Time = fr.Time.Add(forecast.Step)
		f.Observe(fr)
	}
}

// Whatever comes, with gaps, from nobody to a million, into an event and out of it:
// forecasts are finite, not negative, and in their bands; so are scores.
func TestForecastIsFinite(t *testing.T) {
	t.Parallel()
	profiles, err := forecast.Profiles()
	if err != nil {
		t.Fatal(err)
	}
	finite := func(n float64) bool { return !math.IsNaN(n) && !math.IsInf(n, 0) && n >= 0 }
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 2))
		f := forecast.New(forecast.Config{Profiles: profiles})
		at := time.Date(2026, 12, 31, 7, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(120)) * time.Minute)
		n := 0
		for range 100 {
			at = at.Add(time.Duration(1+r.IntN(7)*r.IntN(2)) * time.Minute)
			switch r.IntN(12) {
			case 0:
				n = 0
			case 1:
				n = r.IntN(1_000_000)
			default:
				n = max(0, n+r.IntN(2001)-1000)
			}
			f.Observe(frame(at, n, square()))
			got, err := f.Forecast("square", 15*time.Minute)
			if errors.Is(err, forecast.ErrUnknown) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range got.Points {
				if !finite(p.Low95) || !finite(p.High95) || p.Low95 > p.Low80 || p.Low80 > p.Devices || p.Devices > p.High80 || p.High80 > p.High95 {
					t.Fatalf("seed %d at %v: %+v", seed, at, p)
				}
			}
			if s := got.Score; s != nil && !(finite(s.MASE) && finite(s.Pinball) && finite(s.Width80)) {
				t.Fatalf("seed %d at %v: %+v", seed, at, s)
			}
		}
	}
}
