package plane

import (
	"cmp"
	"slices"
)

// noder rounds edges to the grid so that they meet at ends alone: each edge is
// bent over the hot pixels that it passes through, which are the unit squares
// around all vertices and all crossings.
type noder struct {
	whole []edge
	hot   []Point
	onWay []Point
	out   []netEdge
}

// netEdge is an undirected edge. On its left, seen from low, the winding number is
// higher by net than on its right.
type netEdge struct {
	low, high Point
	net       int
}

// edges gives the edges of the rings after rounding, each once, in order. Those
// that rings run along as often one way as the other are gone: they bound nothing.
func (n *noder) edges(rings *Paths) []netEdge {
	n.whole = appendEdges(n.whole[:0], rings)
	n.findHot()
	n.out = n.out[:0]
	for _, e := range n.whole {
		n.bend(e)
	}
	slices.SortFunc(n.out, func(a, b netEdge) int {
		if c := comparePoints(a.low, b.low); c != 0 {
			return c
		}
		return comparePoints(a.high, b.high)
	})
	kept := n.out[:0]
	for i := 0; i < len(n.out); {
		e, next := n.out[i], i+1
		for ; next < len(n.out) && n.out[next].low == e.low && n.out[next].high == e.high; next++ {
			e.net += n.out[next].net
		}
		if e.net != 0 {
			kept = append(kept, e)
		}
		i = next
	}
	n.out = kept
	return n.out
}

// findHot collects the hot pixels by x, then y.
func (n *noder) findHot() {
	n.hot = n.hot[:0]
	for _, e := range n.whole {
		n.hot = append(n.hot, e.from)
	}
	eachPair(n.whole, func(a, b edge) bool {
		if cross(a, b) {
			n.hot = append(n.hot, crossingOf(a, b))
		}
		return true
	})
	slices.SortFunc(n.hot, comparePoints)
	n.hot = slices.Compact(n.hot)
}

// crossingOf is the place where two edges cross, rounded to the pixel that holds
// it. No number reaches 2^60 for edges that were clipped.
func crossingOf(a, b edge) Point {
	over := turn(b.from, b.to, a.from)
	under := over - turn(b.from, b.to, a.to)
	if under < 0 {
		over, under = -over, -under
	}
	round := func(from, to int64) int64 {
		return from + floorDiv(2*(to-from)*over+under, 2*under)
	}
	return Point{round(a.from.X, a.to.X), round(a.from.Y, a.to.Y)}
}

// floorDiv is a/b rounded down, for b above 0.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// bend appends the pieces of an edge between the hot pixels on its way.
func (n *noder) bend(e edge) {
	n.onWay = n.onWay[:0]
	first, _ := slices.BinarySearchFunc(n.hot, e.low(), func(p Point, x int64) int { return cmp.Compare(p.X, x) })
	for _, h := range n.hot[first:] {
		if h.X > e.high() {
			break
		}
		if inPixel(e, h) {
			n.onWay = append(n.onWay, h)
		}
	}
	along := func(p Point) int64 {
		return (p.X-e.from.X)*(e.to.X-e.from.X) + (p.Y-e.from.Y)*(e.to.Y-e.from.Y)
	}
	slices.SortFunc(n.onWay, func(a, b Point) int { return cmp.Compare(along(a), along(b)) })
	for i := 1; i < len(n.onWay); i++ {
		from, to := n.onWay[i-1], n.onWay[i]
		if comparePoints(from, to) < 0 {
			n.out = append(n.out, netEdge{from, to, 1})
		} else {
			n.out = append(n.out, netEdge{to, from, -1})
		}
	}
}

// inPixel reports whether an edge passes through the pixel of h. A pixel holds its
// edges of smaller x and y, but not the others, so that each place is in one.
func inPixel(e edge, h Point) bool {
	if e.from == h || e.to == h {
		return true
	}
	// Everything is doubled, so that the corners are whole numbers, and the edge
	// runs towards larger x.
	p, q := Point{2 * e.from.X, 2 * e.from.Y}, Point{2 * e.to.X, 2 * e.to.Y}
	if p.X > q.X {
		p, q = q, p
	}
	low, high := Point{2*h.X - 1, 2*h.Y - 1}, Point{2*h.X + 1, 2*h.Y + 1}
	if q.X < low.X || p.X >= high.X || max(p.Y, q.Y) < low.Y || min(p.Y, q.Y) >= high.Y {
		return false
	}
	if p.X == q.X || p.Y == q.Y {
		return true
	}
	// The edge passes if the corners are not all on one side of it. On the corners
	// that the pixel does not hold it may only pass towards the inside.
	rising := p.Y < q.Y
	lowHigh := turn(p, q, Point{low.X, high.Y})
	highHigh := turn(p, q, high)
	lowLow := turn(p, q, low)
	highLow := turn(p, q, Point{high.X, low.Y})
	switch {
	case lowHigh == 0:
		return !rising
	case highHigh == 0:
		return rising
	case lowLow == 0:
		return true
	case highLow == 0:
		return !rising
	}
	all := sign(lowHigh)
	return sign(highHigh) != all || sign(lowLow) != all || sign(highLow) != all
}

// comparePoints orders points by x, then y.
func comparePoints(a, b Point) int {
	if c := cmp.Compare(a.X, b.X); c != 0 {
		return c
	}
	return cmp.Compare(a.Y, b.Y)
}
