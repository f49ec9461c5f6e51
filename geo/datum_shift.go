package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// GCJ-02 and BD-09 are not published by those who made them. The formulas and
// constants here are the ones recovered in 2010 and used ever since by all open
// converters (eviltransform, gcoord, coordtransform); they are tested against
// gcoord's fixture of Chinese cities.

// ChinaBound is the box inside which maps shift to GCJ-02: 72.004 to 137.8347
// east, 0.8293 to 55.8271 north. Outside it GCJ-02 is WGS 84. Along the edge the
// shift begins at once, so in the last kilometre, which is sea or foreign land,
// two WGS 84 points can have one GCJ-02 point and no inverse is right for both.
func ChinaBound() orb.Bound {
	return orb.Bound{Min: orb.Point{72.004, 0.8293}, Max: orb.Point{137.8347, 55.8271}}
}

// The Krasovsky 1940 ellipsoid: semi-major axis in metres, eccentricity squared.
const (
	krasovskyAxis  = 6378245.0
	krasovskyEccen = 0.00669342162296594323
)

// The origin of the polynomial of GCJ-02, in degrees.
const gcjLon, gcjLat = 105.0, 35.0

func wgs84ToGCJ02(p orb.Point) orb.Point {
	if !ChinaBound().Contains(p) {
		return p
	}
	return gcjShift(p)
}

// gcjShift moves a WGS 84 point by the GCJ-02 offset of its place.
func gcjShift(p orb.Point) orb.Point {
	x, y := p[0]-gcjLon, p[1]-gcjLat
	root := 0.1 * math.Sqrt(math.Abs(x))
	ripple := (20*math.Sin(6*math.Pi*x) + 20*math.Sin(2*math.Pi*x)) * 2 / 3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + root + ripple +
		(20*math.Sin(math.Pi*x)+40*math.Sin(math.Pi/3*x))*2/3 +
		(150*math.Sin(math.Pi/12*x)+300*math.Sin(math.Pi/30*x))*2/3
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 2*root + ripple +
		(20*math.Sin(math.Pi*y)+40*math.Sin(math.Pi/3*y))*2/3 +
		(160*math.Sin(math.Pi/12*y)+320*math.Sin(math.Pi/30*y))*2/3

	sin, cos := math.Sincos(p[1] * math.Pi / 180)
	w2 := 1 - krasovskyEccen*sin*sin
	w := math.Sqrt(w2)
	meridian := krasovskyAxis * (1 - krasovskyEccen) / (w2 * w)
	parallel := krasovskyAxis / w * cos
	return orb.Point{
		p[0] + east/parallel*180/math.Pi,
		p[1] + north/meridian*180/math.Pi,
	}
}

func gcj02ToWGS84(p orb.Point) orb.Point {
	if !ChinaBound().Contains(p) {
		return p
	}
	return invert(gcjShift, p)
}

// bdTurn is Baidu's factor inside its sines, per degree.
const bdTurn = math.Pi * 3000 / 180

// gcj02ToBD09 applies everywhere: Baidu's shift has no box.
func gcj02ToBD09(p orb.Point) orb.Point {
	r := math.Hypot(p[0], p[1]) + 0.00002*math.Sin(p[1]*bdTurn)
	sin, cos := math.Sincos(math.Atan2(p[1], p[0]) + 0.000003*math.Cos(p[0]*bdTurn))
	return orb.Point{r*cos + 0.0065, r*sin + 0.006}
}

func bd09ToGCJ02(p orb.Point) orb.Point { return invert(gcj02ToBD09, p) }

// invert finds the point that shift takes to p, by fixed-point iteration. Both
// shifts change by under a hundredth of the distance moved, so each step gains
// two digits or more; the loop ends when a step is below a tenth of a micrometre.
func invert(shift func(orb.Point) orb.Point, p orb.Point) orb.Point {
	const (
		enough = 1e-12 // degrees
		most   = 30
	)
	q := p
	for range most {
		s := shift(q)
		dx, dy := p[0]-s[0], p[1]-s[1]
		q = orb.Point{q[0] + dx, q[1] + dy}
		if math.Abs(dx) < enough && math.Abs(dy) < enough {
			break
		}
	}
	return q
}
