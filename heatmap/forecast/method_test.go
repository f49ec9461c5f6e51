package forecast_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/heatmap/forecast"
)

// The flow of a quarter of an hour goes on and dies away with a time constant of an
// hour: 100 devices in five minutes become 100·12·(1 − e^(−h/12)) in h steps.
func TestBalance(t *testing.T) {
	t.Parallel()
	got := next(t, warmed(t, forecast.Config{}, steps(noon(), 1000, 1100, 1200, 1300)), 1)
	if diff := cmp.Diff(got.Shares, map[string]float64{"balance": 1}); diff != "" {
		t.Errorf("shares (-got +want):\n%s", diff)
	}
	if len(got.Points) != forecast.Points {
		t.Fatalf("%d points", len(got.Points))
	}
	for h, want := range map[int]float64{1: 1395.9468, 12: 2058.5447, 36: 2440.2555} {
		p := got.Points[h-1]
		if !near(p.Devices, want) || !p.Time.Equal(got.Time.Add(time.Duration(h)*forecast.Step)) {
			t.Errorf("%d steps ahead: %+v, want %v", h, p, want)
		}
	}
}

// With four weeks behind it the usual counts too: where it was always 1000 and is 2000
// now, 2000 an hour ago and 1000 two hours ago, by hand
//
//	r = (2000 + 0.6·2000 + 0.36·1000 + 20) / (1000 + 0.6·1000 + 0.36·1000 + 20) = 1.808081
//	ŷ(1 h) = ½·1000·r^0.9 + ½·(1000 + 1000·0.7) = 1702.052
func TestSeason(t *testing.T) {
	t.Parallel()
	const weeks = 4 * 7 * 24 * 12
	devices := make([]int, weeks+3*12)
	for i := range devices {
		devices[i] = 1000
		if i >= weeks+12 {
			devices[i] = 2000
		}
	}
	got := next(t, warmed(t, forecast.Config{}, steps(noon(), devices...)), 12)
	share := got.Shares["season"]
	// now = 2000 since more than an hour: there is no flow.
	const ahead = 1702.052
	if want := share*ahead + (1-share)*2000; share <= 0 || share >= 1 || !near(got.Points[11].Devices, want) {
		t.Errorf("%v with share %v, want %v of %v", got.Points[11].Devices, share, want, ahead)
	}
}

// On an event night the curve of the event is followed as fast as the place has followed
// it, and its end is foreseen in whatever place goes with it, and in no other.
func TestEvent(t *testing.T) {
	t.Parallel()
	profiles, err := forecast.ReadProfiles([]byte(`
- id: fair
  yearly: 05-11T18:00+08:00
  sources: {none: made up for this test}
  curve: [{at: -6h, share: 0.1}, {at: -1h, share: 1.0, source: none}, {at: 0s, share: 1.0}, {at: 1h, share: 0.1}]
`))
	if err != nil {
		t.Fatal(err)
	}
	c := forecast.Config{Profiles: profiles}
	rising, flat := []int{}, []int{}
	for i := range 4*12 + 1 { // 12:00 to 16:00 in Shanghai
		rising, flat = append(rising, 1000+15*9*i), append(flat, 1000) // 1000 is a tenth of 10,000 to come
	}
	up := next(t, warmed(t, c, steps(noon(), rising...)), 12)
	if up.Profile != "fair" {
		t.Errorf("the profile is %q", up.Profile)
	}
	if p := up.Points[11]; p.Devices < 8000 || p.Devices > 9200 {
		t.Errorf("at the top of the curve %+v, want nearly 9100", p)
	}
	if p := up.Points[35]; p.Devices > 2000 {
		t.Errorf("an hour after the end %+v, want about a tenth", p)
	}
	even := next(t, warmed(t, c, steps(noon(), flat...)), 12)
	for _, p := range even.Points {
		if math.Abs(p.Devices-1000) > 60 {
			t.Errorf("where nothing happens %+v, want about 1000", p)
		}
	}
}
