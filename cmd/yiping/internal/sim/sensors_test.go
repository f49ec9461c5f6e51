package sim_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/cmd/yiping/internal/sim"
)

func sites(n int) []sim.Site {
	media := []string{"rain", "gas", "water", "heat", ""}
	all := make([]sim.Site, n)
	for i := range all {
		all[i] = sim.Site{Place: orb.Point{121 + float64(i)/1e4, 31}, Medium: media[i%len(media)]}
	}
	return all
}

// Over some days readings cross their limit seldom, and every kind does at times.
func TestSensors(t *testing.T) {
	t.Parallel()
	s := sim.NewSensors(sites(500), 1)
	start := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	all, over := 0, map[string]int{}
	crossings := 0
	was := make([]bool, s.Len())
	for at := start; at.Before(start.Add(48 * time.Hour)); at = at.Add(time.Minute) {
		for i := range s.Len() {
			s.Advance(i, time.Minute)
			r, _ := s.Report(i, at).(sim.Reading)
			if r.Over != (r.Value > r.Limit) || r.Value < 0 || math.IsNaN(r.Value) || !r.Synthetic || r.Unit == "" {
				t.Fatalf("reading %+v", r)
			}
			if r.Time != at.UnixMilli() || r.Lon != 121+float64(i)/1e4 || r.Lat != 31 {
				t.Fatalf("sensor %d reports from %v, %v at %v", i, r.Lon, r.Lat, r.Time)
			}
			all++
			if r.Over {
				over[r.Kind]++
				if !was[i] {
					crossings++
				}
			}
			was[i] = r.Over
		}
	}
	sum := 0
	for _, kind := range []string{"water_level", "gas", "pressure", "temperature", "noise"} {
		if over[kind] == 0 {
			t.Errorf("no sensor of %s was ever over its limit", kind)
		}
		sum += over[kind]
	}
	if share := float64(sum) / float64(all); share < 0.0005 || share > 0.02 {
		t.Errorf("%.2f %% of the readings are over the limit: %v", 100*share, over)
	}
	if crossings < 100 {
		t.Errorf("%d crossings in two days of 500 sensors", crossings)
	}
}

func TestSensorsFollowTheirSeed(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	read := func(seed uint64) (all []any) {
		s := sim.NewSensors(sites(20), seed)
		for i := range s.Len() {
			s.Advance(i, 10*time.Second)
			all = append(all, s.Report(i, at))
		}
		return all
	}
	if diff := cmp.Diff(read(1), read(1)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(read(1), read(2)) {
		t.Error("another seed reads alike")
	}
}
