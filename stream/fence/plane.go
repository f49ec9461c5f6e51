package fence

import (
	"math"

	"github.com/paulmach/orb"
)

// plane is metres east and north of a point.
type plane struct {
	origin orb.Point
	// perLon and perLat are the metres of a degree at the origin.
	perLon, perLat float64
}

// The ellipsoid of WGS 84 (NIMA TR8350.2): half the great axis in metres, and the
// square of the first eccentricity.
const (
	semiMajor     = 6_378_137.0
	eccentricity2 = 6.69437999014e-3
)

// planeAt is the plane that touches the ellipsoid at a point. A degree is as long
// there as the radii of curvature along the meridian and across it say.
func planeAt(origin orb.Point) plane {
	sin, cos := math.Sincos(origin[1] * math.Pi / 180)
	w2 := 1 - eccentricity2*sin*sin
	across := semiMajor / math.Sqrt(w2)
	meridian := across * (1 - eccentricity2) / w2
	return plane{origin: origin, perLon: across * cos * math.Pi / 180, perLat: meridian * math.Pi / 180}
}

// at is a point (lon, lat) in the plane.
func (pl *plane) at(p orb.Point) orb.Point {
	return orb.Point{(p[0] - pl.origin[0]) * pl.perLon, (p[1] - pl.origin[1]) * pl.perLat}
}

// segment is a straight line of a plane.
type segment struct{ a, b orb.Point }

// distance2 is the square of how far p is from the segment.
func (s *segment) distance2(p orb.Point) float64 {
	dx, dy := s.b[0]-s.a[0], s.b[1]-s.a[1]
	px, py := p[0]-s.a[0], p[1]-s.a[1]
	if l2 := dx*dx + dy*dy; l2 > 0 {
		f := max(0, min(1, (px*dx+py*dy)/l2))
		px, py = px-f*dx, py-f*dy
	}
	return px*px + py*py
}

// side is above 0 if p is left of the segment, below it on the right.
func (s *segment) side(p orb.Point) float64 {
	return (s.b[0]-s.a[0])*(p[1]-s.a[1]) - (s.b[1]-s.a[1])*(p[0]-s.a[0])
}

// crosses reports whether the segments have a point in common. An end on the line
// of the other counts as right of it, so that a way through a corner crosses one
// of the two edges there.
func (s *segment) crosses(o *segment) bool {
	return (s.side(o.a) > 0) != (s.side(o.b) > 0) && (o.side(s.a) > 0) != (o.side(s.b) > 0)
}

// between2 is the square of the distance of two segments.
func (s *segment) between2(o *segment) float64 {
	if s.crosses(o) {
		return 0
	}
	return min(s.distance2(o.a), s.distance2(o.b), o.distance2(s.a), o.distance2(s.b))
}
