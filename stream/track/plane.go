package track

import (
	"math"

	"github.com/paulmach/orb"
)

// earthRadius in metres is the mean radius of the ellipsoid (IUGG, (2a+b)/3 of
// GRS 80).
const earthRadius = 6371008.8

// plane touches the earth at a point; x goes east and y north, in metres
// (equirectangular projection with the point's parallel). A box of longitude and
// latitude is a box on it. Its distances are true to 0.1 % within 2.5 km and to 1 %
// within 25 km in both directions, up to 40 degrees of latitude (TestPlane).
type plane struct {
	origin orb.Point
	// kx and ky are metres a degree.
	kx, ky float64
}

func planeAt(p orb.Point) plane {
	const degree = earthRadius * math.Pi / 180
	return plane{p, degree * math.Cos(p[1]*math.Pi/180), degree}
}

// xy is a point on the plane.
func (p plane) xy(q orb.Point) (x, y float64) {
	return (q[0] - p.origin[0]) * p.kx, (q[1] - p.origin[1]) * p.ky
}

// distance is that from the origin.
func (p plane) distance(q orb.Point) float64 {
	x, y := p.xy(q)
	return math.Hypot(x, y)
}

// nearest is the distance from the origin to a box.
func (p plane) nearest(b orb.Bound) float64 {
	return p.distance(orb.Point{
		math.Max(b.Min[0], math.Min(p.origin[0], b.Max[0])),
		math.Max(b.Min[1], math.Min(p.origin[1], b.Max[1])),
	})
}

// around is the box of what is within a distance of the box; metres must not be
// negative.
func (p plane) around(b orb.Bound, metres float64) orb.Bound {
	return orb.Bound{
		Min: orb.Point{b.Min[0] - metres/p.kx, b.Min[1] - metres/p.ky},
		Max: orb.Point{b.Max[0] + metres/p.kx, b.Max[1] + metres/p.ky},
	}
}

// toLeg is the distance of a point from the straight line from the origin to an end,
// and how far along it the nearest place is.
func (p plane) toLeg(end, q orb.Point) (distance, along float64) {
	ex, ey := p.xy(end)
	x, y := p.xy(q)
	length := math.Hypot(ex, ey)
	if length == 0 {
		return math.Hypot(x, y), 0
	}
	along = math.Max(0, math.Min((x*ex+y*ey)/length, length))
	return math.Hypot(x-ex/length*along, y-ey/length*along), along
}
