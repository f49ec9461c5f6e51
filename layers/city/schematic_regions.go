package city

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// border is a line with one region on either side. All regions are made of the
// same borders, so that they meet without a gap and without an overlap.
type border struct {
	between [2]string
	line    orb.LineString
}

// region joins the borders of a region to its polygons, islands and holes.
func region(name string, borders []border) (orb.MultiPolygon, error) {
	var lines []orb.LineString
	for _, b := range borders {
		if b.between[0] == name || b.between[1] == name {
			lines = append(lines, b.line)
		}
	}
	rings, err := closeRings(lines)
	if err != nil {
		return nil, fmt.Errorf("borders of %s: %w", name, err)
	}
	return nest(rings), nil
}

// closeRings joins lines end to end. Each line is used once; where two ends meet
// no third may.
func closeRings(lines []orb.LineString) ([]orb.Ring, error) {
	ends := map[orb.Point][]int{}
	for i, l := range lines {
		ends[l[0]] = append(ends[l[0]], i)
		ends[l[len(l)-1]] = append(ends[l[len(l)-1]], i)
	}
	used := make([]bool, len(lines))
	var rings []orb.Ring
	for first := range lines {
		if used[first] {
			continue
		}
		used[first] = true
		ring := orb.Ring(lines[first].Clone())
		for at := ring[len(ring)-1]; at != ring[0]; at = ring[len(ring)-1] {
			if len(ends[at]) != 2 {
				return nil, fmt.Errorf("%d ends meet at %v, not 2", len(ends[at]), at)
			}
			next := slices.IndexFunc(ends[at], func(i int) bool { return !used[i] })
			if next < 0 {
				return nil, fmt.Errorf("the ring through %v does not close", at)
			}
			i := ends[at][next]
			used[i] = true
			more := lines[i].Clone()
			if more[0] != at {
				more.Reverse()
			}
			ring = append(ring, more[1:]...)
		}
		rings = append(rings, ring)
	}
	return rings, nil
}

// nest makes polygons of rings: a ring inside another is a hole in it. Outer rings
// run anticlockwise, holes clockwise (RFC 7946).
func nest(rings []orb.Ring) orb.MultiPolygon {
	slices.SortStableFunc(rings, func(a, b orb.Ring) int {
		return cmp.Compare(math.Abs(planar.Area(b)), math.Abs(planar.Area(a)))
	})
	var polygons orb.MultiPolygon
	for _, r := range rings {
		outer := slices.IndexFunc(polygons, func(p orb.Polygon) bool {
			return planar.RingContains(p[0], middleOfLine(orb.LineString(r)))
		})
		switch {
		case outer < 0:
			polygons = append(polygons, orb.Polygon{turned(r, orb.CCW)})
		default:
			polygons[outer] = append(polygons[outer], turned(r, orb.CW))
		}
	}
	return polygons
}

// middleOfLine is a point on a line that is none of its vertices.
func middleOfLine(l orb.LineString) orb.Point {
	a, b := l[len(l)/2-1], l[len(l)/2]
	return orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}
}

// turned is the ring, made to run the given way round.
func turned(r orb.Ring, way orb.Orientation) orb.Ring {
	if r.Orientation() != way {
		r.Reverse()
	}
	return r
}
