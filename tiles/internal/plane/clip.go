package plane

import "math"

// ClipLine appends to dst the parts of a line that lie in the box, with vertices
// where they enter and leave it. What only touches the box in a point is left out.
func ClipLine(dst *Paths, line []Point, box Box) {
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		from, to, ok := clipSegment(a, b, box)
		if !ok {
			dst.end(2)
			continue
		}
		if from != a {
			dst.end(2)
		}
		dst.add(from)
		dst.add(to)
		if to != b {
			dst.end(2)
		}
	}
	dst.end(2)
}

// clipSegment cuts a segment by the method of Cohen and Sutherland. Both cuts are
// taken on the whole segment, so that the second does not inherit the rounding of
// the first.
func clipSegment(a, b Point, box Box) (from, to Point, ok bool) {
	from, to = a, b
	for {
		f, t := sidesOf(from, box), sidesOf(to, box)
		if f&t != 0 {
			return from, to, false
		}
		switch {
		case f != 0:
			from = box.cut(a, b, f)
		case t != 0:
			to = box.cut(a, b, t)
		default:
			return from, to, true
		}
	}
}

// side is an edge of a box, or several, as bits.
type side uint8

const (
	west side = 1 << iota
	east
	north
	south
	noSide side = 0
)

// sidesOf tells beyond which edges a point lies.
func sidesOf(p Point, box Box) side {
	s := noSide
	if p.X < box.Min.X {
		s |= west
	} else if p.X > box.Max.X {
		s |= east
	}
	if p.Y < box.Min.Y {
		s |= north
	} else if p.Y > box.Max.Y {
		s |= south
	}
	return s
}

// cut is the point where a segment crosses the line through the first of the given
// edges.
func (b Box) cut(from, to Point, s side) Point {
	switch {
	case s&west != 0:
		return Point{b.Min.X, crossing(from.X, from.Y, to.X, to.Y, b.Min.X)}
	case s&east != 0:
		return Point{b.Max.X, crossing(from.X, from.Y, to.X, to.Y, b.Max.X)}
	case s&north != 0:
		return Point{crossing(from.Y, from.X, to.Y, to.X, b.Min.Y), b.Min.Y}
	default:
		return Point{crossing(from.Y, from.X, to.Y, to.X, b.Max.Y), b.Max.Y}
	}
}

// crossing is v where u is at, on the segment from u0, v0 to u1, v1, which crosses
// it. Both directions of a segment give the same. Floating point is good to 2^-18
// of a unit here: coordinates have up to 35 bits, their product is rounded to 53.
func crossing(u0, v0, u1, v1, at int64) int64 {
	if u0 > u1 {
		u0, v0, u1, v1 = u1, v1, u0, v0
	}
	return v0 + int64(math.Round(float64(v1-v0)*float64(at-u0)/float64(u1-u0)))
}

// ringClipper cuts rings by the method of Sutherland and Hodgman: by one edge of
// the box after the other. Where a ring leaves and comes back it runs along the
// edge, there and back again; Areas removes that.
type ringClipper struct {
	ring, next []Point
}

// clip is the part of a ring in the box, which may be the ring itself.
func (c *ringClipper) clip(ring []Point, box Box) []Point {
	if len(ring) == 0 {
		return nil
	}
	around := boxOf(ring)
	if box.holds(around) {
		return ring
	}
	if !box.meets(around) {
		return nil
	}
	c.ring = append(c.ring[:0], ring...)
	for _, s := range [...]side{west, east, north, south} {
		c.next = c.next[:0]
		for i, to := range c.ring {
			from := c.ring[(i+len(c.ring)-1)%len(c.ring)]
			out, in := sidesOf(from, box)&s != 0, sidesOf(to, box)&s == 0
			if out == in { // the segment crosses the edge
				c.add(box.cut(from, to, s))
			}
			if in {
				c.add(to)
			}
		}
		c.ring, c.next = c.next, c.ring
	}
	return c.ring
}

// add puts a vertex on the next ring unless it is there already.
func (c *ringClipper) add(p Point) {
	if n := len(c.next); n == 0 || c.next[n-1] != p {
		c.next = append(c.next, p)
	}
}
