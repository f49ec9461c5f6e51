package replica_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"yiping/stream/bus"
	"yiping/stream/replica"
	"yiping/stream/track"
)

// BenchmarkReplicas takes batches of a thousand reports in one replica until the other
// has applied them; both and the bus are in this process.
//
//	go test -run - -bench Replicas ./stream/replica
func BenchmarkReplicas(b *testing.B) {
	log := slog.New(slog.DiscardHandler)
	open := func(c bus.Config, applied func(*replica.Replica) func(track.Batch)) (*bus.Bus, *replica.Replica, *track.Tracker) {
		c.Log = log
		on, err := bus.Open(c)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = on.Close(b.Context()) })
		r := replica.New(replica.Config{Bus: on, Log: log})
		t := track.New(definition(b), track.Config{Applied: applied(r)})
		r.Add(t)
		go func() { _ = r.Run(b.Context()) }()
		return on, r, t
	}
	got := make(chan int, 100_000)
	here, _, from := open(bus.Config{Listen: "127.0.0.1:0"}, func(r *replica.Replica) func(track.Batch) { return r.Tell })
	_, there, _ := open(bus.Config{URLs: []string{here.URL()}}, func(*replica.Replica) func(track.Batch) {
		return func(t track.Batch) { got <- len(t.Applied) }
	})
	until(func() bool { return there.Stats().Exchanges > 0 })
	now := time.Now().Add(-5 * time.Minute)
	reports := make([]track.Report, 1000)
	for i := range reports {
		reports[i] = track.Report{Key: fmt.Sprintf("v-%04d", i), Place: orb.Point{121.5, 31.2}, State: 2, Fields: []any{"沪A·12345", nil, nil, nil}}
	}
	n := 0
	for b.Loop() {
		n++
		for i := range reports {
			reports[i].Time = now.Add(time.Duration(n) * time.Millisecond)
		}
		if _, err := from.Report(b.Context(), reports); err != nil {
			b.Fatal(err)
		}
		for taken := 0; taken < len(reports); {
			taken += <-got
		}
	}
	b.ReportMetric(float64(n*len(reports))/b.Elapsed().Seconds(), "reports/s")
	b.ReportMetric(b.Elapsed().Seconds()/float64(n)*1e3, "ms/batch")
}
