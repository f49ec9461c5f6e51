package fence_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"yiping/stream/fence"
)

// distance is how far a place is from the lines of a geometry, in metres of the
// plane at the Bund.
func distance(g orb.Geometry, p orb.Point) float64 {
	var all []orb.LineString
	switch g := g.(type) {
	case orb.LineString:
		all = append(all, g)
	case orb.Polygon:
		for _, r := range g {
			all = append(all, orb.LineString(r))
		}
	}
	least := math.Inf(1)
	for _, l := range all {
		for i := range len(l) - 1 {
			a, b := flat(l[i]), flat(l[i+1])
			least = min(least, planar.DistanceFromSegment(a, b, flat(p)))
		}
	}
	return least
}

func flat(p orb.Point) orb.Point {
	return orb.Point{(p[0] - 121.486) * perLon, (p[1] - 31.24) * perLat}
}

// star is a polygon of random radii around the Bund with a hole.
func star(r *rand.Rand, radius float64) orb.Polygon {
	ring := func(radius float64, corners int) orb.Ring {
		var ring orb.Ring
		for i := range corners {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(corners))
			d := radius * (0.4 + 0.6*r.Float64())
			ring = append(ring, metres(d*cos, d*sin))
		}
		return append(ring, ring[0])
	}
	return orb.Polygon{ring(radius, 3+r.IntN(30)), ring(radius*0.3, 5)}
}

// wiggle is a line across the Bund.
func wiggle(r *rand.Rand, length float64) orb.LineString {
	var l orb.LineString
	for i := range 2 + r.IntN(20) {
		l = append(l, metres(length*(r.Float64()-0.5), length*(r.Float64()-0.5)+float64(i)))
	}
	return l
}

// TestPlaces holds what an engine says of places, through all its cells, against
// the plain geometry: inside, in the band of the hysteresis, or outside.
func TestPlaces(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for n := range 120 {
		radius := math.Exp(3 + 6*r.Float64()) // 20 m to 8 km
		d := around()
		d.Hysteresis = radius * 0.2 * float64(n%3)
		d.Geometry = star(r, radius)
		if n%2 == 1 {
			d.Geometry, d.Buffer = wiggle(r, radius), radius*0.1
		}
		d.Hysteresis = min(d.Hysteresis, fence.MaxHysteresis)
		if err := d.Check(); err != nil {
			t.Fatal(err)
		}
		probes := make([]fence.Fix, 500)
		for i := range probes {
			p := metres(radius*3*(r.Float64()-0.5), radius*3*(r.Float64()-0.5))
			probes[i] = fence.Fix{Key: fmt.Sprint(i), Time: second(0), Place: p}
		}
		entered := entities(engine(t, d).Observe("vehicles", probes))
		// Who was inside a larger fence is held by the band of this one.
		larger := d
		larger.Geometry, larger.Buffer = square(radius*9), 0
		e := engine(t, larger)
		e.Observe("vehicles", probes)
		if _, err := e.Put(d); err != nil {
			t.Fatal(err)
		}
		for i := range probes {
			probes[i].Time = second(1)
		}
		left := entities(e.Observe("vehicles", probes))
		polygon, _ := d.Geometry.(orb.Polygon)
		in := 0
		for _, f := range probes {
			away := distance(d.Geometry, f.Place)
			// On the very line, planes that differ by a hair may disagree.
			if m := radius * 1e-3; math.Abs(away-d.Buffer) < m || math.Abs(away-d.Buffer-d.Hysteresis) < m {
				continue
			}
			isIn := away <= d.Buffer || polygon != nil && planar.PolygonContains(polygon, f.Place)
			if entered[f.Key] != isIn {
				t.Fatalf("shape %d: %v is %.2f m from the edge: inside %v, want %v", n, f.Place, away, entered[f.Key], isIn)
			}
			if held := isIn || away <= d.Buffer+d.Hysteresis; left[f.Key] == held {
				t.Fatalf("shape %d: %v is %.2f m from the edge: held %v, want %v", n, f.Place, away, !left[f.Key], held)
			}
			if isIn {
				in++
			}
		}
		if in == 0 {
			t.Fatalf("shape %d has no places inside: the test proves nothing", n)
		}
	}
}

// engine has some fences.
func engine(tb testing.TB, all ...fence.Definition) *fence.Engine {
	tb.Helper()
	e := fence.New(fence.Config{})
	for _, d := range all {
		if _, err := e.Put(d); err != nil {
			tb.Fatal(err)
		}
	}
	return e
}

// entities are those of which something was told.
func entities(o fence.Outcome) map[string]bool {
	all := map[string]bool{}
	for _, tr := range o.Transitions {
		all[tr.Entity] = true
	}
	return all
}
