package city

import (
	"math"
	"slices"
)

// Rings here are loops of corners, anticlockwise, the last joined to the first.

// tidy drops corners that lie within tolerance, in metres, of the line between
// their neighbours. widths[i] belongs to the side from corner i to the next; of
// two sides that become one the greater width stays.
func tidy(ring []vec, widths []float64, tolerance float64) ([]vec, []float64) {
	for i := 0; i < len(ring) && len(ring) > 3; {
		before, after := (i+len(ring)-1)%len(ring), (i+1)%len(ring)
		_, off := alongLine(ring[before], ring[after], ring[i])
		if off < tolerance {
			widths[before] = max(widths[before], widths[i])
			ring, widths = slices.Delete(ring, i, i+1), slices.Delete(widths, i, i+1)
			continue
		}
		i++
	}
	return ring, widths
}

// inset moves each side inwards by its width. Sides that vanish are left out; no
// ring is left if the rest does not hold together.
func inset(ring []vec, widths []float64) ([]vec, bool) {
	type side struct{ at, dir vec }
	sides := make([]side, 0, len(ring))
	for i, a := range ring {
		dir := ring[(i+1)%len(ring)].sub(a)
		if dir.len() < 0.01 {
			continue
		}
		dir = dir.unit()
		sides = append(sides, side{a.add(dir.left().scale(widths[i])), dir})
	}
	for len(sides) >= 3 {
		n := len(sides)
		out := make([]vec, n)
		for i, s := range sides {
			p := sides[(i+n-1)%n]
			den := p.dir.cross(s.dir)
			if math.Abs(den) < 0.02 {
				out[i] = s.at
				continue
			}
			out[i] = p.at.add(p.dir.scale(s.at.sub(p.at).cross(s.dir) / den))
		}
		worst, least := -1, 0.5 // metres that a side must keep
		for i, s := range sides {
			if l := out[(i+1)%n].sub(out[i]).dot(s.dir); l < least {
				worst, least = i, l
			}
		}
		if worst < 0 {
			return out, areaOf(out) > 0 && simple(out)
		}
		sides = append(sides[:worst], sides[worst+1:]...)
	}
	return nil, false
}

// simple says that no two sides of a ring cross.
func simple(ring []vec) bool {
	n := len(ring)
	for i := range n {
		for j := i + 2; j < n; j++ {
			if i == 0 && j == n-1 {
				continue
			}
			if _, _, hit := meet(ring[i], ring[i+1], ring[j], ring[(j+1)%n]); hit {
				return false
			}
		}
	}
	return true
}

// cleave cuts a ring along a line, if the line passes it just once.
func cleave(ring []vec, at, dir vec) (left, right []vec, ok bool) {
	normal := dir.left()
	c := at.dot(normal)
	crossings := 0
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		da, db := a.dot(normal)-c, b.dot(normal)-c
		if da >= 0 {
			left = append(left, a)
		} else {
			right = append(right, a)
		}
		if (da >= 0) != (db >= 0) {
			crossings++
			x := a.lerp(b, da/(da-db))
			left, right = append(left, x), append(right, x)
		}
	}
	return left, right, crossings == 2
}

// within says that a place is inside of a ring.
func within(ring []vec, v vec) bool {
	in := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if x, ok := (edge{a, b}).crossing(v.y); ok && x > v.x {
			in = !in
		}
	}
	return in
}

// holds says that a convex figure lies inside of a ring.
func holds(ring, figure []vec) bool {
	if !within(ring, figure[0]) {
		return false
	}
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		for k, p := range figure {
			if _, _, hit := meet(a, b, p, figure[(k+1)%len(figure)]); hit {
				return false
			}
		}
	}
	return true
}

// spanAt is the longest stretch, in x, of a ring at a northing.
func spanAt(ring []vec, y float64) (x0, x1 float64, ok bool) {
	var buf [16]float64
	xs := buf[:0]
	for i, a := range ring {
		if x, hit := (edge{a, ring[(i+1)%len(ring)]}).crossing(y); hit {
			k := len(xs)
			xs = append(xs, x)
			for ; k > 0 && xs[k-1] > x; k-- {
				xs[k] = xs[k-1]
			}
			xs[k] = x
		}
	}
	for i := 1; i < len(xs); i += 2 {
		if !ok || xs[i]-xs[i-1] > x1-x0 {
			x0, x1, ok = xs[i-1], xs[i], true
		}
	}
	return x0, x1, ok
}

// grain4 is the angle, within a quarter turn around east, along which the sides
// of a ring run.
func grain4(ring []vec) float64 {
	var sin4, cos4 float64
	for i, a := range ring {
		d := ring[(i+1)%len(ring)].sub(a)
		sin, cos := math.Sincos(4 * math.Atan2(d.y, d.x))
		l := d.len()
		sin4, cos4 = sin4+l*sin, cos4+l*cos
	}
	return math.Atan2(sin4, cos4) / 4
}

func middleOfRing(ring []vec) vec {
	var moment vec
	var area float64
	o := ring[0] // near zero, so that little is lost
	for i := range ring {
		a, b := ring[i].sub(o), ring[(i+1)%len(ring)].sub(o)
		c := a.cross(b)
		area += c
		moment = moment.add(a.add(b).scale(c))
	}
	return o.add(moment.scale(1 / (3 * area)))
}
