package indicator_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"yiping/stream/track"
)

// BenchmarkCount counts 7,000 vehicles in 16 districts, one of which has reported:
// go test -run ^$ -bench Count ./stream/indicator
func BenchmarkCount(b *testing.B) {
	const vehicles = 7000
	w := newWorld(b)
	w.regions.Store(grid{16, map[int]bool{}}.regions())
	reports := make([]track.Report, vehicles)
	for i := range reports {
		reports[i] = track.Report{
			Key: fmt.Sprint("v", i), Time: w.now, Speed: 5, Heading: 90, State: 2, Synthetic: true,
			Place: orb.Point{west + w.r.Float64()*side, south + w.r.Float64()*side},
		}
	}
	if _, err := w.trackers[0].Report(b.Context(), reports); err != nil {
		b.Fatal(err)
	}
	hub := &listener{}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		w.now = w.now.Add(time.Second)
		n++
		moved := reports[n%vehicles]
		moved.Time = w.now
		if out, err := w.trackers[0].Report(b.Context(), []track.Report{moved}); err != nil || out.Accepted != 1 {
			b.Fatalf("%+v, %v", out, err)
		}
		b.StartTimer()
		if err := w.Count(hub); err != nil {
			b.Fatal(err)
		}
	}
}
