package forecast_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/heatmap"
	"yiping/heatmap/forecast"
)

// A score is what the past forecasts and what came say of each other.
func TestScore(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	devices := []int{1000}
	for len(devices) < 200 {
		devices = append(devices, max(0, devices[len(devices)-1]+r.IntN(101)-50))
	}
	f := warmed(t, forecast.Config{}, steps(noon(), devices...))
	for _, ahead := range []int{1, 6, 36} {
		past, err := f.Past("square", time.Duration(ahead)*forecast.Step)
		if err != nil {
			t.Fatal(err)
		}
		var n, off, unchanged, in80, in95, width, pinball float64
		for _, p := range past.Points {
			if p.Actual == nil {
				if !p.Time.After(next(t, f, 1).Time) {
					t.Errorf("nothing is known of %v", p.Time)
				}
				continue
			}
			y := float64(*p.Actual)
			at := int(p.Time.Sub(noon()) / forecast.Step)
			if *p.Actual != devices[at] {
				t.Fatalf("at %v were %d, not %v", p.Time, devices[at], y)
			}
			if at < len(devices)-90 { // the last 90 count
				continue
			}
			n++
			off += math.Abs(y - p.Devices)
			unchanged += math.Abs(y - float64(devices[at-ahead]))
			width += p.High80 - p.Low80
			if y >= p.Low80 && y <= p.High80 {
				in80++
			}
			if y >= p.Low95 && y <= p.High95 {
				in95++
			}
			for q, said := range map[float64]float64{0.025: p.Low95, 0.1: p.Low80, 0.5: p.Devices, 0.9: p.High80, 0.975: p.High95} {
				if y >= said {
					pinball += q * (y - said) / 5
				} else {
					pinball += (1 - q) * (said - y) / 5
				}
			}
		}
		got := next(t, f, ahead).Score
		want := forecast.Score{
			Count: 90, MASE: off / unchanged, Against: forecast.Unchanged,
			Coverage80: in80 / n, Coverage95: in95 / n, Width80: width / n, Pinball: pinball / n,
		}
		if diff := cmp.Diff(*got, want, cmp.Comparer(near)); diff != "" {
			t.Errorf("%d steps ahead (-got +want):\n%s", ahead, diff)
		}
	}
}

// Over many places the bands hold what they say, and are nested.
func TestCoverage(t *testing.T) {
	t.Parallel()
	in80, in95, n := 0.0, 0.0, 0.0
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 7))
		devices := make([]int, 160)
		for i := range devices {
			devices[i] = int(2000 + 100*r.NormFloat64())
		}
		f := warmed(t, forecast.Config{}, steps(noon(), devices...))
		got := next(t, f, 6)
		in80, in95, n = in80+got.Score.Coverage80, in95+got.Score.Coverage95, n+1
		for _, p := range got.Points {
			if !(0 <= p.Low95 && p.Low95 <= p.Low80 && p.Low80 <= p.Devices && p.Devices <= p.High80 && p.High80 <= p.High95) {
				t.Errorf("the bands of %+v are not nested", p)
			}
		}
	}
	if c := in80 / n; math.Abs(c-0.8) > 0.04 {
		t.Errorf("%v are within the band of 80 %%", c)
	}
	if c := in95 / n; math.Abs(c-0.95) > 0.03 {
		t.Errorf("%v are within the band of 95 %%", c)
	}
}

// A level that is called and reached is caught, one that nobody saw coming is missed,
// and one that was called and not reached is withdrawn.
func TestCalls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		devices []int
		want    forecast.Calls
	}{
		// 1500 + 12·100 after an hour or more: watch at 2000 is called from the fourth on.
		"caught":    {[]int{1200, 1300, 1400, 1500, 1600, 1700, 1800, 1900, 2000, 2000, 2000, 2000}, forecast.Calls{Caught: 1, Lead: 25 * time.Minute}},
		"missed":    {[]int{100, 100, 100, 100, 2100, 2100}, forecast.Calls{Missed: 1}},
		"withdrawn": {[]int{1200, 1300, 1400, 1500, 1500, 1500, 1500, 1500}, forecast.Calls{Withdrawn: 1}},
		"noise":     {[]int{2000, 2050, 1950, 2050, 1950, 2050, 1950}, forecast.Calls{Missed: 1}},
	} {
		got := next(t, warmed(t, forecast.Config{}, steps(noon(), c.devices...)), 1).Calls
		if diff := cmp.Diff(got, c.want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", name, diff)
		}
	}
}

// A crossing is where the curve meets the level.
func TestCrossings(t *testing.T) {
	t.Parallel()
	got := next(t, warmed(t, forecast.Config{}, steps(noon(), 1700, 1800, 1900)), 1)
	if len(got.Crossings) != 0 {
		t.Errorf("without a flow %+v", got.Crossings)
	}
	got = next(t, warmed(t, forecast.Config{}, steps(noon(), 1600, 1700, 1800, 1900)), 1)
	if len(got.Crossings) != 1 || got.Crossings[0].Level != heatmap.Watch || got.Crossings[0].Probability != nil {
		t.Fatalf("crossings %+v", got.Crossings)
	}
	// 1995.95 after five minutes and 2084.23 after ten.
	if after := got.Crossings[0].Time.Sub(got.Time).Seconds(); math.Abs(after-300-300*4.0532/88.2764) > 0.1 {
		t.Errorf("watch after %v s", after)
	}
}
