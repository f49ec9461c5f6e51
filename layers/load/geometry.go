package load

import (
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/project"

	"yiping/geo"
	"yiping/layers"
)

// fit makes a geometry one of a layer's type, or says why it cannot be. A single
// geometry passes into a Multi layer as it is; a Multi geometry with one member
// becomes that member in a single layer.
func fit(g orb.Geometry, want layers.GeometryType) (orb.Geometry, error) {
	if g == nil {
		return nil, rejectf("has no geometry")
	}
	if want == layers.AnyGeometry {
		return g, nil
	}
	switch g := g.(type) {
	case orb.Point:
		if want == layers.Point || want == layers.MultiPoint {
			return g, nil
		}
	case orb.MultiPoint:
		if want == layers.MultiPoint || len(g) == 0 {
			return g, nil
		}
		if want == layers.Point && len(g) == 1 {
			return g[0], nil
		}
	case orb.LineString:
		if want == layers.LineString || want == layers.MultiLineString {
			return g, nil
		}
	case orb.MultiLineString:
		if want == layers.MultiLineString || len(g) == 0 {
			return g, nil
		}
		if want == layers.LineString && len(g) == 1 {
			return g[0], nil
		}
	case orb.Polygon:
		if want == layers.Polygon || want == layers.MultiPolygon {
			return g, nil
		}
	case orb.MultiPolygon:
		if want == layers.MultiPolygon || len(g) == 0 {
			return g, nil
		}
		if want == layers.Polygon && len(g) == 1 {
			return g[0], nil
		}
	}
	return g, rejectf("is a %s, the layer holds %s", g.GeoJSONType(), want)
}

// checkGeometry tests a geometry by the rules that need no topology: no part is
// empty, lines have two positions, rings have four and are closed, coordinates
// are finite and, unless planar, within the world. Whether rings cross is for
// PostGIS to say.
func checkGeometry(g orb.Geometry, planar bool) error {
	checkPoint := geo.CheckPoint
	if planar {
		checkPoint = geo.CheckFinite
	}
	return checkParts(g, checkPoint)
}

func checkParts(g orb.Geometry, checkPoint func(orb.Point) error) error {
	switch g := g.(type) {
	case nil:
		return rejectf("has no geometry")
	case orb.Point:
		return checkPoint(g)
	case orb.MultiPoint:
		return checkPoints(g, "MultiPoint", 1, checkPoint)
	case orb.LineString:
		return checkPoints(g, "line", 2, checkPoint)
	case orb.Ring:
		if err := checkPoints(g, "ring", 4, checkPoint); err != nil {
			return err
		}
		if g[0] != g[len(g)-1] {
			return rejectf("a ring is not closed: it starts at %v and ends at %v", g[0], g[len(g)-1])
		}
		return nil
	case orb.MultiLineString:
		return checkEach(g, "MultiLineString", checkPoint)
	case orb.Polygon:
		return checkEach(g, "Polygon", checkPoint)
	case orb.MultiPolygon:
		return checkEach(g, "MultiPolygon", checkPoint)
	case orb.Collection:
		return checkEach(g, "GeometryCollection", checkPoint)
	}
	return rejectf("is a %s", g.GeoJSONType())
}

func checkPoints(points []orb.Point, what string, least int, checkPoint func(orb.Point) error) error {
	if len(points) == 0 {
		return rejectf("a %s is empty", what)
	}
	if len(points) < least {
		return rejectf("a %s has %d positions, the least is %d", what, len(points), least)
	}
	for _, p := range points {
		if err := checkPoint(p); err != nil {
			return err
		}
	}
	return nil
}

func checkEach[G orb.Geometry](parts []G, what string, checkPoint func(orb.Point) error) error {
	if len(parts) == 0 {
		return rejectf("a %s is empty", what)
	}
	for _, part := range parts {
		if err := checkParts(part, checkPoint); err != nil {
			return err
		}
	}
	return nil
}

// convert moves a geometry of our own making, in place, from datum d to WGS 84.
func convert(g orb.Geometry, d geo.Datum) orb.Geometry {
	return project.Geometry(g, d.ToWGS84)
}

// firstPoint is a point of g, or the zero point if g has none.
func firstPoint(g orb.Geometry) orb.Point {
	switch g := g.(type) {
	case orb.Point:
		return g
	case orb.MultiPoint:
		return first(g, orb.Point.Point)
	case orb.LineString:
		return first(g, orb.Point.Point)
	case orb.Ring:
		return first(g, orb.Point.Point)
	case orb.MultiLineString:
		return first(g, func(l orb.LineString) orb.Point { return firstPoint(l) })
	case orb.Polygon:
		return first(g, func(r orb.Ring) orb.Point { return firstPoint(r) })
	case orb.MultiPolygon:
		return first(g, func(p orb.Polygon) orb.Point { return firstPoint(p) })
	case orb.Collection:
		return first(g, firstPoint)
	}
	return orb.Point{}
}

func first[T any](parts []T, point func(T) orb.Point) orb.Point {
	if len(parts) == 0 {
		return orb.Point{}
	}
	return point(parts[0])
}
