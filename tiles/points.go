package tiles

import (
	"yiping/layers/image"
	"yiping/tiles/mvt"
)

// pointCount is the property that says how many features a point stands for.
const pointCount = "point_count"

// cells draws one point for each cell of the thinned zooms.
func (e *encoder) cells(s *image.Selection, m *meta) {
	s.Cells(e.id, func(c image.Cell) {
		m.shown += c.Count
		m.thinned = m.thinned || c.Count > 1
		e.beginPoint(c)
		if c.Count > 1 {
			e.properties.count(c.By)
		}
		e.mvt.EndFeature()
	})
}

// singles draws every point that is shown at the zoom.
func (e *encoder) singles(v *image.View, s *image.Selection, m *meta) {
	s.Points(e.id, func(r image.Row) {
		m.shown++
		e.beginPoint(image.Cell{Row: r, ID: v.ID(r), At: v.Anchor(r), Count: 1})
		e.mvt.EndFeature()
	})
}

func (e *encoder) beginPoint(c image.Cell) {
	t := &e.mvt
	t.Feature(c.ID, mvt.Points)
	e.properties.tag(c.Row)
	t.Tag(t.Key(pointCount), t.Int(int64(c.Count)))
	p := e.grid.Cell(c.At)
	t.Point(mvt.Point{X: int32(p.X), Y: int32(p.Y)})
}
