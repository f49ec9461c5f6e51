package forecast_test

import (
	"math"
	"os"
	"strconv"
	"testing"
	"time"

	"yiping/heatmap"
	"yiping/heatmap/forecast"
	"yiping/heatmap/replay"
)

// scale is the part of the crowd that is played: all of it with YIPING_REPLAY_SCALE=1
// (make test/replay).
func scale(t *testing.T) float64 {
	t.Helper()
	text := os.Getenv("YIPING_REPLAY_SCALE")
	if text == "" {
		return 0.01
	}
	by, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return by
}

// clock is an hour of 31 December 2019 in Shanghai; 25 is one o'clock in the night.
func clock(hour int) time.Time {
	return time.Date(2019, 12, 31, hour, 0, 0, 0, time.FixedZone("", 8*3600))
}

// On the evening of 2019, whose curve no profile has, the most people and the fall after
// midnight are forecast from 22:00 on within what the bands say; at 21:00, when the
// profile of 2014 still counts for much, too many are.
func TestBund2019(t *testing.T) {
	t.Parallel()
	s, err := replay.Bund2019()
	if err != nil {
		t.Fatal(err)
	}
	profiles, err := forecast.Profiles()
	if err != nil {
		t.Fatal(err)
	}
	f := forecast.New(forecast.Config{Profiles: profiles})
	p := replay.NewPlayer(s.Scaled(scale(t)), 1, 60, func(_ *replay.Scenario, c heatmap.EngineConfig) (*heatmap.Engine, func()) {
		c.Told = f.Observe
		return heatmap.New(c), func() {}
	})
	made := map[int]*forecast.Forecast{} // by hour
	for !p.Done() {
		p.Step()
		for _, hour := range []int{21, 22, 23, 24} {
			if !p.Time().Equal(clock(hour)) {
				continue
			}
			if made[hour], err = f.Forecast("bund", time.Hour); err != nil {
				t.Fatal(err)
			}
		}
	}
	// of is what was forecast at an hour for a time.
	of := func(hour int, at time.Time) forecast.Point {
		return made[hour].Points[int(at.Sub(clock(hour))/forecast.Step)-1]
	}
	actual := func(at time.Time) float64 {
		t.Helper()
		for _, m := range p.Curve() {
			if m.Time.Equal(at) {
				return float64(m.People)
			}
		}
		t.Fatalf("nothing was played at %v", at)
		return 0
	}
	midnight, one := clock(24), clock(25)
	for hour := 21; hour < 24; hour++ {
		q := of(hour, midnight)
		t.Logf("at %d:00 for midnight: %.0f, 80 %%: %.0f–%.0f, 95 %%: %.0f–%.0f; it was %.0f", hour, q.Devices, q.Low80, q.High80, q.Low95, q.High95, actual(midnight))
		if made[hour].Profile != "new-years-eve" || !made[hour].Synthetic {
			t.Errorf("at %d:00 the profile is %q, synthetic %v", hour, made[hour].Profile, made[hour].Synthetic)
		}
	}
	for hour, off := range map[int]float64{22: 0.1, 23: 0.05} {
		q, n := of(hour, midnight), actual(midnight)
		if math.Abs(q.Devices-n) > off*n || n < q.Low80 || n > q.High80 {
			t.Errorf("at %d:00 %+v was forecast for midnight, when there were %v", hour, q, n)
		}
		q, n = of(hour, one), actual(one)
		t.Logf("at %d:00 for one o'clock: %.0f, 95 %%: %.0f–%.0f; it was %.0f", hour, q.Devices, q.Low95, q.High95, n)
		if n < q.Low95 || n > q.High95 {
			t.Errorf("at %d:00 %+v was forecast for one o'clock, when there were %v", hour, q, n)
		}
	}
	for _, h := range []time.Duration{15, 30, 60, 90, 120, 180} {
		now, err := f.Forecast("bund", h*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d minutes ahead: %+v", h, *now.Score)
		if now.Score.MASE >= 1 {
			t.Errorf("%d minutes ahead it is no better than no change", h)
		}
		if h <= 120 && now.Score.Coverage95 < 0.9 {
			t.Errorf("%d minutes ahead %v are within the band of 95 %%", h, now.Score.Coverage95)
		}
	}
	last, err := f.Forecast("bund", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("calls: %+v", last.Calls)
	if last.Calls.Caught < 2 || last.Calls.Missed > 0 {
		t.Errorf("watch and warn were reached; calls %+v", last.Calls)
	}
}
