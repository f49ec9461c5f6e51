package geo_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"yiping/geo"
)

func TestFixedAt(t *testing.T) {
	const last = math.MaxUint32
	tests := []struct {
		name string
		p    orb.Point
		want geo.Fixed
	}{
		{"middle of the world", orb.Point{0, 0}, geo.Fixed{X: 1 << 31, Y: 1 << 31}},
		{"top left", orb.Point{-180, geo.MaxLatitude}, geo.Fixed{}},
		{"bottom right", orb.Point{180, -geo.MaxLatitude}, geo.Fixed{X: last, Y: last}},
		{"poles are clamped", orb.Point{-180, 90}, geo.Fixed{}},
		{"south pole", orb.Point{0, -90}, geo.Fixed{X: 1 << 31, Y: last}},
		{"beyond the world", orb.Point{1e9, -1e9}, geo.Fixed{X: last, Y: last}},
		{"a quarter east", orb.Point{90, 0}, geo.Fixed{X: 3 << 30, Y: 1 << 31}},
		{"no numbers", orb.Point{math.NaN(), math.NaN()}, geo.Fixed{}},
		{"infinite", orb.Point{math.Inf(1), math.Inf(-1)}, geo.Fixed{X: last, Y: last}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := geo.FixedAt(tt.p)
			// The latitude of the edge is a decimal number, good to a unit or two.
			if d := int64(got.Y) - int64(tt.want.Y); got.X != tt.want.X || d < -2 || d > 2 {
				t.Errorf("FixedAt(%v) = %v, want %v", tt.p, got, tt.want)
			}
		})
	}
}

// A point comes back from fixed point within half a unit, and a unit exactly.
func TestFixedRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		f := geo.Fixed{X: r.Uint32(), Y: r.Uint32()}
		if got := geo.FixedAt(f.Point()); got != f {
			t.Fatalf("FixedAt(%v.Point()) = %v", f, got)
		}
		if got := geo.FixedFromMorton(f.Morton()); got != f {
			t.Fatalf("FixedFromMorton(%v.Morton()) = %v", f, got)
		}
	}
}

// A point is in the Morton range of the tile that holds it, at every zoom, and in
// no other's.
func TestMortonRange(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2_000 {
		p := orb.Point{r.Float64()*360 - 180, r.Float64()*170 - 85}
		f := geo.FixedAt(p)
		for z := range geo.MaxZoom + 1 {
			id := geo.TileAt(p, z)
			first, last := id.MortonRange()
			if key := f.Morton(); key < first || key > last {
				t.Fatalf("%v at %v has key %x, its tile %v the range %x to %x", p, f, key, id, first, last)
			}
			if !id.FixedBox().Contains(f) {
				t.Fatalf("tile %v has box %v, which does not hold %v", id, id.FixedBox(), f)
			}
			if n := uint64(1) << (2 * (32 - z)); last-first != n-1 {
				t.Fatalf("tile %v has %d places, want %d", id, last-first+1, n)
			}
		}
	}
}

// Tiles follow one another on the curve without gaps: the four children of a tile
// fill its range in the order top left, top right, bottom left, bottom right.
func TestMortonRangeOfChildren(t *testing.T) {
	parent := geo.TileID{Z: 13, X: 6858, Y: 3345}
	next, last := parent.MortonRange()
	for _, c := range [][2]uint32{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
		child := geo.TileID{Z: 14, X: parent.X*2 + c[0], Y: parent.Y*2 + c[1]}
		f, l := child.MortonRange()
		if f != next {
			t.Errorf("child %v starts at %x, want %x", child, f, next)
		}
		next = l + 1
	}
	if next != last+1 {
		t.Errorf("children end at %x, their parent at %x", next-1, last)
	}
}

func TestFixedBox(t *testing.T) {
	const last = math.MaxUint32
	world := geo.TileID{}.FixedBox()
	if want := (geo.FixedBox{Max: geo.Fixed{X: last, Y: last}}); world != want {
		t.Errorf("the world is %v, want %v", world, want)
	}
	if got := world.Grow(1 << 20); got != world {
		t.Errorf("the world grows to %v", got)
	}
	a := geo.TileID{Z: 1, X: 0, Y: 0}.FixedBox()
	b := geo.TileID{Z: 1, X: 1, Y: 1}.FixedBox()
	if a.Meets(b) || !a.Grow(1).Meets(b) || !a.Meets(b.Grow(1)) {
		t.Errorf("%v and %v must meet only with a margin", a, b)
	}
	if got := b.Grow(5).Min; got != (geo.Fixed{X: 1<<31 - 5, Y: 1<<31 - 5}) {
		t.Errorf("grown by 5, the corner is %v", got)
	}
}

func BenchmarkFixedAt(b *testing.B) {
	p := orb.Point{121.4905, 31.2400}
	for b.Loop() {
		_ = geo.FixedAt(p).Morton()
	}
}
