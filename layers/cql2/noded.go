package cql2

import (
	"cmp"
	"slices"

	"github.com/peterstace/simplefeatures/geom"
)

// noded makes the places where rings of one area touch corners of both rings: a
// corner of one that lies within an edge of another splits that edge. The
// geometry stays the same. Relate of simplefeatures 0.59 is wrong without it: a
// polygon with such a hole is not within its own shell.
func noded(g geom.Geometry) geom.Geometry {
	if !g.IsPolygon() && !g.IsMultiPolygon() {
		return g
	}
	parts := g.Dump()
	if len(parts) == 1 && parts[0].MustAsPolygon().NumRings() == 1 {
		return g
	}
	splits := touches(g, parts)
	if len(splits) == 0 {
		return g
	}
	polygons := make([]geom.Polygon, len(parts))
	for i, p := range parts {
		rings := p.MustAsPolygon().DumpRings()
		for k, r := range rings {
			rings[k] = split(r, splits)
		}
		polygons[i] = geom.NewPolygon(rings)
	}
	if g.IsPolygon() {
		return polygons[0].AsGeometry()
	}
	return geom.NewMultiPolygon(polygons).AsGeometry()
}

// touches finds the corners that lie within edges.
func touches(g geom.Geometry, parts []geom.Geometry) map[edge][]geom.XY {
	a := newArea(g)
	splits := make(map[edge][]geom.XY)
	for _, p := range parts {
		for _, r := range p.MustAsPolygon().DumpRings() {
			ring := r.Coordinates()
			for i := 1; i < ring.Length(); i++ {
				corner := ring.GetXY(i)
				for _, e := range a.bands[a.band(corner.Y)] {
					if e.holds(corner) {
						splits[e] = append(splits[e], corner)
					}
				}
			}
		}
	}
	return splits
}

// holds reports whether the point lies on the edge, but is none of its ends.
func (e edge) holds(p geom.XY) bool {
	if p.Y < e.y1 || p.Y > e.y2 || p.X < min(e.x1, e.x2) || p.X > max(e.x1, e.x2) ||
		p == (geom.XY{X: e.x1, Y: e.y1}) || p == (geom.XY{X: e.x2, Y: e.y2}) {
		return false
	}
	return turn(e, p.X, p.Y) == 0
}

// split adds corners to the edges of a ring.
func split(r geom.LineString, splits map[edge][]geom.XY) geom.LineString {
	ring := r.Coordinates()
	var floats []float64
	for i := range ring.Length() {
		p := ring.GetXY(i)
		floats = append(floats, p.X, p.Y)
		if i+1 == ring.Length() {
			break
		}
		q := ring.GetXY(i + 1)
		corners := slices.Clone(splits[upwards(p, q)])
		slices.SortFunc(corners, func(a, b geom.XY) int {
			return cmp.Compare(a.Sub(p).Dot(q.Sub(p)), b.Sub(p).Dot(q.Sub(p)))
		})
		for _, c := range slices.Compact(corners) {
			floats = append(floats, c.X, c.Y)
		}
	}
	return geom.NewLineString(geom.NewSequence(floats, geom.DimXY))
}
