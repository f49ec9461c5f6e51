package layers_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"yiping/layers"
)

// checkerboard cuts a degree into n × n streets, each of its own district.
func checkerboard(n int) []layers.RegionPart {
	var parts []layers.RegionPart
	side := 1 / float64(n)
	for i := range n * n {
		w, s := 121+float64(i%n)*side, 31+float64(i/n)*side
		shape := orb.Polygon{{{w, s}, {w + side, s}, {w + side, s + side}, {w, s + side}, {w, s}}}
		parts = append(parts,
			layers.RegionPart{Layer: "district", Code: fmt.Sprintf("d%04d", i), Shape: shape},
			layers.RegionPart{Layer: "street", Code: fmt.Sprintf("s%04d", i), Parent: fmt.Sprintf("d%04d", i), Shape: shape})
	}
	return parts
}

func TestRegionIndex(t *testing.T) {
	t.Parallel()
	x := layers.NewRegionIndex(checkerboard(4))
	for p, want := range map[orb.Point]layers.Regions{
		{121.1, 31.1}:  {District: "d0000", Street: "s0000"},
		{121.9, 31.9}:  {District: "d0015", Street: "s0015"},
		{121.25, 31.1}: {District: "d0000", Street: "s0000"}, // on a border: the smaller code
		{122, 32}:      {District: "d0015", Street: "s0015"}, // the last corner of all
		{120.9, 31.1}:  {},
	} {
		if got := x.At(p); got != want {
			t.Errorf("At(%v) = %+v, want %+v", p, got, want)
		}
	}
	if got := layers.NewRegionIndex(nil).At(orb.Point{121, 31}); got != (layers.Regions{}) {
		t.Errorf("without regions: %+v", got)
	}
}

// go test -run '^$' -bench RegionIndex ./layers
func BenchmarkRegionIndex(b *testing.B) {
	x := layers.NewRegionIndex(checkerboard(15)) // 225 streets, as many as the city has
	r := rand.New(rand.NewPCG(1, 2))
	points := make([]orb.Point, 1<<16)
	for i := range points {
		points[i] = orb.Point{121 + r.Float64(), 31 + r.Float64()}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		x.At(points[i&(len(points)-1)])
		i++
	}
}
