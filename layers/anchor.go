package layers

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// Anchor is the point that decides in which regions a feature lies: a point
// itself, the middle of a line, the centroid of anything else. The database has
// the same rule (yiping.anchor).
func Anchor(g orb.Geometry) orb.Point {
	switch g := g.(type) {
	case orb.Point:
		return g
	case orb.LineString:
		return middle(g)
	default:
		c, _ := planar.CentroidArea(g)
		return c
	}
}

// middle is the point half-way along a line, measured in the plane of its
// coordinates as ST_LineInterpolatePoint does.
func middle(line orb.LineString) orb.Point {
	var length float64
	for i := 1; i < len(line); i++ {
		length += distance(line[i-1], line[i])
	}
	left := length / 2
	for i := 1; i < len(line); i++ {
		d := distance(line[i-1], line[i])
		if left <= d && d > 0 {
			f := left / d
			a, b := line[i-1], line[i]
			return orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}
		}
		left -= d
	}
	return line[len(line)-1]
}

func distance(a, b orb.Point) float64 { return math.Hypot(b[0]-a[0], b[1]-a[1]) }
