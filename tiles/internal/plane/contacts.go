package plane

import (
	"cmp"
	"slices"
)

// edge is a directed edge of a ring.
type edge struct {
	from, to Point
	// ring is the ring's place in the list, at that of the edge in the ring, and
	// last the place of the ring's last edge.
	ring, at, last int
}

func (e edge) low() int64  { return min(e.from.X, e.to.X) }
func (e edge) high() int64 { return max(e.from.X, e.to.X) }

// apart reports whether the boxes around two edges share nothing in y.
func (e edge) apart(o edge) bool {
	return max(e.from.Y, e.to.Y) < min(o.from.Y, o.to.Y) || max(o.from.Y, o.to.Y) < min(e.from.Y, e.to.Y)
}

// follows reports whether e is the edge after o in one ring.
func (e edge) follows(o edge) bool {
	return e.ring == o.ring && (e.at == o.at+1 || e.at == 0 && o.at == o.last)
}

// appendEdges appends the edges of all rings, sorted by their smaller x.
func appendEdges(dst []edge, rings *Paths) []edge {
	for r := range rings.Len() {
		ring := rings.At(r)
		for i, from := range ring {
			dst = append(dst, edge{from, ring[(i+1)%len(ring)], r, i, len(ring) - 1})
		}
	}
	slices.SortFunc(dst, func(a, b edge) int { return cmp.Compare(a.low(), b.low()) })
	return dst
}

// eachPair calls visit for the pairs of sorted edges whose boxes meet, until it
// returns false; it reports whether it never did.
func eachPair(edges []edge, visit func(a, b edge) bool) bool {
	for i, a := range edges {
		high := a.high()
		for _, b := range edges[i+1:] {
			if b.low() > high {
				break
			}
			if !a.apart(b) && !visit(a, b) {
				return false
			}
		}
	}
	return true
}

// contacts looks for places where rings touch or cross themselves or each other.
type contacts struct{ edges []edge }

// none reports whether there are no such places: each edge meets the two beside it
// in their common vertex, and nothing else.
func (c *contacts) none(rings *Paths) bool {
	c.edges = appendEdges(c.edges[:0], rings)
	return eachPair(c.edges, func(a, b edge) bool {
		switch {
		case a.follows(b):
			return !foldsBack(b.from, b.to, a.to)
		case b.follows(a):
			return !foldsBack(a.from, a.to, b.to)
		default:
			return !touch(a, b)
		}
	})
}

// foldsBack reports whether the way from a over b to c runs back on itself.
func foldsBack(a, b, c Point) bool {
	return turn(a, b, c) == 0 && (b.X-a.X)*(c.X-b.X)+(b.Y-a.Y)*(c.Y-b.Y) < 0
}

// touch reports whether two edges whose boxes meet have a point in common.
func touch(a, b edge) bool {
	return turn(a.from, a.to, b.from)*sign(turn(a.from, a.to, b.to)) <= 0 &&
		turn(b.from, b.to, a.from)*sign(turn(b.from, b.to, a.to)) <= 0
}

// cross reports whether two edges cross inside both.
func cross(a, b edge) bool {
	return turn(a.from, a.to, b.from)*sign(turn(a.from, a.to, b.to)) < 0 &&
		turn(b.from, b.to, a.from)*sign(turn(b.from, b.to, a.to)) < 0
}

func sign(n int64) int64 { return int64(cmp.Compare(n, 0)) }
