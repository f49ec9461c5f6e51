package plane

import (
	"cmp"
	"slices"
)

// faces traces the area where the winding number is above 0 from edges that meet
// at ends alone.
type faces struct {
	half  []halfEdge // by start and then by direction
	twin  []int      // by half edge: the one that runs the other way
	fans  []fan      // by node
	todo  []int      // half edges whose left is known, of nodes to be visited
	walk  []int      // half edges on the way around a face
	place []int      // by node: its place on the walk from 1, or 0
	loops Paths
	// middles are those of an edge of each loop, in half units. Loops touch in
	// vertices only, so it is on no other loop.
	middles []Point
	out     Paths
}

// halfEdge is an edge in one of its two directions. Its left is the side where turn
// is above 0, the inside of an outer ring.
type halfEdge struct {
	from, to Point
	edge     int
	node     int // that it starts from
	net      int // how much higher the winding number is on the left than on the right
	left     int // winding number on the left
	traced   bool
}

// inside reports whether the area is on the left of the half edge only.
func (h halfEdge) inside() bool { return h.left > 0 && h.left-h.net <= 0 }

// fan is the half edges that start from one node: first ≤ i < last, in order of
// their direction, from the west over the side of smaller y.
type fan struct {
	first, last int
	known       bool // the windings are
}

// trace gives the rings of the area: each outer ring with its holes behind it.
func (f *faces) trace(edges []netEdge) *Paths {
	f.build(edges)
	f.wind(edges)
	f.loops.Reset()
	f.middles = f.middles[:0]
	for h := range f.half {
		if f.half[h].inside() && !f.half[h].traced {
			f.around(h)
		}
	}
	f.arrange()
	return &f.out
}

// build makes the half edges and the fans.
func (f *faces) build(edges []netEdge) {
	f.half = f.half[:0]
	for i, e := range edges {
		f.half = append(f.half,
			halfEdge{from: e.low, to: e.high, edge: i, net: e.net},
			halfEdge{from: e.high, to: e.low, edge: i, net: -e.net})
	}
	slices.SortFunc(f.half, func(a, b halfEdge) int {
		if c := comparePoints(a.from, b.from); c != 0 {
			return c
		}
		return compareDirections(a, b)
	})
	f.twin = cleared(f.twin, len(f.half))
	f.fans = f.fans[:0]
	// place serves as the half edge seen first of each edge, from 1.
	f.place = cleared(f.place, len(edges))
	for i := range f.half {
		h := &f.half[i]
		if i == 0 || f.half[i-1].from != h.from {
			f.fans = append(f.fans, fan{first: i})
		}
		h.node = len(f.fans) - 1
		f.fans[h.node].last = i + 1
		if other := f.place[h.edge] - 1; other >= 0 {
			f.twin[i], f.twin[other] = other, i
		}
		f.place[h.edge] = i + 1
	}
	f.place = cleared(f.place, len(f.fans))
}

// compareDirections orders half edges of one node by their turn from the west.
func compareDirections(a, b halfEdge) int {
	ax, ay := a.to.X-a.from.X, a.to.Y-a.from.Y
	bx, by := b.to.X-b.from.X, b.to.Y-b.from.Y
	far := func(x, y int64) int {
		if y < 0 || y == 0 && x < 0 {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(far(ax, ay), far(bx, by)), cmp.Compare(0, ax*by-ay*bx))
}

// wind finds the winding number on the left of all half edges. It is counted once
// for each connected net of edges, at the node of smallest x, and then passed on
// from edge to edge.
func (f *faces) wind(edges []netEdge) {
	for node := range f.fans {
		if f.fans[node].known {
			continue
		}
		// The nodes are in order of x, so this is the first of its net: nothing
		// starts to the west, and what is there lies behind the last of the fan.
		last := f.fans[node].last - 1
		f.half[last].left = outside(edges, f.half[last].from)
		f.todo = append(f.todo[:0], last)
		for len(f.todo) > 0 {
			h := f.todo[len(f.todo)-1]
			f.todo = f.todo[:len(f.todo)-1]
			f.spread(h)
		}
	}
}

// outside is the winding number just to the west of a node from which no edge
// leads west.
func outside(edges []netEdge, node Point) (n int) {
	for _, e := range edges {
		n += e.net * passes(e.low, e.high, node)
	}
	return n
}

// spread passes the winding number on around the node of a half edge.
func (f *faces) spread(h int) {
	around := &f.fans[f.half[h].node]
	if around.known {
		return
	}
	around.known = true
	left := f.half[h].left
	for i := range around.last - around.first {
		at := h + i
		if at >= around.last {
			at -= around.last - around.first
		}
		if i > 0 {
			left += f.half[at].net
			f.half[at].left = left
		}
		twin := f.twin[at]
		f.half[twin].left = left - f.half[at].net
		if !f.fans[f.half[twin].node].known {
			f.todo = append(f.todo, twin)
		}
	}
}

// around walks around a face with its inside on the left. Where the walk comes to
// a node for the second time, what lies between is a ring of its own.
func (f *faces) around(start int) {
	f.walk = f.walk[:0]
	for h := start; ; h = f.next(h) {
		node := f.half[h].node
		if at := f.place[node]; at > 0 {
			f.loop(at - 1)
		}
		if f.half[h].traced {
			return
		}
		f.half[h].traced = true
		f.walk = append(f.walk, h)
		f.place[node] = len(f.walk)
	}
}

// loop ends the walk from a place on as a ring, without vertices in the middle of
// straight lines.
func (f *faces) loop(from int) {
	ring := f.walk[from:]
	before := f.half[ring[len(ring)-1]].from
	for _, h := range ring {
		f.place[f.half[h].node] = 0
		if turn(before, f.half[h].from, f.half[h].to) != 0 {
			f.loops.add(f.half[h].from)
		}
		before = f.half[h].from
	}
	f.loops.end(3)
	e := f.half[ring[0]]
	f.middles = append(f.middles, Point{e.from.X + e.to.X, e.from.Y + e.to.Y})
	f.walk = f.walk[:from]
}

// next is the half edge with the area on its left that follows at the end of h:
// the first one against the order of the fan from the way back.
func (f *faces) next(h int) int {
	back := f.twin[h]
	around := f.fans[f.half[back].node]
	for at := back; ; {
		if at == around.first {
			at = around.last
		}
		at--
		if f.half[at].inside() {
			return at
		}
	}
}

// arrange puts the holes behind the smallest outer ring that holds them.
func (f *faces) arrange() {
	f.out.Reset()
	f.walk = f.walk[:0] // now by loop: the outer ring, or −1
	for i := range f.loops.Len() {
		f.walk = append(f.walk, f.outerOf(i))
	}
	for outer := range f.walk {
		if f.walk[outer] >= 0 {
			continue
		}
		f.out.Append(f.loops.At(outer))
		for hole := range f.walk {
			if f.walk[hole] == outer {
				f.out.Append(f.loops.At(hole))
			}
		}
	}
}

// outerOf is the outer ring of a hole, −1 for an outer ring.
func (f *faces) outerOf(loop int) int {
	if twiceArea(f.loops.At(loop)) > 0 {
		return -1
	}
	best, smallest := -1, int64(0)
	for i := range f.loops.Len() {
		outer := f.loops.At(i)
		area := twiceArea(outer)
		if area > 0 && (best < 0 || area < smallest) && windingDoubled(outer, f.middles[loop]) > 0 {
			best, smallest = i, area
		}
	}
	return best
}

// windingDoubled is winding for a point that is given in half units.
func windingDoubled(ring []Point, p Point) (n int) {
	double := func(p Point) Point { return Point{2 * p.X, 2 * p.Y} }
	from := ring[len(ring)-1]
	for _, to := range ring {
		n += passes(double(from), double(to), p)
		from = to
	}
	return n
}
