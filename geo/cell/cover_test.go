package cell_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"yiping/geo/cell"
)

// star is a ring of random radii (degrees) around a centre.
func star(r *rand.Rand, center orb.Point, radius float64, corners int) orb.Ring {
	var ring orb.Ring
	for i := range corners {
		a, d := 2*math.Pi*float64(i)/float64(corners), radius*(0.3+0.7*r.Float64())
		ring = append(ring, orb.Point{center[0] + d*math.Cos(a), center[1] + d*math.Sin(a)})
	}
	return append(ring, ring[0])
}

// TestCover holds areas with holes against what the polygons say of points, by
// their own cell and by the ancestor of a finer one.
func TestCover(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 30 {
		resolution := 7 + n%4
		radius := 20 * cell.EdgeLength(resolution) / 111_000
		c := orb.Point{121.3 + r.Float64()*0.3, 31.1 + r.Float64()*0.3}
		far := orb.Point{c[0] + 2*radius, c[1]}
		area := orb.MultiPolygon{
			{star(r, c, radius, 3+r.IntN(20)), star(r, c, radius*0.3, 5)},
			{star(r, far, radius/4, 4)},
		}
		inner, border, err := cell.Cover(area, resolution, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSorted(inner) || !slices.IsSorted(border) {
			t.Fatal("the cells are not in order")
		}
		inside := 0
		for range 4000 {
			p := orb.Point{c[0] + (r.Float64()-0.4)*4*radius, c[1] + (r.Float64()-0.5)*4*radius}
			want := planar.MultiPolygonContains(area, p)
			for _, of := range []cell.Cell{cell.At(p, resolution), cell.At(p, resolution+3).Parent(resolution)} {
				_, in := slices.BinarySearch(inner, of)
				_, on := slices.BinarySearch(border, of)
				switch {
				case in && on:
					t.Fatalf("%v is inside and on the border", of)
				case in && !want, !in && !on && want:
					t.Fatalf("area %d: the cell of %v says inside %v, the polygons %v", n, p, in, want)
				case in:
					inside++
				}
			}
		}
		if inside == 0 {
			t.Fatalf("area %d has no inner cells: the test proves nothing", n)
		}
	}
}

func TestCoverOfTheSmallest(t *testing.T) {
	tiny := star(rand.New(rand.NewPCG(5, 6)), bund(), 1e-6, 4)
	inner, border, err := cell.Cover(orb.MultiPolygon{{tiny}}, 8, 100)
	if err != nil || len(inner) != 0 || !slices.Contains(border, cell.At(bund(), 8)) {
		t.Errorf("inner %v, border %v, %v", inner, border, err)
	}
	if inner, border, err := cell.Cover(nil, 8, 100); err != nil || len(inner)+len(border) != 0 {
		t.Errorf("the cover of nothing has cells: %v %v %v", inner, border, err)
	}
}

func TestCoverIsBounded(t *testing.T) {
	square := orb.MultiPolygon{{orb.Bound{Min: orb.Point{121, 31}, Max: orb.Point{122, 32}}.ToRing()}}
	for _, limit := range []int{-1, 0, 100, 5000} {
		if _, _, err := cell.Cover(square, 9, limit); !errors.Is(err, cell.ErrTooMany) {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
	if _, err := cell.Near(orb.LineString{{0, 0}}, 1e9, 9, 1000); !errors.Is(err, cell.ErrTooMany) {
		t.Errorf("a wide margin: %v", err)
	}
}

// TestNear looks for cells of points beside a line that Near has left out.
func TestNear(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	const degree = 111_319.0 // metres, at the equator
	for range 40 {
		resolution := 7 + r.IntN(5)
		reach := cell.EdgeLength(resolution) * r.Float64() * 5
		a := orb.Point{121.4 + r.Float64(), 31 + r.Float64()}
		b := orb.Point{a[0] + (r.Float64()-.5)*reach/5000, a[1] + (r.Float64()-.5)*reach/5000}
		cells, err := cell.Near(orb.LineString{a, b}, reach, resolution, 100_000)
		if err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			f, turn, d := r.Float64(), 2*math.Pi*r.Float64(), reach*math.Sqrt(r.Float64())*0.99
			p := orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}
			p[0] += d * math.Cos(turn) / (degree * math.Cos(p[1]*math.Pi/180))
			p[1] += d * math.Sin(turn) / degree
			for _, c := range []cell.Cell{cell.At(p, resolution), cell.At(p, min(resolution+4, cell.MaxResolution)).Parent(resolution)} {
				if _, ok := slices.BinarySearch(cells, c); !ok {
					t.Fatalf("%v is %.1f m from the line and its cell %v is not near", p, d, c)
				}
			}
		}
	}
}

func BenchmarkCover(b *testing.B) {
	district := orb.MultiPolygon{{star(rand.New(rand.NewPCG(9, 1)), bund(), 0.05, 500)}}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := cell.Cover(district, 9, 10_000); err != nil {
			b.Fatal(err)
		}
	}
}
