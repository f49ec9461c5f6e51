package main

import (
	"context"
	"math"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/paulmach/orb"

	"yiping/cmd/yiping/internal/bench"
	"yiping/geo/cell"
	"yiping/heatmap"
	"yiping/heatmap/hotspot"
	"yiping/heatmap/replay"
)

// heatCity is a crowd of synthetic devices, 140 in a cell of resolution 9 but half of
// them in an eighth of the cells: 180,000 cells for 25 million. Each is heard of every round; at half of its pings it
// is some ten metres beside where it lives, and at each twentieth it has become another
// device.
type heatCity struct {
	devices int
	seed    uint64
	homes   []orb.Point
	// micros is the city's time, in Unix microseconds.
	micros atomic.Int64
	// next is the ping that follows.
	next int
}

const (
	// heatRound is how often a device is heard of, heatTTL how long it is remembered.
	heatRound = 250 * time.Second
	heatTTL   = 280 * time.Second
	// heatBatch is how many pings are taken in at once.
	heatBatch = 1000
)

// heatBox has a cell of resolution 9 for 140 devices. That for 25 million is some 114 by
// 126 km.
func heatBox(devices int) orb.Bound {
	share := math.Sqrt(min(1, float64(devices)/25e6))
	return orb.Bound{Min: orb.Point{121.5 - 0.6*share, 31.27 - 0.57*share}, Max: orb.Point{121.5 + 0.6*share, 31.27 + 0.57*share}}
}

func newHeatCity(devices int, seed uint64) (*heatCity, error) {
	const most = 300_000
	inner, border, err := cell.Cover(orb.MultiPolygon{{heatBox(devices).ToRing()}}, 9, most)
	if err != nil {
		return nil, err
	}
	c := &heatCity{devices: devices, seed: seed}
	c.micros.Store(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro())
	for _, at := range append(inner, border...) {
		c.homes = append(c.homes, at.Center())
	}
	return c, nil
}

// engine counts the city by the rules of the service, but for the time that devices
// are remembered, and watches the places of an evening.
func (c *heatCity) engine(heard func(*heatmap.Heard)) (*heatmap.Engine, error) {
	bund, err := replay.Bund2019()
	if err != nil {
		return nil, err
	}
	rules := heatmap.DefaultRules()
	rules.TTL, rules.Places = heatTTL, bund.Places()
	return heatmap.New(heatmap.EngineConfig{Rules: rules, Clock: c.now, Heard: heard}), nil
}

// now is the city's time.
func (c *heatCity) now() time.Time { return time.UnixMicro(c.micros.Load()).UTC() }

// batch is the next pings. Time goes on with them, so that each round is of all.
func (c *heatCity) batch(to []heatmap.Ping) []heatmap.Ping {
	to = to[:0]
	at := c.now()
	for range heatBatch {
		n, round := uint64(c.next%c.devices), uint64(c.next/c.devices)
		c.next++
		lives, now := mix(c.seed, n), mix(c.seed, n, round)
		u := unit(lives)
		p := c.homes[int(u*u*u*float64(len(c.homes)))]
		p[0] += 0.0024 * (unit(mix(lives, 1)) - 0.5)
		p[1] += 0.0024 * (unit(mix(lives, 2)) - 0.5)
		if now%2 == 0 {
			p[0] += 0.0006 * (unit(mix(now, 1)) - 0.5)
		}
		name := n
		for r := round; r > 0; r-- { // the last round in which it became another
			if mix(c.seed, n, r, 3)%20 == 0 {
				name += r << 32
				break
			}
		}
		to = append(to, heatmap.Ping{Device: strconv.FormatUint(name, 36), Time: at, Place: p, Accuracy: 20})
	}
	c.micros.Add((heatRound * heatBatch / time.Duration(c.devices)).Microseconds())
	return to
}

// mix makes a number of numbers that looks random (SplitMix64).
func mix(of ...uint64) uint64 {
	var h uint64
	for _, v := range of {
		h += v + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}

// unit is a number from 0 to 1.
func unit(h uint64) float64 { return float64(h>>11) / (1 << 53) }

// play takes batches in for a time of the machine, or a number of pings, with a frame
// each tick of the city's time. It tells how long the batches and frames took.
func (c *heatCity) play(ctx context.Context, e *heatmap.Engine, duration time.Duration, pings int) (takes, frames []time.Duration) {
	var batch []heatmap.Ping
	tick := c.now().Add(e.Rules().Tick)
	for begun := time.Now(); ctx.Err() == nil && (pings > 0 || time.Since(begun) < duration); pings -= heatBatch {
		batch = c.batch(batch)
		start := time.Now()
		e.Take(batch, true)
		takes = append(takes, time.Since(start))
		if c.now().Before(tick) {
			continue
		}
		tick = c.now().Add(e.Rules().Tick)
		start = time.Now()
		e.Tick()
		e.Frame().Cells(9)
		frames = append(frames, time.Since(start))
	}
	return takes, frames
}

// sum is how long all took.
func sum(times []time.Duration) time.Duration {
	all := time.Duration(0)
	for _, d := range times {
		all += d
	}
	return all
}

// heapInUse is the memory of the program's heap, garbage not counted.
func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}

// city measures an engine that holds the whole city: pings on one goroutine, with their
// frames; frames; pings while frames are made; and memory.
func (c *benchHeatCommand) city(ctx context.Context) ([]bench.LiveResult, error) {
	crowd, err := newHeatCity(c.Devices, c.Seed)
	if err != nil {
		return nil, err
	}
	before := heapInUse()
	e, err := crowd.engine(nil)
	if err != nil {
		return nil, err
	}
	crowd.play(ctx, e, 0, c.Devices)
	memory, stated := heapInUse()-before, e.State()
	takes, frames := crowd.play(ctx, e, c.Duration, 0)
	e.Tick()
	told := len(e.Frame().Cells(9))
	hot, err := hotspots(ctx, e, len(frames))
	if err != nil {
		return nil, err
	}
	pings := rated("pings_process", len(takes)*heatBatch, sum(takes)+sum(frames))
	frame := bench.Timed("frame_r9", frames, 0)
	frame.N = told
	during := bench.Timed("take_in_frame", crowd.disturb(ctx, e, len(frames)), 0)
	results := []bench.LiveResult{
		pings, frame, hot, during,
		sized("memory", stated.Devices, memory),
		sized("memory_stated", stated.Devices, int64(stated.Bytes)),
		sized("memory_device", stated.Devices, int64(math.Round(float64(memory)/float64(stated.Devices)))),
	}
	return results, ctx.Err()
}

// hotspots measures Gi* of resolution 9 of the newest frame, over the study area of the
// service: so many times, but at most 20.
func hotspots(ctx context.Context, e *heatmap.Engine, times int) (bench.LiveResult, error) {
	const most = 20
	rules := e.Rules()
	area, err := hotspot.NewArea(rules.Bound, rules.Coarsest)
	if err != nil {
		return bench.LiveResult{}, err
	}
	var found []time.Duration
	for len(found) < max(1, min(times, most)) && ctx.Err() == nil {
		start := time.Now()
		area.Find(e.Frame().Cells(9), 9, 1)
		found = append(found, time.Since(start))
	}
	r := bench.Timed("hotspots", found, 0)
	r.N = area.Count(9)
	return r, nil
}

// disturb measures how long batches take that come while frames are made.
func (c *heatCity) disturb(ctx context.Context, e *heatmap.Engine, frames int) []time.Duration {
	var takes []time.Duration
	var batch []heatmap.Ping
	for range frames {
		for tick := c.now().Add(e.Rules().Tick); c.now().Before(tick) && ctx.Err() == nil; {
			batch = c.batch(batch)
			e.Take(batch, true)
		}
		made := make(chan struct{})
		go func() {
			defer close(made)
			e.Tick()
		}()
		for making := true; making; {
			batch = c.batch(batch)
			start := time.Now()
			e.Take(batch, true)
			took := time.Since(start)
			select {
			case <-made:
				making = false
			default:
				takes = append(takes, took)
			}
		}
	}
	return takes
}
