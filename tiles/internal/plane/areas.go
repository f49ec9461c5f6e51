package plane

import "slices"

// Areas makes the rings of a feature valid.
type Areas struct {
	rings    Paths // outer rings above 0, holes below
	boxes    []Box // around the rings
	clipper  ringClipper
	contacts contacts
	noder    noder
	faces    faces
	out      Paths
}

// Reset begins a feature.
func (a *Areas) Reset() {
	a.rings.Reset()
	a.boxes = a.boxes[:0]
}

// Add clips an open ring to the box and adds what is left of it. A hole belongs to
// the outer ring before it. The ring may run either way and reach anywhere; the box
// must lie within 2^18 units of the origin, so that 64 bits are exact.
func (a *Areas) Add(box Box, ring []Point, hole bool) {
	for _, p := range a.clipper.clip(ring, box) {
		a.rings.add(p)
	}
	open := a.rings.open()
	for len(open) > 1 && open[0] == open[len(open)-1] {
		open = open[:len(open)-1]
		a.rings.points = a.rings.points[:len(a.rings.points)-1]
	}
	if twiceArea(open) == 0 { // below the grid, beside the box, or a line there and back
		a.rings.points = a.rings.points[:len(a.rings.points)-len(open)]
		return
	}
	// The whole ring says which way it runs: one that crosses itself may run the
	// other way in the box.
	if runsBackwards(ring) != hole {
		slices.Reverse(open)
	}
	a.boxes = append(a.boxes, boxOf(open))
	a.rings.end(3)
}

// runsBackwards reports whether the area of a ring is below 0. It may reach around
// the world, where 64 bits do not hold the area, but the sign is plain.
func runsBackwards(ring []Point) bool {
	var twice float64
	for i := 2; i < len(ring); i++ {
		ax, ay := float64(ring[i-1].X-ring[0].X), float64(ring[i-1].Y-ring[0].Y)
		bx, by := float64(ring[i].X-ring[0].X), float64(ring[i].Y-ring[0].Y)
		twice += ax*by - ay*bx
	}
	return twice < 0
}

// Rings gives the valid rings of the feature: each outer ring (above 0) with its
// holes (below 0) behind it. Rings of less than least square units are left out,
// an outer one with its holes.
func (a *Areas) Rings(least float64) *Paths {
	rings := &a.rings
	if !a.contacts.none(rings) || !a.nested() {
		rings = a.faces.trace(a.noder.edges(rings))
	}
	a.out.Reset()
	drawn := false
	for ring := range rings.All() {
		twice := twiceArea(ring)
		large := float64(max(twice, -twice)) >= 2*least
		if twice > 0 {
			drawn = large
		}
		if drawn && large {
			a.out.Append(ring)
		}
	}
	return &a.out
}

// nested reports whether the outer rings are outside all others and each hole is
// in one outer ring. The rings have no contact.
func (a *Areas) nested() bool {
	for i := range a.rings.Len() {
		ring := a.rings.At(i)
		want := 0
		if twiceArea(ring) < 0 {
			want = 1
		}
		got := 0
		for other, box := range a.boxes {
			if other != i && box.Contains(ring[0]) {
				got += winding(a.rings.At(other), ring[0])
			}
		}
		if got != want {
			return false
		}
	}
	return true
}

// winding is how often a ring winds around a point that is not on it, outer rings
// counting up.
func winding(ring []Point, p Point) (n int) {
	from := ring[len(ring)-1]
	for _, to := range ring {
		n += passes(from, to, p)
		from = to
	}
	return n
}

// passes is what a segment adds to the winding number of a point: it counts where
// it crosses the ray from p towards smaller x. A segment holds its end of smaller
// y and not the other one. (D. Sunday, Inclusion of a point in a polygon, 2001.)
func passes(from, to, p Point) int {
	switch {
	case from.Y <= p.Y && p.Y < to.Y && turn(from, to, p) < 0:
		return -1
	case to.Y <= p.Y && p.Y < from.Y && turn(from, to, p) > 0:
		return 1
	}
	return 0
}

// turn is above 0 if c lies to the side of a→b on which an outer ring has its
// inside, below 0 if on the other, 0 if on the line. It is twice the area of the
// triangle, exact for points that were clipped and their doubles.
func turn(a, b, c Point) int64 { return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X) }

// twiceArea is twice the area of an open ring by the surveyor's formula.
func twiceArea(ring []Point) (sum int64) {
	for i := 2; i < len(ring); i++ {
		sum += turn(ring[0], ring[i-1], ring[i])
	}
	return sum
}
