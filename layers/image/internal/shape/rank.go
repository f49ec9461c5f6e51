package shape

import (
	"math"

	"yiping/geo"
)

// deepest is how often a part may be split at its furthest vertex before it is
// split in the middle. A curve that winds inwards would otherwise give up one
// vertex a split and take time by the square of its vertices.
const deepest = 48

// ranker ranks the vertices of paths by the algorithm of Douglas and Peucker, run
// to the end: the vertex furthest from a chord splits it and matters from the zoom
// on at which its distance counts, but not before those that made the chord.
type ranker struct {
	stack []part
}

// part is a run of vertices still to be split. The numbers go on behind the last
// vertex of a ring, where they start again.
type part struct {
	first, last int
	rank        geo.Zoom
	depth       int
}

// line ranks the vertices of a line; v and ranks have one length, 1 or more.
func (r *ranker) line(v []geo.Fixed, ranks []geo.Zoom) {
	last := len(v) - 1
	ranks[0], ranks[last] = 0, 0
	r.split(v, ranks, part{first: 0, last: last})
}

// ring ranks the vertices of an open ring. The two that are about furthest apart
// and the two furthest from the chord between them are always drawn.
func (r *ranker) ring(v []geo.Fixed, ranks []geo.Zoom) {
	a := furthest(v, v[0])
	c := furthest(v, v[a])
	a, c = min(a, c), max(a, c)
	ranks[a], ranks[c] = 0, 0
	for _, side := range [2]part{{first: a, last: c}, {first: c, last: a + len(v)}} {
		corner, _ := side.furthest(v)
		if corner < 0 {
			continue
		}
		ranks[corner%len(v)] = 0
		r.split(v, ranks, part{first: side.first, last: corner})
		r.split(v, ranks, part{first: corner, last: side.last})
	}
}

// split ranks the vertices inside a part.
func (r *ranker) split(v []geo.Fixed, ranks []geo.Zoom, p part) {
	r.stack = append(r.stack[:0], p)
	for len(r.stack) > 0 {
		p, r.stack = r.stack[len(r.stack)-1], r.stack[:len(r.stack)-1]
		i, distance2 := p.furthest(v)
		if i < 0 {
			continue
		}
		if p.depth >= deepest {
			i = (p.first + p.last) / 2
		}
		rank := max(p.rank, rankOf(distance2))
		ranks[i%len(v)] = rank
		r.stack = append(r.stack, part{p.first, i, rank, p.depth + 1}, part{i, p.last, rank, p.depth + 1})
	}
}

// furthest is the vertex inside a part that is furthest from its chord and the
// square of that distance; −1 if there is none inside.
func (p part) furthest(v []geo.Fixed) (vertex int, distance2 float64) {
	vertex = -1
	from, to := v[p.first%len(v)], v[p.last%len(v)]
	dx, dy := apart(from, to)
	chord2 := dx*dx + dy*dy
	for i := p.first + 1; i < p.last; i++ {
		x, y := apart(from, v[i%len(v)])
		if chord2 > 0 {
			t := max(0, min(1, (x*dx+y*dy)/chord2))
			x, y = x-t*dx, y-t*dy
		}
		if d2 := x*x + y*y; vertex < 0 || d2 > distance2 {
			vertex, distance2 = i, d2
		}
	}
	return vertex, distance2
}

// furthest is the vertex furthest from f.
func furthest(v []geo.Fixed, f geo.Fixed) int {
	best, distance2 := 0, -1.0
	for i := range v {
		if x, y := apart(f, v[i]); x*x+y*y > distance2 {
			best, distance2 = i, x*x+y*y
		}
	}
	return best
}

// apart is the way from a to b.
func apart(a, b geo.Fixed) (x, y float64) {
	return float64(int64(b.X) - int64(a.X)), float64(int64(b.Y) - int64(a.Y))
}

// rankOf is the lowest zoom at which a distance, given squared, is half a pixel
// or more. A tile has 2^(32−z) units and 2^9 pixels a side, so half a pixel is
// 2^(22−z) units.
func rankOf(distance2 float64) geo.Zoom {
	const exact = int(geo.MaxZoom) // the zoom at which half a pixel is one unit
	if distance2 < 1 {
		return geo.MaxZoom
	}
	log2 := math.Ilogb(distance2) / 2
	return geo.Zoom(max(0, exact-log2))
}
