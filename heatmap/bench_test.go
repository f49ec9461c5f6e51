package heatmap_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap"
)

// BenchmarkPing is pings of a crowd that wanders, 100,000 a second of theirs: the cell is
// found, six resolutions are counted, who is silent is forgotten, and each two seconds a
// frame is made.
func BenchmarkPing(b *testing.B) {
	const crowd = 1_000_000
	r := rand.New(rand.NewPCG(1, 1))
	places := make([]orb.Point, crowd)
	for i := range places {
		places[i] = orb.Point{121.47 + 0.1*r.NormFloat64(), 31.23 + 0.1*r.NormFloat64()}
	}
	config := heatmap.Config{Finest: 11, Coarsest: 6, TTL: 10 * time.Minute}
	p, census := heatmap.NewPresence(config), heatmap.NewCensus(config, 10)
	now := newYear()
	p.Advance(now)
	var moves heatmap.Moves
	n := 0
	for b.Loop() {
		i := r.IntN(crowd)
		places[i][0] += 0.0002 * (r.Float64() - 0.5)
		p.Ping(uint64(i+1)*0x9E3779B97F4A7C15, cell.At(places[i], 11), now)
		if n++; n%200_000 == 0 {
			now = now.Add(2 * time.Second)
			p.Advance(now)
			moves = p.Moves(moves)
			census.Count(moves, now)
			census.Frame(now)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pings/s")
}

// BenchmarkFrame is frames of a million devices of which 20,000 were heard of since the
// frame before, half of them in another cell. yiping bench heat measures 25 million.
func BenchmarkFrame(b *testing.B) {
	const crowd = 1_000_000
	r := rand.New(rand.NewPCG(2, 2))
	config := heatmap.Config{Finest: 11, Coarsest: 6, TTL: 24 * time.Hour}
	p, census := heatmap.NewPresence(config), heatmap.NewCensus(config, 10)
	now := newYear()
	p.Advance(now)
	cells := make([]cell.Cell, crowd)
	ping := func(i int) { p.Ping(uint64(i+1)*0x9E3779B97F4A7C15, cells[i], now) }
	for i := range cells {
		cells[i] = cell.At(orb.Point{121.47 + 0.1*r.NormFloat64(), 31.23 + 0.1*r.NormFloat64()}, 11)
		ping(i)
	}
	moves := p.Moves(heatmap.Moves{})
	census.Count(moves, now)
	census.Frame(now)
	for b.Loop() {
		b.StopTimer()
		for range 20_000 {
			i := r.IntN(crowd)
			if r.IntN(2) == 0 {
				cells[i] = cells[i].Parent(10).Child(r.IntN(7))
			}
			ping(i)
		}
		now = now.Add(2 * time.Second)
		p.Advance(now)
		b.StartTimer()
		moves = p.Moves(moves)
		census.Count(moves, now)
		census.Frame(now).Cells(9)
	}
}

// BenchmarkMapOfSets is BenchmarkPing with a set of devices a cell, at one resolution.
func BenchmarkMapOfSets(b *testing.B) {
	const crowd = 1_000_000
	r := rand.New(rand.NewPCG(1, 1))
	places := make([]orb.Point, crowd)
	for i := range places {
		places[i] = orb.Point{121.47 + 0.1*r.NormFloat64(), 31.23 + 0.1*r.NormFloat64()}
	}
	sets, last := map[cell.Cell]map[uint64]struct{}{}, map[uint64]cell.Cell{}
	for b.Loop() {
		i := r.IntN(crowd)
		places[i][0] += 0.0002 * (r.Float64() - 0.5)
		name, c := uint64(i+1)*0x9E3779B97F4A7C15, cell.At(places[i], 11)
		if before, ok := last[name]; ok && before != c {
			delete(sets[before], name)
		}
		if sets[c] == nil {
			sets[c] = map[uint64]struct{}{}
		}
		sets[c][name] = struct{}{}
		last[name] = c
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pings/s")
}
