package alarm_test

import (
	"fmt"
	"log/slog"
	"testing"

	"yiping/heatmap"
	"yiping/heatmap/alarm"
)

// BenchmarkObserve is a frame of 500 places, a tenth of them with an alarm, which is
// what the engine waits for at each tick.
//
//	go test -bench Observe ./heatmap/alarm
func BenchmarkObserve(b *testing.B) {
	k := alarm.NewKeeper(alarm.KeeperConfig{Store: newMemory(), Settle: settle, Log: slog.New(slog.DiscardHandler)})
	source := k.Open("")
	states := make([]heatmap.PlaceState, 500)
	for i := range states {
		states[i] = state(fmt.Sprint("place_", i), 1, heatmap.Calm)
		if i%10 == 0 {
			states[i] = state(fmt.Sprint("place_", i), 2.5, heatmap.Watch)
		}
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		source.Observe(frame(2*n, states...))
	}
}
