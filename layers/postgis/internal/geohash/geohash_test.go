package geohash_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/layers/postgis/internal/geohash"
)

// The first two are published examples (Wikipedia, "Geohash"), cut to 7 digits.
func TestAt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		at   orb.Point
		want string
	}{
		{"Ladrillos", orb.Point{-5.6, 42.6}, "ezs42e4"},
		{"Jutland", orb.Point{10.40744, 57.64911}, "u4pruyd"},
		{"south-west corner", orb.Point{-180, -90}, "0000000"},
		{"north-east corner", orb.Point{180, 90}, "zzzzzzz"},
		{"null island is north-east of the middle", orb.Point{0, 0}, "s000000"},
		{"and just west of it", orb.Point{math.Nextafter(0, -1), 0}, "ebpbpbp"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := geohash.At(tt.at); got != tt.want {
				t.Errorf("At(%v) = %s, want %s", tt.at, got, tt.want)
			}
		})
	}
}

// oddBoxes are flat, on borders between cells, or as large as can be.
func oddBoxes() []orb.Bound {
	return []orb.Bound{
		{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}},
		{Min: orb.Point{0, 0}, Max: orb.Point{0, 0}},
		{Min: orb.Point{180, 90}, Max: orb.Point{180, 90}},
		{Min: orb.Point{-180, -90}, Max: orb.Point{-180, 90}},
		{Min: orb.Point{-180, 0}, Max: orb.Point{180, 0}},
		{Min: orb.Point{-45, -22.5}, Max: orb.Point{45, 22.5}},
		{Min: orb.Point{121.47, 31.23}, Max: orb.Point{121.47000001, 31.23000001}},
	}
}

func randomBox(r *rand.Rand) orb.Bound {
	size := math.Pow(10, r.Float64()*6-4)
	x, y := r.Float64()*360-180, r.Float64()*180-90
	return orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{min(x+size*r.Float64(), 180), min(y+size*r.Float64(), 90)}}
}

// Ranges are apart, in order, no more than asked for, and hold all points of
// their boxes.
func TestCoverHoldsItsBoxes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	tests := [][]orb.Bound{}
	for _, b := range oddBoxes() {
		tests = append(tests, []orb.Bound{b}, []orb.Bound{b, randomBox(r)})
	}
	for range 300 {
		tests = append(tests, []orb.Bound{randomBox(r)}, []orb.Bound{randomBox(r), randomBox(r)})
	}
	for _, boxes := range tests {
		most := 1 + r.IntN(64)
		ranges := geohash.Cover(most, boxes...)
		if len(ranges) > max(most, len(boxes)) {
			t.Fatalf("%v: %d ranges, want at most %d", boxes, len(ranges), most)
		}
		for i, x := range ranges {
			if x.First > x.Last || i > 0 && ranges[i-1].Last >= x.First {
				t.Fatalf("%v: %v is out of order", boxes, ranges)
			}
		}
		for range 50 {
			b := boxes[r.IntN(len(boxes))]
			p := b.Min
			for axis := range p { // corners and borders as often as the inside
				switch r.IntN(3) {
				case 0:
					p[axis] = b.Max[axis]
				case 1:
					p[axis] += r.Float64() * (b.Max[axis] - b.Min[axis])
				}
			}
			if !holds(ranges, geohash.At(p)) {
				t.Fatalf("%v: %v, at %s, is in none of %v", boxes, p, geohash.At(p), ranges)
			}
		}
	}
}

func holds(ranges []geohash.Range, at string) bool {
	for _, r := range ranges {
		if r.First <= at && at <= r.Last {
			return true
		}
	}
	return false
}

// What is read beside a box is little: of random points in the ranges of a box
// as maps ask for, more than three in four are in the box.
func TestCoverIsTight(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 8))
	in, all := 0, 0
	for range 200 {
		x, y, size := 121+r.Float64(), 31+r.Float64()/2, 0.05+r.Float64()/5
		box := orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + size, y + size*0.8}}
		ranges := geohash.Cover(64, box)
		around := box.Pad(size)
		for range 500 {
			p := orb.Point{around.Min[0] + r.Float64()*3*size, around.Min[1] + r.Float64()*2.8*size}
			if holds(ranges, geohash.At(p)) {
				all++
				if box.Contains(p) {
					in++
				}
			}
		}
	}
	t.Logf("%d of %d points", in, all)
	if in*4 < all*3 {
		t.Errorf("of %d points in the ranges only %d are in the box", all, in)
	}
}

func TestCoverOfOneCell(t *testing.T) {
	t.Parallel()
	p := orb.Point{121.4901, 31.2401}
	want := []geohash.Range{{First: geohash.At(p), Last: geohash.At(p)}}
	if diff := cmp.Diff(geohash.Cover(32, orb.Bound{Min: p, Max: p}, orb.Bound{Min: p, Max: p}), want); diff != "" {
		t.Errorf("ranges (-got +want):\n%s", diff)
	}
}

func BenchmarkCover(b *testing.B) {
	box := orb.Bound{Min: orb.Point{121.42, 31.19}, Max: orb.Point{121.52, 31.27}}
	b.ReportAllocs()
	for b.Loop() {
		geohash.Cover(64, box)
	}
}
