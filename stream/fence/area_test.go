package fence_test

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"yiping/stream/fence"
)

// A polygon's area is the polygon, a line's what is at most the buffer away, and both
// lie within their bounds.
func TestArea(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	in := 0
	for range 40 {
		polygon, line := star(r, 400), wiggle(r, 600)
		for _, d := range []fence.Definition{{Geometry: polygon, Hysteresis: 30}, {Geometry: line, Buffer: 50}} {
			a, err := fence.NewArea(d)
			if err != nil {
				t.Fatal(err)
			}
			for range 100 {
				p := metres(1200*(r.Float64()-0.5), 1200*(r.Float64()-0.5))
				away := distance(d.Geometry, p)
				want := away <= d.Buffer
				if d.Buffer == 0 {
					want = planar.PolygonContains(polygon, p)
				}
				if away < d.Buffer+0.01 && away > d.Buffer-0.01 {
					continue // the planes differ by that
				}
				if got := a.Holds(p); got != want || got && !a.Bound().Contains(p) {
					t.Fatalf("%v holds %v: %v, want %v; its bound is %v", d.Geometry, p, got, want, a.Bound())
				}
				if want {
					in++
				}
			}
		}
	}
	if in == 0 {
		t.Error("no place lay in any area: nothing is tested")
	}
}

// Only what is drawn makes another area.
func TestAreaDigest(t *testing.T) {
	t.Parallel()
	line := orb.LineString{metres(0, 0), metres(300, 0)}
	digest := func(d fence.Definition) uint64 {
		t.Helper()
		a, err := fence.NewArea(d)
		if err != nil {
			t.Fatal(err)
		}
		return a.Digest()
	}
	want := digest(fence.Definition{Geometry: line, Buffer: 20, Title: "one"})
	if got := digest(fence.Definition{Geometry: line, Buffer: 20, Title: "two", Version: 2, Hysteresis: 5}); got != want {
		t.Error("another title makes another area")
	}
	for _, d := range []fence.Definition{
		{Geometry: line, Buffer: 21},
		{Geometry: orb.LineString{metres(0, 0), metres(301, 0)}, Buffer: 20},
	} {
		if digest(d) == want {
			t.Errorf("%v is taken for the same area", d)
		}
	}
}
