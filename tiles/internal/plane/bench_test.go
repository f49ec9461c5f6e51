package plane_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"yiping/tiles/internal/plane"
)

// Run with: go test -run '^$' -bench . ./tiles/internal/plane

// BenchmarkAreas measures a house (clean), a lake (clean, cut at the edge of the
// tile) and a tangle, which is put together anew.
func BenchmarkAreas(b *testing.B) {
	r := rand.New(rand.NewPCG(20261122, 11))
	tangle := ring{}
	for range 100 {
		tangle = append(tangle, plane.Point{X: r.Int64N(plane.Extent), Y: r.Int64N(plane.Extent)})
	}
	for name, in := range map[string]ring{
		"house":               box(100, 100, 140, 120),
		"lake of 1000, clean": lake(r, 2000, 2000, 1000),
		"lake of 1000, cut":   lake(r, 0, 0, 1000),
		"tangle of 100":       tangle,
	} {
		b.Run(name, func(b *testing.B) {
			var a plane.Areas
			b.ReportAllocs()
			for b.Loop() {
				a.Reset()
				a.Add(plane.TileBox(plane.Buffer), in, false)
				a.Rings(0)
			}
		})
	}
}

// lake has a ragged shore of short edges.
func lake(r *rand.Rand, x, y float64, n int) (shore ring) {
	d := 1500.0
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		d += 4 * r.NormFloat64()
		shore = append(shore, plane.Point{X: int64(x + d*cos), Y: int64(y + d*sin)})
	}
	return shore
}

func BenchmarkClipLine(b *testing.B) {
	line := walk(rand.New(rand.NewPCG(20261122, 12)), 1000)
	var parts plane.Paths
	b.ReportAllocs()
	for b.Loop() {
		parts.Reset()
		plane.ClipLine(&parts, line, plane.TileBox(plane.Buffer))
	}
}

func BenchmarkJoin(b *testing.B) {
	for _, lines := range []int{100, 10_000} {
		b.Run(fmt.Sprint(lines, " lines"), func(b *testing.B) {
			r := rand.New(rand.NewPCG(20261122, 13))
			var in []added
			for id := range lines {
				in = append(in, added{r.Uint32N(7), int64(id), path(r.Uint32N(uint32(lines)), r.Uint32N(uint32(lines)))})
			}
			var j plane.Joiner
			b.ReportAllocs()
			for b.Loop() {
				j.Reset()
				for _, l := range in {
					j.Add(l.group, l.id, l.path)
				}
				j.Chains(func(plane.Chain) {})
			}
		})
	}
}
