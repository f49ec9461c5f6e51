package city

import (
	"fmt"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"yiping/geo"
)

// inWGS84 checks every coordinate of a geometry and converts it.
func inWGS84(d geo.Datum, g orb.Geometry) (orb.Geometry, error) {
	convert := func(points []orb.Point) error {
		for i, p := range points {
			if err := geo.CheckPoint(p); err != nil {
				return err
			}
			points[i] = d.ToWGS84(p)
		}
		return nil
	}
	switch g := g.(type) {
	case orb.Point:
		if err := geo.CheckPoint(g); err != nil {
			return nil, err
		}
		return d.ToWGS84(g), nil
	case orb.MultiPoint:
		return g, convert(g)
	case orb.LineString:
		return g, convert(g)
	case orb.MultiLineString:
		for _, line := range g {
			if err := convert(line); err != nil {
				return nil, err
			}
		}
		return g, nil
	case orb.Polygon:
		for _, ring := range g {
			if err := convert(ring); err != nil {
				return nil, err
			}
		}
		return g, nil
	case orb.MultiPolygon:
		for _, polygon := range g {
			if _, err := inWGS84(d, polygon); err != nil {
				return nil, err
			}
		}
		return g, nil
	}
	return nil, fmt.Errorf("a %s is of no use in a base map", g.GeoJSONType())
}

// valid reports what makes polygons invalid by the rules of OGC simple features;
// other geometries are valid as they are.
func valid(g orb.Geometry) error {
	switch g := g.(type) {
	case orb.Polygon:
		return surface(orb.MultiPolygon{g}).Validate()
	case orb.MultiPolygon:
		return surface(g).Validate()
	}
	return nil
}

// surface is a multipolygon as the overlay library has it.
func surface(m orb.MultiPolygon) geom.MultiPolygon {
	polygons := make([][][]float64, len(m))
	for i, polygon := range m {
		for _, ring := range polygon {
			xys := make([]float64, 0, 2*len(ring))
			for _, p := range ring {
				xys = append(xys, p[0], p[1])
			}
			polygons[i] = append(polygons[i], xys)
		}
	}
	return geom.NewMultiPolygonXY(polygons...)
}

// polygonsOf is the areal part of what an overlay gives.
func polygonsOf(g geom.Geometry) orb.MultiPolygon {
	var m orb.MultiPolygon
	for _, g := range g.Dump() {
		if g.Type() != geom.TypePolygon {
			continue
		}
		var polygon orb.Polygon
		for _, line := range g.MustAsPolygon().DumpRings() {
			seq := line.Coordinates()
			ring := make(orb.Ring, seq.Length())
			for i := range ring {
				xy := seq.GetXY(i)
				ring[i] = orb.Point{xy.X, xy.Y}
			}
			polygon = append(polygon, ring)
		}
		m = append(m, polygon)
	}
	return m
}

// insidePoint is a point inside an area, by which it is located in others.
func insidePoint(m orb.MultiPolygon) (orb.Point, bool) {
	xy, ok := surface(m).PointOnSurface().XY()
	return orb.Point{xy.X, xy.Y}, ok
}
