package shape

import (
	"github.com/paulmach/orb"

	"yiping/geo"
)

// Geometry is a row in lon, lat degrees, its rings closed; nil for an empty row.
// It differs from what was added by half a unit a vertex, and vertices equal to
// the one before are gone.
func (p *packed) Geometry(row int) orb.Geometry {
	first, end := p.Paths(row)
	switch p.kinds[row] {
	case Point:
		return p.points(first, 0)[0]
	case MultiPoint:
		return orb.MultiPoint(p.points(first, 0))
	case Line:
		return p.line(first)
	case MultiLine:
		lines := make(orb.MultiLineString, 0, end-first)
		for path := first; path < end; path++ {
			lines = append(lines, p.line(path))
		}
		return lines
	case Polygon:
		return p.polygons(first, end)[0]
	case MultiPolygon:
		return p.polygons(first, end)
	default:
		return nil
	}
}

// points gives the vertices of a path, with room for more.
func (p *packed) points(path, more int) []orb.Point {
	first, end := p.span(path)
	points := make([]orb.Point, 0, end-first+more)
	for _, f := range p.vertices[first:end] {
		points = append(points, geo.Fixed.Point(f))
	}
	return points
}

// line has two points even where both ends lie in one unit.
func (p *packed) line(path int) orb.LineString {
	points := p.points(path, 1)
	if len(points) == 1 {
		points = append(points, points[0])
	}
	return points
}

func (p *packed) polygons(first, end int) orb.MultiPolygon {
	var polygons orb.MultiPolygon
	for path := first; path < end; path++ {
		ring := p.points(path, 1)
		ring = append(ring, ring[0])
		if !p.holes[path] {
			polygons = append(polygons, nil)
		}
		last := &polygons[len(polygons)-1]
		*last = append(*last, ring)
	}
	return polygons
}
