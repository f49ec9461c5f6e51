package image

import (
	"yiping/geo"
	"yiping/layers/image/internal/shape"
)

// Shape is the geometry of a feature, as paths of vertices. See Form for what the
// paths are.
type Shape struct {
	arena *shape.Arena
	row   int
}

// Form is the kind of a geometry: points, lines or areas, one or several.
type Form = shape.Kind

// Shape is the geometry of a feature of a layer that is none of plain points.
func (v *View) Shape(r Row) Shape { return Shape{v.parts[r.part].shapes, int(r.row)} }

// Form is the kind of the geometry.
func (s Shape) Form() Form { return s.arena.Kind(s.row) }

// Bounds is the box around it.
func (s Shape) Bounds() geo.FixedBox { return s.arena.Bounds(s.row) }

// Area is in square units without holes, 0 if it is no area. It is good to seven
// digits.
func (s Shape) Area() float64 { return s.arena.Area(s.row) }

// Length is in units, 0 if it is no line. It is good to seven digits.
func (s Shape) Length() float64 { return s.arena.Length(s.row) }

// Paths gives the numbers of its paths, first ≤ path < end: all points of a point
// or multi-point, a line each, or a ring each, holes behind their outer ring.
func (s Shape) Paths() (first, end int) { return s.arena.Paths(s.row) }

// Hole reports whether a path is a hole.
func (s Shape) Hole(path int) bool { return s.arena.Hole(path) }

// AppendPath appends the vertices of a path that matter at a zoom. A ring comes
// without its closing vertex.
func (s Shape) AppendPath(dst []geo.Fixed, path int, z geo.Zoom) []geo.Fixed {
	return s.arena.AppendPath(dst, path, z)
}
