package history_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap/history"
)

// BenchmarkCodec packs and unpacks a city full of devices: all cells of resolution 9
// around Shanghai.
//
//	go test -run '^$' -bench Codec ./heatmap/history
func BenchmarkCodec(b *testing.B) {
	box := orb.MultiPolygon{orb.Bound{Min: orb.Point{120.9, 30.75}, Max: orb.Point{122.1, 31.85}}.ToPolygon()}
	inner, _, err := cell.Cover(box, 9, 1_000_000)
	if err != nil {
		b.Fatal(err)
	}
	slices.Sort(inner)
	r := rand.New(rand.NewPCG(1, 0))
	counts := make([]history.Count, len(inner))
	for i, c := range inner {
		counts[i] = history.Count{Cell: c, Devices: 10 + int(math.Exp(6*r.Float64()))}
	}
	codec := history.NewCodec()
	packed := codec.Pack(counts)
	b.Run("pack", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			packed = codec.Pack(counts)
		}
		b.ReportMetric(float64(len(counts)), "cells")
		b.ReportMetric(float64(len(packed))/float64(len(counts)), "B/cell")
	})
	b.Run("unpack", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := codec.Unpack(packed, 9); err != nil {
				b.Fatal(err)
			}
		}
	})
}
