package shape_test

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers/image/internal/shape"
)

// Run with: go test -run '^$' -bench . ./layers/image/internal/shape

// buildings gives a million houses of six corners in rows of a thousand; the
// polygons share their memory, so that the measure is of the arena.
func buildings() func(i int) orb.Polygon {
	r := rand.New(rand.NewPCG(20261122, 5))
	ring := make(orb.Ring, 7)
	return func(i int) orb.Polygon {
		x, y := i%1000*4000, i/1000*4000
		w, d := 800+r.IntN(2000), 800+r.IntN(2000)
		for c, corner := range [7][2]int{{0, 0}, {w, 0}, {w, d / 2}, {w / 2, d / 2}, {w / 2, d}, {0, d}, {0, 0}} {
			ring[c] = at(x+corner[0], y+corner[1])
		}
		return orb.Polygon{ring}
	}
}

func million(b *testing.B) *shape.Arena {
	b.Helper()
	next := buildings()
	var builder shape.Builder
	for i := range 1_000_000 {
		if err := builder.Add(next(i)); err != nil {
			b.Fatal(err)
		}
	}
	return builder.Arena()
}

func BenchmarkBuild(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		million(b)
	}
}

func BenchmarkGather(b *testing.B) {
	a := million(b)
	refs := make([]shape.Ref, a.Len())
	for i, row := range rand.New(rand.NewPCG(20261122, 6)).Perm(a.Len()) {
		refs[i].Row = uint32(row)
	}
	b.ReportAllocs()
	for b.Loop() {
		sorted, err := shape.Gather([]*shape.Arena{a}, refs)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(sorted.Bytes())/1e6, "MB")
	}
}

func BenchmarkRead(b *testing.B) {
	data := file(b, million(b))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := shape.Read(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSearch reads the houses of a tile of zoom 15, about 1,000.
func BenchmarkSearch(b *testing.B) {
	a := million(b)
	box := geo.TileAt(at(2_000_000, 2_000_000), 15).FixedBox()
	buf := make([]geo.Fixed, 0, 100)
	rows := 0
	b.ReportAllocs()
	for b.Loop() {
		rows = 0
		a.Search(box, func(row int) bool {
			rows++
			first, _ := a.Paths(row)
			buf = a.AppendPath(buf[:0], first, 15)
			return true
		})
	}
	b.ReportMetric(float64(rows), "rows")
}

// A million houses of six corners are to fit into 86 MB.
func TestBytesOfBuildings(t *testing.T) {
	t.Parallel()
	const rows, most = 16_384, 86
	next := buildings()
	var builder shape.Builder
	refs := make([]shape.Ref, rows)
	for i := range refs {
		if err := builder.Add(next(i)); err != nil {
			t.Fatal(err)
		}
		refs[i].Row = uint32(i)
	}
	a, err := shape.Gather([]*shape.Arena{builder.Arena()}, refs)
	if err != nil {
		t.Fatal(err)
	}
	if got := float64(a.Bytes()) / rows; got > most || got < 6*9 {
		t.Errorf("%.1f bytes a building, want no more than %d", got, most)
	}
}
