package layers_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"yiping/layers"
)

// A region holds the places that At puts into it, all of them within its bound.
func TestRegionShape(t *testing.T) {
	t.Parallel()
	parts := checkerboard(4)
	// A street that reaches beyond its district takes the district with it.
	parts = append(parts, layers.RegionPart{
		Layer: "street", Code: "s9999", Parent: "d0015", Shape: orb.Polygon{{{122, 32}, {122.1, 32}, {122.1, 32.1}, {122, 32.1}, {122, 32}}},
	})
	x := layers.NewRegionIndex(parts)
	r := rand.New(rand.NewPCG(1, 2))
	inside := 0
	for _, code := range []string{"d0000", "s0000", "d0015", "s9999"} {
		s, ok := x.Region(code)
		if !ok {
			t.Fatalf("there is no region %s", code)
		}
		for range 2000 {
			p := orb.Point{120.9 + 1.3*r.Float64(), 30.9 + 1.3*r.Float64()}
			at := x.At(p)
			want := at.District == code || at.Street == code
			if got := s.Holds(p); got != want || got && !s.Bound().Contains(p) {
				t.Errorf("%s holds %v: %v, want %v; its bound is %v", code, p, got, want, s.Bound())
			}
			if want {
				inside++
			}
		}
	}
	if inside == 0 {
		t.Error("no place lay in any region: nothing is tested")
	}
	if _, ok := x.Region(""); ok {
		t.Error("there is a region without a code")
	}
	if _, ok := layers.NewRegionIndex(nil).Region("d0000"); ok {
		t.Error("there is a region of nothing")
	}
}

func TestRegionDigest(t *testing.T) {
	t.Parallel()
	digest := func(parts []layers.RegionPart) uint64 {
		s, _ := layers.NewRegionIndex(parts).Region("d0000")
		return s.Digest()
	}
	parts := checkerboard(3)
	want := digest(parts)
	backwards := slices.Clone(parts)
	slices.Reverse(backwards)
	if got := digest(backwards); got != want {
		t.Errorf("the same parts in another order have the digest %x, not %x", got, want)
	}
	parts[4].Shape = orb.Polygon{{{121, 31}, {121.5, 31}, {121, 31.5}, {121, 31}}}
	if digest(parts) == want {
		t.Error("a border that was moved does not show")
	}
}
