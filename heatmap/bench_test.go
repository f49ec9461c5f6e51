package heatmap_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap"
)

// BenchmarkPing is pings of a crowd that wanders, each a time step later: the cell
// is found, six resolutions are counted, and who is silent is forgotten.
func BenchmarkPing(b *testing.B) {
	const crowd = 1_000_000
	r := rand.New(rand.NewPCG(1, 1))
	places := make([]orb.Point, crowd)
	for i := range places {
		places[i] = orb.Point{121.47 + 0.1*r.NormFloat64(), 31.23 + 0.1*r.NormFloat64()}
	}
	p := heatmap.NewPresence(heatmap.Config{Finest: 11, Coarsest: 6, TTL: 10 * time.Minute})
	now := newYear()
	p.Advance(now)
	n := 0
	for b.Loop() {
		i := r.IntN(crowd)
		places[i][0] += 0.0002 * (r.Float64() - 0.5)
		p.Ping(uint64(i+1)*0x9E3779B97F4A7C15, cell.At(places[i], 11), now)
		if n++; n%100_000 == 0 { // at 100,000 a second
			now = now.Add(time.Second)
			p.Advance(now)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pings/s")
}

// BenchmarkMapOfSets is the same with a set of devices a cell, at one resolution.
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

// BenchmarkCity is a city of 25 million devices: its memory, and the time to look
// who is silent.
func BenchmarkCity(b *testing.B) {
	r := rand.New(rand.NewPCG(2, 2))
	p := heatmap.NewPresence(heatmap.Config{Finest: 11, Coarsest: 6, TTL: 48 * time.Hour})
	now := newYear()
	p.Advance(now)
	cells := make([]cell.Cell, 1_000_000)
	for i := range cells {
		cells[i] = cell.At(orb.Point{121.2 + 0.6*r.Float64(), 30.9 + 0.6*r.Float64()}, 11)
	}
	for i := range uint64(25_000_000) {
		p.Ping((i+1)*0x9E3779B97F4A7C15, cells[r.IntN(len(cells))], now)
	}
	for b.Loop() {
		now = now.Add(heatmap.DefaultSlot)
		p.Advance(now)
	}
	b.ReportMetric(float64(p.Bytes())/1e6, "MB")
}
