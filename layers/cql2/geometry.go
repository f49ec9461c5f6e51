package cql2

import (
	"fmt"
	"strings"

	"github.com/peterstace/simplefeatures/geom"
)

// geometryType finds a geometry type by its WKT or GeoJSON name.
func geometryType(word string) (geom.GeometryType, bool) {
	for _, t := range []geom.GeometryType{
		geom.TypePoint, geom.TypeLineString, geom.TypePolygon, geom.TypeMultiPoint,
		geom.TypeMultiLineString, geom.TypeMultiPolygon, geom.TypeGeometryCollection,
	} {
		if strings.EqualFold(t.String(), word) {
			return t, true
		}
	}
	return 0, false
}

// shape is a literal geometry while it is read: positions at the leaves, and
// above them as many levels of lists as the type has.
type shape struct {
	place
	position []float64 // 2 or 3 numbers, at a leaf
	parts    []shape
}

// levels is the number of lists around the positions of a type.
func levels(t geom.GeometryType) int {
	switch t {
	case geom.TypePoint:
		return 0
	case geom.TypeLineString, geom.TypeMultiPoint:
		return 1
	case geom.TypePolygon, geom.TypeMultiLineString:
		return 2
	default:
		return 3
	}
}

// ctype is XYZ if the first position has a height.
func (s shape) ctype() geom.CoordinatesType {
	for s.position == nil {
		s = s.parts[0]
	}
	if len(s.position) == 3 {
		return geom.DimXYZ
	}
	return geom.DimXY
}

// build makes the geometry. The grammar's own rules hold afterwards: two
// positions for a line, four and closed for a ring, one dimension for all.
func (s shape) build(src source, t geom.GeometryType) (geom.Geometry, error) {
	b := builder{src, s.ctype()}
	if err := b.check(s); err != nil {
		return geom.Geometry{}, err
	}
	switch t {
	case geom.TypePoint:
		return geom.NewPoint(b.coordinates(s)).AsGeometry(), nil
	case geom.TypeMultiPoint:
		points := make([]geom.Point, len(s.parts))
		for i, p := range s.parts {
			points[i] = geom.NewPoint(b.coordinates(p))
		}
		return geom.NewMultiPoint(points).AsGeometry(), nil
	case geom.TypeLineString:
		l, err := b.line(s)
		return l.AsGeometry(), err
	case geom.TypeMultiLineString:
		lines, err := buildAll(s.parts, b.line)
		return geom.NewMultiLineString(lines).AsGeometry(), err
	case geom.TypePolygon:
		p, err := b.polygon(s)
		return p.AsGeometry(), err
	default:
		polygons, err := buildAll(s.parts, b.polygon)
		return geom.NewMultiPolygon(polygons).AsGeometry(), err
	}
}

type builder struct {
	source source
	ctype  geom.CoordinatesType
}

// check refuses a mix of positions with and without height.
func (b builder) check(s shape) error {
	if s.position != nil && len(s.position) != b.ctype.Dimension() {
		return b.source.errorf(s.place, "some positions of the geometry have a height and some have none")
	}
	for _, p := range s.parts {
		if err := b.check(p); err != nil {
			return err
		}
	}
	return nil
}

func (b builder) coordinates(s shape) geom.Coordinates {
	c := geom.Coordinates{XY: geom.XY{X: s.position[0], Y: s.position[1]}, Type: b.ctype}
	if b.ctype == geom.DimXYZ {
		c.Z = s.position[2]
	}
	return c
}

func (b builder) sequence(s shape) geom.Sequence {
	floats := make([]float64, 0, len(s.parts)*b.ctype.Dimension())
	for _, p := range s.parts {
		floats = append(floats, p.position...)
	}
	return geom.NewSequence(floats, b.ctype)
}

func (b builder) line(s shape) (geom.LineString, error) {
	if len(s.parts) < 2 {
		return geom.LineString{}, b.source.errorf(s.place, "a line has at least 2 positions, this one has %d", len(s.parts))
	}
	return geom.NewLineString(b.sequence(s)), nil
}

func (b builder) ring(s shape) (geom.LineString, error) {
	n := len(s.parts)
	if n < 4 {
		return geom.LineString{}, b.source.errorf(s.place, "a ring of a polygon has at least 4 positions, this one has %d", n)
	}
	first, last := s.parts[0].position, s.parts[n-1].position
	if first[0] != last[0] || first[1] != last[1] {
		return geom.LineString{}, b.source.errorf(s.parts[n-1].place,
			"the ring is not closed: it ends at %s, not at %s where it began", formatXY(last[0], last[1]), formatXY(first[0], first[1]))
	}
	return geom.NewLineString(b.sequence(s)), nil
}

func (b builder) polygon(s shape) (geom.Polygon, error) {
	rings, err := buildAll(s.parts, b.ring)
	return geom.NewPolygon(rings), err
}

// collect joins geometries; their heights are dropped unless all have them.
func collect(members []geom.Geometry) geom.Geometry {
	return geom.NewGeometryCollection(members).AsGeometry()
}

func buildAll[T any](parts []shape, build func(shape) (T, error)) ([]T, error) {
	out := make([]T, len(parts))
	for i, p := range parts {
		var err error
		if out[i], err = build(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func formatXY(x, y float64) string { return fmt.Sprintf("%v %v", x, y) }
