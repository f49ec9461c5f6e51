package shape

import (
	"math"

	"yiping/geo"
)

// finish works out what follows from the packed rows.
func finish(p packed) *Arena {
	a := &Arena{
		packed: p,
		bounds: make([]geo.FixedBox, p.Len()),
		sizes:  make([]float32, p.Len()),
	}
	for row := range a.bounds {
		a.bounds[row] = p.bound(row)
		a.sizes[row] = float32(p.measure(row))
	}
	a.tree = newTree(a.bounds)
	return a
}

// bound is the box around a row's vertices.
func (p *packed) bound(row int) geo.FixedBox {
	box := nothing()
	for _, v := range p.row(row) {
		box = join(box, geo.FixedBox{Min: v, Max: v})
	}
	return box
}

// row is all vertices of a row.
func (p *packed) row(row int) []geo.Fixed {
	first, end := p.Paths(row)
	return p.vertices[before(p.ends, first):before(p.ends, end)]
}

// measure is the area or the length of a row.
func (p *packed) measure(row int) float64 {
	kind := p.kinds[row]
	if !kind.Lines() && !kind.Areas() {
		return 0
	}
	var sum float64
	first, end := p.Paths(row)
	for path := first; path < end; path++ {
		from, to := p.span(path)
		switch v := p.vertices[from:to]; {
		case kind.Lines():
			sum += length(v)
		case p.holes[path]:
			sum -= area(v)
		default:
			sum += area(v)
		}
	}
	return max(0, sum)
}

func length(line []geo.Fixed) (sum float64) {
	for i := 1; i < len(line); i++ {
		sum += math.Hypot(apart(line[i-1], line[i]))
	}
	return sum
}

// area is the size of an open ring, by the surveyor's formula from its first
// vertex on.
func area(ring []geo.Fixed) float64 {
	var twice float64
	for i := 2; i < len(ring); i++ {
		ax, ay := apart(ring[0], ring[i-1])
		bx, by := apart(ring[0], ring[i])
		twice += ax*by - bx*ay
	}
	return math.Abs(twice) / 2
}
