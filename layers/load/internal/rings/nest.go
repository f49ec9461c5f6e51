package rings

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// nested is a ring and what it lies in.
type nested struct {
	ring   orb.Ring
	bound  orb.Bound
	area   float64 // twice, positive
	parent int     // the smallest ring around it, -1 for none
	depth  int     // how many rings are around it
	place  int     // of its polygon in the result
}

// nest makes polygons of rings that do not cross.
func nest(found []orb.Ring) orb.MultiPolygon {
	all := make([]nested, 0, len(found))
	for _, r := range found {
		area := doubleArea(r)
		if area == 0 {
			continue
		}
		if area < 0 {
			r.Reverse()
			area = -area
		}
		all = append(all, nested{ring: r, bound: r.Bound(), area: area, parent: -1})
	}
	// A ring can only lie in a larger one; the larger come first, and the last of
	// them that holds a ring is the closest around it.
	slices.SortStableFunc(all, func(a, b nested) int {
		return cmp.Or(cmp.Compare(b.area, a.area), comparePoints(a.bound.Min, b.bound.Min))
	})
	var polygons orb.MultiPolygon
	for i := range all {
		r := &all[i]
		for j := i - 1; j >= 0; j-- {
			if covers(all[j].bound, r.bound) && inside(r.ring, all[j].ring) {
				r.parent, r.depth = j, all[j].depth+1
				break
			}
		}
		if r.depth%2 == 0 {
			r.place = len(polygons)
			polygons = append(polygons, orb.Polygon{r.ring})
			continue
		}
		r.place = all[r.parent].place
		r.ring.Reverse()
		polygons[r.place] = append(polygons[r.place], r.ring)
	}
	return polygons
}

func covers(outer, inner orb.Bound) bool {
	return outer.Min[0] <= inner.Min[0] && outer.Min[1] <= inner.Min[1] &&
		outer.Max[0] >= inner.Max[0] && outer.Max[1] >= inner.Max[1]
}

// doubleArea is twice the area, positive if anticlockwise. It is taken from the
// first point, so that small rings far from the origin keep their digits.
func doubleArea(r orb.Ring) float64 {
	sum := 0.0
	o := r[0]
	for i := 1; i+1 < len(r); i++ {
		sum += (r[i][0]-o[0])*(r[i+1][1]-o[1]) - (r[i+1][0]-o[0])*(r[i][1]-o[1])
	}
	return sum
}

// inside reports whether a lies in b, where the two may touch but not cross: the
// first point of a that is not on b decides, vertices first, then middles of edges.
func inside(a, b orb.Ring) bool {
	for _, p := range a {
		if where := locate(p, b); where != 0 {
			return where > 0
		}
	}
	for i := 1; i < len(a); i++ {
		middle := orb.Point{(a[i-1][0] + a[i][0]) / 2, (a[i-1][1] + a[i][1]) / 2}
		if where := locate(middle, b); where != 0 {
			return where > 0
		}
	}
	return false
}

// locate is 1 for a point within a ring, −1 for one outside, 0 for one on it.
func locate(p orb.Point, r orb.Ring) int {
	odd := false
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		cross := (b[0]-a[0])*(p[1]-a[1]) - (p[0]-a[0])*(b[1]-a[1])
		if cross == 0 && between(a[0], p[0], b[0]) && between(a[1], p[1], b[1]) {
			return 0
		}
		if (a[1] > p[1]) != (b[1] > p[1]) && (cross > 0) == (b[1] > a[1]) {
			odd = !odd
		}
	}
	if odd {
		return 1
	}
	return -1
}

func between(a, x, b float64) bool { return min(a, b) <= x && x <= max(a, b) }
