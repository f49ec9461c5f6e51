package load

import (
	"bytes"
	"strconv"

	"github.com/paulmach/orb"
)

func isGeometryType(name string) bool {
	switch name {
	case "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection":
		return true
	}
	return false
}

// maxNesting bounds collections within collections.
const maxNesting = 8

// parseGeometry reads a GeoJSON geometry. It returns nil for null or nothing. A
// third and further coordinates of a position are dropped. It checks the nesting
// of the arrays; checkGeometry does the rest.
func parseGeometry(raw []byte) (orb.Geometry, error) { return parseNested(raw, 0) }

func parseNested(raw []byte, depth int) (orb.Geometry, error) {
	if raw == nil || isNull(raw) {
		return nil, nil //nolint:nilnil // a Feature may have no geometry
	}
	if !isObject(raw) {
		return nil, rejectf("has a geometry that is no object but %.20s", raw)
	}
	var kind string
	var coordinates, geometries []byte
	for name, value := range members(raw) {
		switch string(name) {
		case "type":
			kind = stringValue(value)
		case "coordinates":
			coordinates = value
		case "geometries":
			geometries = value
		}
	}
	switch kind {
	case "Point":
		return geometry(position(coordinates))
	case "MultiPoint":
		return geometry(positions[orb.MultiPoint](coordinates))
	case "LineString":
		return geometry(positions[orb.LineString](coordinates))
	case "MultiLineString":
		return geometry(list[orb.MultiLineString](coordinates, positions[orb.LineString]))
	case "Polygon":
		return geometry(polygon(coordinates))
	case "MultiPolygon":
		return geometry(list[orb.MultiPolygon](coordinates, polygon))
	case "GeometryCollection":
		if depth == maxNesting {
			return nil, rejectf("has collections nested more than %d deep", maxNesting)
		}
		return geometry(list[orb.Collection](geometries, func(raw []byte) (orb.Geometry, error) {
			return parseNested(raw, depth+1)
		}))
	}
	return nil, rejectf("has a geometry of the unknown type %.40q", kind)
}

// geometry keeps a failed parse from becoming an interface that holds a nil slice.
func geometry[G orb.Geometry](g G, err error) (orb.Geometry, error) {
	if err != nil {
		return nil, err
	}
	return g, nil
}

func polygon(raw []byte) (orb.Polygon, error) { return list[orb.Polygon](raw, positions[orb.Ring]) }

// list reads an array of parts.
func list[L ~[]P, P any](raw []byte, part func([]byte) (P, error)) (L, error) {
	if !isArray(raw) {
		return nil, rejectf("has coordinates that are nested wrongly: %s where a list is wanted", orMissing(raw))
	}
	var parts L
	for value := range elements(raw) {
		p, err := part(value)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// positions reads an array of positions. Each has one bracket, so their number is
// known before: growing step by step would double the memory of a long line.
func positions[L ~[]orb.Point](raw []byte) (L, error) {
	if !isArray(raw) {
		return nil, rejectf("has coordinates that are nested wrongly: %s where a list is wanted", orMissing(raw))
	}
	points := make(L, 0, bytes.Count(raw, []byte{'['})-1)
	for value := range elements(raw) {
		p, err := position(value)
		if err != nil {
			return nil, err
		}
		points = append(points, p)
	}
	return points, nil
}

// position reads [x, y] and drops what follows.
func position(raw []byte) (orb.Point, error) {
	if !isArray(raw) {
		return orb.Point{}, rejectf("has coordinates that are nested wrongly: %s where a position is wanted", orMissing(raw))
	}
	var p orb.Point
	n := 0
	for value := range elements(raw) {
		if !isNumber(value) {
			return p, rejectf("has a position with %.20s in it, numbers are wanted", value)
		}
		if n < 2 {
			var err error
			if p[n], err = strconv.ParseFloat(string(value), 64); err != nil {
				return p, rejectf("has a coordinate %.40s, which is out of range", value)
			}
		}
		n++
	}
	if n < 2 {
		return p, rejectf("has a position of %d numbers, the least is 2", n)
	}
	return p, nil
}
