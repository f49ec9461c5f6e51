package cql2

import (
	"strings"

	"github.com/peterstace/simplefeatures/geom"
)

func (c checker) relation(n *call) (expr, error) {
	word := strings.ToUpper(n.op.String())
	args := make([]expr, 2)
	for i, a := range n.args {
		e, err := c.ofType(a, Geometry, "in "+word)
		if err != nil {
			return nil, err
		}
		if s, ok := e.(*shapeConstant); ok && s.value.IsGeometryCollection() && n.op != opIntersects && n.op != opDisjoint {
			return nil, c.source.errorf(a.at(), "%s does not take a collection of mixed geometries; only S_INTERSECTS and S_DISJOINT do", word)
		}
		args[i] = e
	}
	switch l, r, both := literals(args); {
	case both:
		return c.constantRelation(n, l, r)
	case n.op == opDisjoint:
		return &logic{opNot, []expr{intersection(args[0], args[1])}}, nil
	case n.op == opIntersects:
		return intersection(args[0], args[1]), nil
	default:
		return &relation{n.op, args[0], args[1]}, nil
	}
}

func literals(args []expr) (l, r geom.Geometry, both bool) {
	a, okA := args[0].(*shapeConstant)
	b, okB := args[1].(*shapeConstant)
	if !okA || !okB {
		return l, r, false
	}
	return a.value, b.value, true
}

// constantRelation relates two literals once and for all.
func (c checker) constantRelation(n *call, l, r geom.Geometry) (expr, error) {
	o := n.op
	if o == opDisjoint {
		o = opIntersects
	}
	holds, err := relate(o, noded(l), noded(r))
	if err != nil {
		return nil, c.source.errorf(n.place, "the two geometries cannot be related: %v", err)
	}
	return &constant{kind: Boolean, boolean: holds == (o == n.op)}, nil
}

// intersection takes collections apart: GEOS fails on those whose polygons
// overlap.
func intersection(l, r expr) expr {
	or := &logic{op: opOr}
	for _, a := range members(l) {
		for _, b := range members(r) {
			or.args = append(or.args, &relation{opIntersects, a, b})
		}
	}
	if len(or.args) == 1 {
		return or.args[0]
	}
	return or
}

// members are the polygons of a literal collection, its points and its lines; or
// e itself.
func members(e expr) []expr {
	s, ok := e.(*shapeConstant)
	if !ok || !s.value.IsGeometryCollection() {
		return []expr{e}
	}
	points, lines, polygons := sorted(s.value)
	var out []expr
	for _, p := range polygons {
		out = append(out, &shapeConstant{p.AsGeometry()})
	}
	if len(points) > 0 {
		out = append(out, &shapeConstant{geom.NewMultiPoint(points).AsGeometry()})
	}
	if len(lines) > 0 {
		out = append(out, &shapeConstant{geom.NewMultiLineString(lines).AsGeometry()})
	}
	return out
}

// sorted takes a collection apart by dimension.
func sorted(g geom.Geometry) (points []geom.Point, lines []geom.LineString, polygons []geom.Polygon) {
	for _, m := range g.Dump() {
		switch m.Type() {
		case geom.TypePoint:
			points = append(points, m.MustAsPoint())
		case geom.TypeLineString:
			lines = append(lines, m.MustAsLineString())
		default: // Dump gives single geometries only
			polygons = append(polygons, m.MustAsPolygon())
		}
	}
	return points, lines, polygons
}

// geometry checks a literal: inside the world and valid as OGC Simple Features
// has it. Heights are dropped.
func (c checker) geometry(n *geometry) (expr, error) {
	return c.shape(n.place, n.value.Force2D())
}

func (c checker) shape(at place, g geom.Geometry) (expr, error) {
	low, high, ok := g.Envelope().MinMaxXYs()
	if !ok {
		return nil, c.source.errorf(at, "the geometry is empty")
	}
	for _, xy := range []geom.XY{low, high} {
		if err := c.inWorld(at, xy.X, xy.Y); err != nil {
			return nil, err
		}
	}
	if err := g.Validate(); err != nil {
		return nil, c.source.errorf(at, "the geometry is not valid: %v", err)
	}
	return &shapeConstant{uniform(g)}, nil
}

func (c checker) inWorld(at place, lon, lat float64) error {
	switch {
	case lon < -180 || lon > 180:
		return c.source.errorf(at, "the longitude %v is outside -180 to 180; coordinates are longitude, then latitude, in degrees", lon)
	case lat < -90 || lat > 90:
		return c.source.errorf(at, "the latitude %v is outside -90 to 90; coordinates are longitude, then latitude, in degrees", lat)
	default:
		return nil
	}
}

// uniform makes a collection of one type of geometry the multi geometry that it
// means. Polygons that overlap or share an edge would be no valid multi polygon
// and stay a collection, as do mixed geometries.
func uniform(g geom.Geometry) geom.Geometry {
	if !g.IsGeometryCollection() {
		return g
	}
	points, lines, polygons := sorted(g)
	switch {
	case lines == nil && polygons == nil:
		return geom.NewMultiPoint(points).AsGeometry()
	case points == nil && polygons == nil:
		return geom.NewMultiLineString(lines).AsGeometry()
	case points == nil && lines == nil:
		if m := geom.NewMultiPolygon(polygons); m.Validate() == nil {
			return m.AsGeometry()
		}
	}
	return g
}

// box makes a BBOX the geometry that it is: a polygon, two if it crosses the
// antimeridian, or a line or a point if it is flat.
func (c checker) box(n *bbox) (expr, error) {
	half := len(n.corners) / 2
	west, south, east, north := n.corners[0], n.corners[1], n.corners[half], n.corners[half+1]
	for _, corner := range [][2]float64{{west, south}, {east, north}} {
		if err := c.inWorld(n.place, corner[0], corner[1]); err != nil {
			return nil, err
		}
	}
	if south > north {
		return nil, c.source.errorf(n.place, "the south of the box, %v, is above its north, %v; a box is west, south, east, north", south, north)
	}
	if west <= east {
		return &shapeConstant{rectangle(west, south, east, north)}, nil
	}
	parts := []geom.Geometry{rectangle(west, south, 180, north), rectangle(-180, south, east, north)}
	return &shapeConstant{uniform(collect(parts))}, nil
}

func rectangle(west, south, east, north float64) geom.Geometry {
	switch {
	case west == east && south == north:
		return geom.NewPointXY(west, south).AsGeometry()
	case west == east || south == north:
		return geom.NewLineStringXY(west, south, east, north).AsGeometry()
	default:
		return geom.NewSingleRingPolygonXY(west, south, east, south, east, north, west, north, west, south).AsGeometry()
	}
}
