package tiles

import (
	"yiping/geo"
	"yiping/layers/image"
	"yiping/tiles/internal/plane"
	"yiping/tiles/mvt"
)

// leastArea is the size in square grid units below which an area, or a ring of
// one, is left out: a pixel of a 512-pixel tile.
const leastArea = 64

// shapes draws lines and areas, and the points of layers of any geometry, one by
// one.
func (e *encoder) shapes(v *image.View, s *image.Selection, m *meta) {
	s.Shapes(e.id, bufferUnits(e.id.Z), func(r image.Row) {
		shape := v.Shape(r)
		form := shape.Form()
		if form.Areas() && e.gridArea(shape) < leastArea {
			return
		}
		if e.inTile(v.Anchor(r)) { // though it may be drawn in other tiles only
			m.shown++
		}
		drawn := false
		switch {
		case form.Points():
			e.mvt.Feature(v.ID(r), mvt.Points)
			drawn = e.multiPoint(shape)
		case form.Lines():
			e.mvt.Feature(v.ID(r), mvt.Lines)
			drawn = e.multiLine(shape)
		default:
			e.mvt.Feature(v.ID(r), mvt.Polygons)
			drawn = e.area(shape)
		}
		if drawn {
			e.properties.tag(r)
			e.mvt.EndFeature()
		}
	})
}

// gridArea is the area of a shape in square grid units.
func (e *encoder) gridArea(s image.Shape) float64 {
	side := float64(uint64(1)<<(32-e.id.Z)) / plane.Extent
	return s.Area() / (side * side)
}

// multiPoint draws the points in the tile, without a buffer: each is in exactly
// one tile.
func (e *encoder) multiPoint(s image.Shape) bool {
	e.points = e.points[:0]
	e.eachPath(s, func(path []geo.Fixed, _ bool) {
		for _, f := range path {
			if e.inTile(f) {
				e.points = append(e.points, e.grid.Cell(f))
			}
		}
	})
	if len(e.points) == 0 {
		return false
	}
	e.mvt.MultiPoint(e.narrowed(e.points))
	return true
}

// multiLine draws the parts of lines in the buffered tile.
func (e *encoder) multiLine(s image.Shape) bool {
	e.parts.Reset()
	e.eachPath(s, func(path []geo.Fixed, _ bool) {
		e.points = e.grid.AppendPath(e.points[:0], path)
		plane.ClipLine(&e.parts, e.points, e.box)
	})
	for part := range e.parts.All() {
		e.mvt.Line(e.narrowed(part))
	}
	return e.parts.Len() > 0
}

// area draws the rings of areas in the buffered tile.
func (e *encoder) area(s image.Shape) bool {
	e.areas.Reset()
	e.eachPath(s, func(path []geo.Fixed, hole bool) {
		e.points = e.grid.AppendPath(e.points[:0], path)
		e.areas.Add(e.box, e.points, hole)
	})
	rings := e.areas.Rings(0)
	for ring := range rings.All() {
		e.mvt.Ring(e.narrowed(ring))
	}
	return rings.Len() > 0
}

// eachPath gives the paths of a shape with the vertices that matter at the zoom.
func (e *encoder) eachPath(s image.Shape, visit func(path []geo.Fixed, hole bool)) {
	first, end := s.Paths()
	for p := first; p < end; p++ {
		e.path = s.AppendPath(e.path[:0], p, e.id.Z)
		visit(e.path, s.Hole(p))
	}
}
