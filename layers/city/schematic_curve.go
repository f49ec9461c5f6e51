package city

import (
	"math"

	"github.com/paulmach/orb"
)

// Curves are drawn with a vertex about every curveMetres, and with no more than
// curveSteps between two control points: the open sea needs no fine line.
const (
	curveMetres = 120
	curveSteps  = 16
)

// curve draws a smooth line through control points: a centripetal Catmull-Rom
// spline, which makes neither loops nor cusps (Yuksel et al., "On the
// parameterization of Catmull-Rom curves", 2009). The control points themselves
// stay vertices, to the bit. A closed line stays closed and has no corner where it
// closes.
func curve(p plane, control orb.LineString) orb.LineString {
	n := len(control)
	if n < 3 {
		return control.Clone()
	}
	at := make([]vec, n)
	for i, c := range control {
		at[i] = p.vec(c)
	}
	// Beyond its ends an open line goes on as the mirror image of its end leg.
	before, after := at[0].scale(2).sub(at[1]), at[n-1].scale(2).sub(at[n-2])
	if control[0] == control[n-1] {
		before, after = at[n-2], at[1]
	}
	line := make(orb.LineString, 0, 4*n)
	for i := range n - 1 {
		line = append(line, control[i])
		p0, p3 := before, after
		if i > 0 {
			p0 = at[i-1]
		}
		if i+2 < n {
			p3 = at[i+2]
		}
		steps := min(int(at[i].dist(at[i+1])/curveMetres)+1, curveSteps)
		for s := 1; s < steps; s++ {
			t := float64(s) / float64(steps)
			line = append(line, p.point(catmullRom(p0, at[i], at[i+1], p3, t)))
		}
	}
	return append(line, control[n-1])
}

// catmullRom is the point at t (0 to 1) between p1 and p2, by the pyramid of
// Barry and Goldman with knots at the square roots of the distances.
func catmullRom(p0, p1, p2, p3 vec, t float64) vec {
	knot := func(from float64, a, b vec) float64 { return from + math.Sqrt(max(a.dist(b), 1)) }
	t1 := knot(0, p0, p1)
	t2 := knot(t1, p1, p2)
	t3 := knot(t2, p2, p3)
	t = t1 + (t2-t1)*t
	a1 := p0.lerp(p1, t/t1)
	a2 := p1.lerp(p2, (t-t1)/(t2-t1))
	a3 := p2.lerp(p3, (t-t2)/(t3-t2))
	b1 := a1.lerp(a2, t/t2)
	b2 := a2.lerp(a3, (t-t1)/(t3-t1))
	return b1.lerp(b2, (t-t1)/(t2-t1))
}

// stream is the centre line of a river with its width at every vertex.
type stream struct {
	line   orb.LineString
	metres []float64
}

// smoothed draws the stream as a curve; widths change evenly between the control
// points.
func (s stream) smoothed(p plane) stream {
	line := curve(p, s.line)
	metres := make([]float64, len(line))
	for i, next := 0, 0; i < len(line); i++ {
		if line[i] == s.line[next] {
			metres[i] = s.metres[next]
			next++
			continue
		}
		done := p.vec(s.line[next-1]).dist(p.vec(line[i]))
		left := p.vec(line[i]).dist(p.vec(s.line[next]))
		metres[i] = mixBetween(s.metres[next-1], s.metres[next], done/(done+left))
	}
	return stream{line: line, metres: metres}
}

// ribbon is the water surface of a stream: both banks, and a round end each.
func (s stream) ribbon(p plane) orb.Polygon {
	const capSteps = 6
	n := len(s.line)
	mid := p.line(s.line)
	left, right := make([]vec, 0, n), make([]vec, 0, n)
	for i := range n {
		along := mid[min(i+1, n-1)].sub(mid[max(i-1, 0)]).unit()
		side := along.left().scale(s.metres[i] / 2)
		left, right = append(left, mid[i].add(side)), append(right, mid[i].sub(side))
	}
	ring := make(orb.Ring, 0, 2*n+2*capSteps)
	add := func(v vec) { ring = append(ring, p.point(v)) }
	bow := func(centre, from vec) { // half a circle, clockwise
		arm := from.sub(centre)
		for k := 1; k < capSteps; k++ {
			turn := heading(-math.Pi * float64(k) / capSteps)
			add(centre.add(vec{arm.x*turn.x - arm.y*turn.y, arm.x*turn.y + arm.y*turn.x}))
		}
	}
	for _, v := range left {
		add(v)
	}
	bow(mid[n-1], left[n-1])
	for i := n - 1; i >= 0; i-- {
		add(right[i])
	}
	bow(mid[0], right[0])
	ring = append(ring, ring[0])
	ring.Reverse() // it ran clockwise
	return orb.Polygon{ring}
}
