package cql2

import (
	"math"
	"math/big"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
)

// side says where a point is with respect to an area.
type side int8

const (
	outside side = iota - 1
	onBoundary
	inside
)

// area locates points in a polygon or multi polygon exactly. It is immutable.
type area struct {
	west, south, east, north float64
	// rectangular areas are their own bound.
	rectangular bool
	// bands cut the area into strips of equal height; each holds the edges that
	// touch it, so that a point meets few of them.
	bands [][]edge
	// perDegree is bands per degree of latitude.
	perDegree float64
}

// edge runs upwards from its lower end, or along a parallel.
type edge struct{ x1, y1, x2, y2 float64 }

// maxBands bounds the memory of an area of very many edges.
const maxBands = 4096

// newArea takes a valid polygon or multi polygon.
func newArea(g geom.Geometry) *area {
	low, high, _ := g.Envelope().MinMaxXYs()
	a := &area{west: low.X, south: low.Y, east: high.X, north: high.Y}
	var edges []edge
	for _, part := range g.Dump() {
		for _, ring := range part.MustAsPolygon().DumpRings() {
			edges = appendEdges(edges, ring.Coordinates())
		}
	}
	a.rectangular = len(edges) == 4 && a.framedBy(edges)
	n := min(max(len(edges)/4, 1), maxBands)
	a.bands = make([][]edge, n)
	a.perDegree = float64(n) / (a.north - a.south)
	for _, e := range edges {
		for i := a.band(e.y1); i <= a.band(e.y2); i++ {
			a.bands[i] = append(a.bands[i], e)
		}
	}
	return a
}

func appendEdges(edges []edge, ring geom.Sequence) []edge {
	for i := 1; i < ring.Length(); i++ {
		p, q := ring.GetXY(i-1), ring.GetXY(i)
		if p == q {
			continue
		}
		edges = append(edges, upwards(p, q))
	}
	return edges
}

func upwards(p, q geom.XY) edge {
	if p.Y > q.Y {
		p, q = q, p
	}
	return edge{p.X, p.Y, q.X, q.Y}
}

// framedBy reports whether four edges of a valid ring lie on the bound.
func (a *area) framedBy(edges []edge) bool {
	for _, e := range edges {
		upright := e.x1 == e.x2 && (e.x1 == a.west || e.x1 == a.east)
		level := e.y1 == e.y2 && (e.y1 == a.south || e.y1 == a.north)
		if !upright && !level {
			return false
		}
	}
	return true
}

func (a *area) band(y float64) int {
	i := int((y - a.south) * a.perDegree)
	return min(max(i, 0), len(a.bands)-1)
}

// locate counts the edges that a ray to the east crosses. Rings of a valid area
// do not overlap, so that odd means inside, holes and parts included.
func (a *area) locate(x, y float64) side {
	if x < a.west || x > a.east || y < a.south || y > a.north {
		return outside
	}
	if a.rectangular {
		if x == a.west || x == a.east || y == a.south || y == a.north {
			return onBoundary
		}
		return inside
	}
	result := outside
	for _, e := range a.bands[a.band(y)] {
		if y < e.y1 || y > e.y2 || x > e.x1 && x > e.x2 {
			continue
		}
		if e.y1 == e.y2 {
			if x >= min(e.x1, e.x2) {
				return onBoundary
			}
			continue
		}
		switch turn(e, x, y) {
		case 0:
			return onBoundary
		case 1:
			// The upper end is not counted: the next edge begins there.
			if y < e.y2 {
				result = -result
			}
		}
	}
	return result
}

// locateAll says where all points within a bound are, if no edge comes between
// them. A bound of no points is outside.
func (a *area) locateAll(b orb.Bound) (s side, ok bool) {
	west, south, east, north := b.Left(), b.Bottom(), b.Right(), b.Top()
	if !(west <= a.east && east >= a.west && south <= a.north && north >= a.south) {
		return outside, true
	}
	for _, band := range a.bands[a.band(south) : a.band(north)+1] {
		for _, e := range band {
			if e.meets(west, south, east, north) {
				return outside, false
			}
		}
	}
	return a.locate(west, south), true
}

// meets reports whether an edge has a point of a rectangle. Where it does not, its
// bound lies apart, or all corners lie on one side of its line.
func (e edge) meets(west, south, east, north float64) bool {
	if e.y1 > north || e.y2 < south || min(e.x1, e.x2) > east || max(e.x1, e.x2) < west {
		return false
	}
	s := turn(e, west, south)
	return s == 0 || turn(e, east, south) != s || turn(e, west, north) != s || turn(e, east, north) != s
}

// turn is the sign of the area of the triangle from e to (x, y): 1 if the point
// is left of the edge, 0 if it is on its line. The error bound is that of
// Shewchuk, Adaptive Precision Floating-Point Arithmetic (1997), for orient2d;
// what it cannot decide is computed exactly.
func turn(e edge, x, y float64) int {
	const errorBound = (3 + 16*0x1p-53) * 0x1p-53
	left := float64((e.x1 - x) * (e.y2 - y))
	right := float64((e.y1 - y) * (e.x2 - x))
	det := left - right
	if math.Abs(det) > errorBound*(math.Abs(left)+math.Abs(right)) {
		if det > 0 {
			return 1
		}
		return -1
	}
	return exactTurn(e, x, y)
}

func exactTurn(e edge, x, y float64) int {
	difference := func(a, b float64) *big.Rat {
		return new(big.Rat).Sub(new(big.Rat).SetFloat64(a), new(big.Rat).SetFloat64(b))
	}
	left := new(big.Rat).Mul(difference(e.x1, x), difference(e.y2, y))
	right := new(big.Rat).Mul(difference(e.y1, y), difference(e.x2, x))
	return left.Cmp(right)
}
