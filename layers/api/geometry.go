package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/paulmach/orb"

	"yiping/layers"
)

// maxVertices bounds the positions of one geometry; with about 40 bytes each
// they fit into maxFeatureBytes.
const maxVertices = 100_000

// geometryReader reads the GeoJSON geometry of one feature. It checks all that
// needs no topology; whether rings cross is for the database to say.
type geometryReader struct {
	crs      layers.CRS
	vertices int
}

// parseGeometry reads a geometry of a layer whose coordinates are of crs, in the
// order of its axes, and gives it in lon, lat on WGS 84. Paths of faults start at
// the geometry.
func parseGeometry(v any, l *layers.Layer, crs layers.CRS) (orb.Geometry, error) {
	r := geometryReader{crs: crs}
	g, err := r.geometry(v)
	if err != nil {
		return nil, err
	}
	kind := layers.GeometryType(g.GeoJSONType())
	if want := l.Geometry; want != layers.AnyGeometry && kind != want && "Multi"+kind != want {
		return nil, layers.InputErrorf("", "is a %s; the layer %s holds %s", kind, l.Name, want)
	}
	return g, nil
}

func (r *geometryReader) geometry(v any) (orb.Geometry, error) {
	members, ok := v.(map[string]any)
	if !ok {
		return nil, layers.InputErrorf("", "is not a GeoJSON geometry, which is an object")
	}
	kind, _ := members["type"].(string)
	content := "coordinates"
	if kind == "GeometryCollection" {
		content = "geometries"
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if name != "type" && name != "bbox" && name != content {
			return nil, layers.InputErrorf("."+name, "is not a member of a GeoJSON geometry of type %s", layers.Shown(kind))
		}
	}
	var g orb.Geometry
	var err error
	switch in := members[content]; kind {
	case "Point":
		g, err = some(r.position(in))
	case "MultiPoint":
		g, err = some(list[orb.MultiPoint](in, 1, r.position))
	case "LineString":
		g, err = some(r.line(in))
	case "MultiLineString":
		g, err = some(list[orb.MultiLineString](in, 1, r.line))
	case "Polygon":
		g, err = some(r.polygon(in))
	case "MultiPolygon":
		g, err = some(list[orb.MultiPolygon](in, 1, r.polygon))
	case "GeometryCollection":
		g, err = some(list[orb.Collection](in, 1, r.geometry))
	default:
		return nil, layers.InputErrorf(".type", "%s is not a type of GeoJSON geometries", layers.Shown(kind))
	}
	return g, within("."+content, err)
}

// some keeps a failed read from becoming an interface that holds a nil slice.
func some[G orb.Geometry](g G, err error) (orb.Geometry, error) {
	if err != nil {
		return nil, err
	}
	return g, nil
}

// list reads an array of at least so many parts.
func list[L ~[]P, P any](v any, least int, part func(any) (P, error)) (L, error) {
	values, ok := v.([]any)
	switch {
	case !ok:
		return nil, layers.InputErrorf("", "is missing, or nested wrongly: an array is wanted here")
	case len(values) == 0:
		return nil, layers.InputErrorf("", "is empty")
	}
	parts := make(L, len(values))
	for i, value := range values {
		var err error
		if parts[i], err = part(value); err != nil {
			return nil, within(fmt.Sprintf("[%d]", i), err)
		}
	}
	if len(parts) < least {
		return nil, layers.InputErrorf("", "has %d positions, the least is %d", len(parts), least)
	}
	return parts, nil
}

func (r *geometryReader) line(v any) (orb.LineString, error) {
	return list[orb.LineString](v, 2, r.position)
}

func (r *geometryReader) polygon(v any) (orb.Polygon, error) {
	return list[orb.Polygon](v, 1, func(v any) (orb.Ring, error) {
		ring, err := list[orb.Ring](v, 4, r.position)
		if err == nil && ring[0] != ring[len(ring)-1] {
			return nil, layers.InputErrorf("", "is a ring that is not closed: its last position must be its first")
		}
		return ring, err
	})
}

// position reads two numbers. A third would be a height: layers are flat, and to
// drop it would lose what the client means to keep.
func (r *geometryReader) position(v any) (orb.Point, error) {
	values, ok := v.([]any)
	switch {
	case !ok:
		return orb.Point{}, layers.InputErrorf("", "is missing, or nested wrongly: a position is wanted here, an array of two numbers")
	case len(values) > 2:
		return orb.Point{}, layers.InputErrorf("", "has %d numbers: layers have no heights, send two", len(values))
	case len(values) < 2:
		return orb.Point{}, layers.InputErrorf("", "has %d numbers; a position has two", len(values))
	}
	if r.vertices++; r.vertices > maxVertices {
		return orb.Point{}, layers.InputErrorf("", "the geometry has more than %d positions; simplify or split it", maxVertices)
	}
	var xy [2]float64
	for i, value := range values {
		n, ok := value.(json.Number)
		if !ok {
			return orb.Point{}, layers.InputErrorf(fmt.Sprintf("[%d]", i), "is not a number")
		}
		var err error
		if xy[i], err = n.Float64(); err != nil {
			return orb.Point{}, layers.InputErrorf(fmt.Sprintf("[%d]", i), "%s is out of range", layers.Shown(n.String()))
		}
	}
	lon, lat, err := r.crs.ToLonLat(xy[0], xy[1])
	if err != nil {
		return orb.Point{}, layers.InputErrorf("", "%v", err)
	}
	return orb.Point{lon, lat}, nil
}
