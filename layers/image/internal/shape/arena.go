package shape

import (
	"unsafe"

	"yiping/geo"
)

// Kind is the form of a row's geometry.
type Kind uint8

// The kinds. The file format holds these numbers: new ones go to the end.
const (
	// Empty is a row without a position. No search finds it.
	Empty Kind = iota
	Point
	MultiPoint
	Line
	MultiLine
	Polygon
	MultiPolygon
)

// Points reports whether the row is one of points.
func (k Kind) Points() bool { return k == Point || k == MultiPoint }

// Lines reports whether the row is one of lines.
func (k Kind) Lines() bool { return k == Line || k == MultiLine }

// Areas reports whether the row is one of areas.
func (k Kind) Areas() bool { return k == Polygon || k == MultiPolygon }

// Arena holds the shapes of rows numbered from 0. The zero value is the arena
// of no rows.
type Arena struct {
	packed
	bounds []geo.FixedBox // by row
	sizes  []float32      // by row: area or length, which want no more than 24 bits
	tree   tree
}

// packed is what the file holds; the rest of an arena follows from it.
type packed struct {
	kinds    []Kind      // by row
	paths    []uint32    // by row: the end of its paths
	ends     []uint32    // by path: the end of its vertices
	holes    []bool      // by path
	vertices []geo.Fixed // by vertex
	ranks    []geo.Zoom  // by vertex
}

// Len is the number of rows.
func (p *packed) Len() int { return len(p.kinds) }

// Kind is the kind of a row.
func (p *packed) Kind(row int) Kind { return p.kinds[row] }

// Paths gives the paths of a row: first ≤ path < end.
func (p *packed) Paths(row int) (first, end int) {
	return int(before(p.paths, row)), int(p.paths[row])
}

// Hole reports whether a path is a hole of the polygon before it.
func (p *packed) Hole(path int) bool { return p.holes[path] }

// AppendPath appends the vertices of a path that matter at a zoom. A ring comes
// without its closing vertex.
func (p *packed) AppendPath(dst []geo.Fixed, path int, z geo.Zoom) []geo.Fixed {
	first, end := p.span(path)
	if z >= geo.MaxZoom {
		return append(dst, p.vertices[first:end]...)
	}
	for i, rank := range p.ranks[first:end] {
		if rank <= z {
			dst = append(dst, p.vertices[first+i])
		}
	}
	return dst
}

// span gives the vertices of a path: first ≤ vertex < end.
func (p *packed) span(path int) (first, end int) {
	return int(before(p.ends, path)), int(p.ends[path])
}

// before is the end of the thing before the i-th, where that starts.
func before(ends []uint32, i int) uint32 {
	if i == 0 {
		return 0
	}
	return ends[i-1]
}

// Bounds is the box around a row. That of an empty row means nothing.
func (a *Arena) Bounds(row int) geo.FixedBox { return a.bounds[row] }

// Area is that of a row in square units without its holes, 0 if it is no area.
// It is good to seven digits.
func (a *Arena) Area(row int) float64 {
	if !a.kinds[row].Areas() {
		return 0
	}
	return float64(a.sizes[row])
}

// Length is that of a row's lines in units, 0 if it is no line. It is good to
// seven digits.
func (a *Arena) Length(row int) float64 {
	if !a.kinds[row].Lines() {
		return 0
	}
	return float64(a.sizes[row])
}

// Bytes is the memory that the arena holds.
func (a *Arena) Bytes() int {
	return size(a.kinds) + size(a.paths) + size(a.ends) + size(a.holes) + size(a.vertices) + size(a.ranks) +
		size(a.bounds) + size(a.sizes) + a.tree.bytes()
}

func size[T any](s []T) int {
	var t T
	return cap(s) * int(unsafe.Sizeof(t))
}
