package plane

// Simplifier leaves out the vertices of a line that hardly matter.
type Simplifier struct {
	stack []span
	keep  []bool
}

type span struct{ first, last int }

// Line simplifies a line in its own memory by the algorithm of Douglas and
// Peucker: no vertex left out is further than tolerance units from the result. The
// ends stay, and of a line that ends where it starts the vertex furthest from there,
// so that no loop shrinks to a point.
func (s *Simplifier) Line(line []Point, tolerance float64) []Point {
	if len(line) < 3 {
		return line
	}
	s.keep = cleared(s.keep, len(line))
	last := len(line) - 1
	s.keep[0], s.keep[last] = true, true
	s.stack = append(s.stack[:0], span{0, last})
	if line[0] == line[last] {
		far, _ := furthest(line, span{0, last})
		s.keep[far] = true
		s.stack = append(s.stack[:0], span{0, far}, span{far, last})
	}
	for len(s.stack) > 0 {
		p := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		if i, distance2 := furthest(line, p); distance2 > tolerance*tolerance {
			s.keep[i] = true
			s.stack = append(s.stack, span{p.first, i}, span{i, p.last})
		}
	}
	n := 0
	for i, p := range line {
		if s.keep[i] {
			line[n] = p
			n++
		}
	}
	return line[:n]
}

// furthest is the vertex between the ends of a span that is furthest from its
// chord, and the square of that distance.
func furthest(line []Point, s span) (vertex int, distance2 float64) {
	from := line[s.first]
	dx, dy := float64(line[s.last].X-from.X), float64(line[s.last].Y-from.Y)
	chord2 := dx*dx + dy*dy
	for i := s.first + 1; i < s.last; i++ {
		x, y := float64(line[i].X-from.X), float64(line[i].Y-from.Y)
		if chord2 > 0 {
			t := max(0, min(1, (x*dx+y*dy)/chord2))
			x, y = x-t*dx, y-t*dy
		}
		if d2 := x*x + y*y; d2 > distance2 {
			vertex, distance2 = i, d2
		}
	}
	return vertex, distance2
}
