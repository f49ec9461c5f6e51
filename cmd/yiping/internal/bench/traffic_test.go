package bench_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"

	"yiping/cmd/yiping/internal/bench"
)

// Traffic goes at 12 m/s, stays in its box but for the last step, and says so in JSON.
func TestTraffic(t *testing.T) {
	t.Parallel()
	box := orb.Bound{Min: orb.Point{121.4, 31.2}, Max: orb.Point{121.41, 31.21}}
	start := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	traffic := bench.NewTraffic(50, box, 1, start)
	was := make([]orb.Point, traffic.Len())
	keys := map[string]bool{}
	for second := range 500 {
		at := start.Add(time.Duration(second) * time.Second)
		for i := range traffic.Len() {
			var line struct {
				K         string
				T         int64
				Lon, Lat  float64
				Synthetic bool
			}
			if err := json.Unmarshal(traffic.Line(nil, i, at), &line); err != nil {
				t.Fatal(err)
			}
			keys[line.K] = true
			is := orb.Point{line.Lon, line.Lat}
			if d := geo.DistanceHaversine(was[i], is); second > 0 && math.Abs(d-12) > 0.2 {
				t.Fatalf("%s went %v m in a second", line.K, d)
			}
			if !box.Pad(2e-4).Contains(is) || line.T != at.UnixMilli() || !line.Synthetic || line.K != traffic.Key(i) {
				t.Fatalf("report %+v", line)
			}
			was[i] = is
		}
	}
	if len(keys) != 50 {
		t.Errorf("%d keys", len(keys))
	}
}
