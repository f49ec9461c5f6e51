package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/paulmach/orb"

	"yiping/cmd/yiping/internal/bench"
	"yiping/stream/fence"
	"yiping/stream/track"
)

// ingestBatch is how many reports are taken at once.
const ingestBatch = 1000

// ingestProcess measures how many reports a stream takes in this process, on one
// goroutine: judged and put into its state, without history and screens. With
// fences, these watch too.
func (c *benchLiveCommand) ingestProcess(ctx context.Context, name string, box orb.Bound, fences int) (bench.LiveResult, error) {
	engine := fence.New(fence.Config{})
	for i, d := range drawFences(fences, box, c.Seed) {
		if _, err := engine.Put(d); err != nil {
			return bench.LiveResult{}, fmt.Errorf("fence %d: %w", i, err)
		}
	}
	definitions, err := track.Standard()
	if err != nil {
		return bench.LiveResult{}, err
	}
	clock := time.Now().Truncate(time.Millisecond)
	told := 0
	tracker := track.New(definitions[0], track.Config{
		Now: func() time.Time { return clock },
		Applied: func(b track.Batch) {
			if fences == 0 {
				return
			}
			fixes := make([]fence.Fix, len(b.Applied))
			for i := range b.Applied {
				r := &b.Applied[i].Report
				fixes[i] = fence.Fix{Key: r.Key, Time: r.Time, Place: r.Place, Synthetic: r.Synthetic}
			}
			told += len(engine.Observe(b.Stream, fixes).Transitions)
		},
	})
	traffic := bench.NewTraffic(c.Objects, box, c.Seed, clock)
	result := bench.LiveResult{Case: name}
	var busy time.Duration
	reports := make([]track.Report, 0, ingestBatch)
	for next := 0; busy < c.Duration && ctx.Err() == nil; {
		reports = reports[:0]
		for range ingestBatch {
			if next == c.Objects { // a second later, in the time of the reports
				next, clock = 0, clock.Add(time.Second)
				engine.Advance(definitions[0].Name, clock.Add(-definitions[0].TTL))
			}
			reports = append(reports, track.Report{
				Key: traffic.Key(next), Time: clock, Place: traffic.Drive(next, clock), Speed: 12, Heading: 90, State: 2, Synthetic: true,
			})
			next++
		}
		start := time.Now()
		o, err := tracker.Report(ctx, reports)
		busy += time.Since(start)
		if err != nil {
			return result, err
		}
		result.N += o.Accepted
		result.Errors += len(reports) - o.Accepted
	}
	rate := float64(result.N) / busy.Seconds()
	result.PerSecond = &rate
	return result, ctx.Err()
}

// drawFences draws polygons of 40 corners, 100 to 800 m wide, anywhere in a box.
func drawFences(n int, box orb.Bound, seed uint64) []fence.Definition {
	const corners, metresPerDegree = 40, 111_195
	r := rand.New(rand.NewPCG(seed, 7))
	narrow := math.Cos(box.Center()[1] * math.Pi / 180)
	all := make([]fence.Definition, n)
	for i := range all {
		middle := orb.Point{box.Min[0] + r.Float64()*(box.Max[0]-box.Min[0]), box.Min[1] + r.Float64()*(box.Max[1]-box.Min[1])}
		radius := 50 + 350*r.Float64()
		ring := make(orb.Ring, 0, corners+1)
		for k := range corners {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / corners)
			m := radius * (0.6 + 0.4*r.Float64()) / metresPerDegree
			ring = append(ring, orb.Point{middle[0] + m*cos/narrow, middle[1] + m*sin})
		}
		all[i] = fence.Definition{
			ID: fmt.Sprint("F-", i), Version: 1, Title: "bench", Geometry: orb.Polygon{append(ring, ring[0])}, Streams: []string{"vehicles"},
			Kinds: fence.Kinds(), Hysteresis: 10, Dwell: time.Minute, Synthetic: true,
		}
	}
	return all
}
