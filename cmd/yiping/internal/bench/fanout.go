package bench

import (
	"context"
	"math"
	"math/rand/v2"
	"time"

	"github.com/paulmach/orb"

	"yiping/stream/client"
)

// viewShare is how much of the objects a subscriber sees, on average.
const viewShare = 0.03

// fanoutSlices is into how many requests the reports of a second are divided.
const fanoutSlices = 10

// Fanout reports n objects once a second to subscribers of as many different views,
// of each about 3 % of all, and measures the time from before a report is sent until
// the row is decoded in a client. PerSecond is how many rows all of them were sent.
func (l *Live) Fanout(ctx context.Context, box orb.Bound, n, subscribers int) (LiveResult, error) {
	traffic := NewTraffic(n, box, l.Seed, time.Now())
	if err := l.drive(ctx, traffic, time.Second); err != nil { // all are known before
		return LiveResult{}, err
	}
	held := newCrowd(ctx)
	defer held.end()
	begun := make(chan struct{})
	times := make([][]time.Duration, subscribers)
	err := held.join(l.URL, subscribers, views(box, subscribers, l.Seed), func(i int, f *client.Frame) {
		select {
		case <-begun:
		default:
			return
		}
		now := time.Now()
		for k := range f.Up {
			times[i] = append(times[i], now.Sub(time.UnixMilli(f.Up[k].Time)))
		}
	})
	if err != nil {
		return LiveResult{}, err
	}
	before, err := l.HTTP.Usage(ctx)
	if err != nil {
		return LiveResult{}, err
	}
	close(begun)
	start := time.Now()
	if err := l.drive(ctx, traffic, l.Duration); err != nil {
		return LiveResult{}, err
	}
	took := time.Since(start)
	after, err := l.HTTP.Usage(ctx)
	if err != nil {
		return LiveResult{}, err
	}
	lost := held.lost()
	held.end()
	var all []time.Duration
	for _, t := range times {
		all = append(all, t...)
	}
	r := Timed("fanout", all, took)
	cpu := (after.CPU - before.CPU) / took.Seconds()
	r.CPU, r.Errors = &cpu, lost
	return r, nil
}

// views are different boxes that each hold the share of the whole.
func views(box orb.Bound, n int, seed uint64) func(i int) *client.Subscription {
	r := rand.New(rand.NewPCG(seed, 6))
	side := math.Sqrt(viewShare)
	width, height := side*(box.Max[0]-box.Min[0]), side*(box.Max[1]-box.Min[1])
	boxes := make([][4]float64, n)
	for i := range boxes {
		west := box.Min[0] + r.Float64()*(box.Max[0]-box.Min[0]-width)
		south := box.Min[1] + r.Float64()*(box.Max[1]-box.Min[1]-height)
		boxes[i] = [4]float64{west, south, west + width, south + height}
	}
	return func(i int) *client.Subscription {
		return client.NewSubscription(client.Query{Stream: trafficStream, Area: client.Area{BBox: &boxes[i]}, LOD: "objects", MaxObjects: maxAreaRows})
	}
}

// drive reports each object once a second, a tenth of them at a time.
func (l *Live) drive(ctx context.Context, t *Traffic, d time.Duration) error {
	ticks := time.NewTicker(time.Second / fanoutSlices)
	defer ticks.Stop()
	var lines []byte
	for turn := range int(d.Seconds() * fanoutSlices) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticks.C:
		}
		at := time.Now()
		lines = lines[:0]
		for i := turn % fanoutSlices; i < t.Len(); i += fanoutSlices {
			lines = t.Line(lines, i, at)
		}
		if _, err := l.HTTP.report(ctx, lines); err != nil {
			return err
		}
	}
	return nil
}
