package plane

import "iter"

// Paths is a list of lines or rings in one buffer. The zero value is empty.
type Paths struct {
	points []Point
	ends   []int
}

// Reset empties the list and keeps its memory.
func (p *Paths) Reset() { p.points, p.ends = p.points[:0], p.ends[:0] }

// Len is the number of paths.
func (p *Paths) Len() int { return len(p.ends) }

// At is a path. It may be changed, but not lengthened.
func (p *Paths) At(i int) []Point {
	first := 0
	if i > 0 {
		first = p.ends[i-1]
	}
	return p.points[first:p.ends[i]:p.ends[i]]
}

// All gives the paths in order.
func (p *Paths) All() iter.Seq[[]Point] {
	return func(yield func([]Point) bool) {
		for i := range p.ends {
			if !yield(p.At(i)) {
				return
			}
		}
	}
}

// Append adds a path.
func (p *Paths) Append(path []Point) {
	p.points = append(p.points, path...)
	p.ends = append(p.ends, len(p.points))
}

// open is the path that has been begun and not ended.
func (p *Paths) open() []Point {
	first := 0
	if n := len(p.ends); n > 0 {
		first = p.ends[n-1]
	}
	return p.points[first:]
}

// add puts a vertex on the open path unless it is there already.
func (p *Paths) add(v Point) {
	if open := p.open(); len(open) == 0 || open[len(open)-1] != v {
		p.points = append(p.points, v)
	}
}

// end ends the open path, or drops it if it has fewer vertices than least.
func (p *Paths) end(least int) {
	if open := p.open(); len(open) < least {
		p.points = p.points[:len(p.points)-len(open)]
		return
	}
	p.ends = append(p.ends, len(p.points))
}
