package cql2

import (
	"fmt"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
)

// shapesNode gives geometries: load reads what a block needs of them and their
// nulls, then bound and shape are asked for rows that are not null.
type shapesNode interface {
	load(b *block, need, null *Bits)
	bound(b *block, i int) orb.Bound
	shape(b *block, i int) geom.Geometry
}

// shapeBuffer is the memory of a shapesNode in a scratch.
type shapeBuffer struct {
	bounds   []orb.Bound
	shapes   []orb.Geometry
	prepared *geom.PreparedGeometry
}

func (c *compiler) shapes(e expr) (shapesNode, error) {
	switch e := e.(type) {
	case *shapeConstant:
		return &shapeOnce{noded(e.value), orbBound(e.value)}, nil
	case *column:
		r, err := reader[Column](c, e.Property)
		if err != nil {
			return nil, err
		}
		switch r := r.(type) {
		case PointColumn:
			return &pointShapes{r, slot(&c.needs.floats), slot(&c.needs.floats)}, nil
		case GeometryColumn:
			return &columnShapes{r, slot(&c.needs.shapes)}, nil
		default:
			return nil, fmt.Errorf("column of property %s: got a %T, which cannot read %s", e.Name, r, Geometry)
		}
	case *application:
		a, err := c.application(e)
		return &appliedShapes{a, slot(&c.needs.shapes)}, err
	default:
		return nil, fmt.Errorf("no geometries for %T", e)
	}
}

// shapeOnce is a literal.
type shapeOnce struct {
	value geom.Geometry
	box   orb.Bound
}

func (s *shapeOnce) load(_ *block, _, null *Bits)        { *null = Bits{} }
func (s *shapeOnce) bound(*block, int) orb.Bound         { return s.box }
func (s *shapeOnce) shape(_ *block, _ int) geom.Geometry { return s.value }

func orbBound(g geom.Geometry) orb.Bound {
	low, high, _ := g.Envelope().MinMaxXYs()
	return orb.Bound{Min: orb.Point{low.X, low.Y}, Max: orb.Point{high.X, high.Y}}
}

type pointShapes struct {
	column   PointColumn
	lon, lat int
}

func (s *pointShapes) load(b *block, _, null *Bits) {
	*null = Bits{}
	s.column.Nulls(b.row, b.n, null)
	s.column.Points(b.row, b.floats[s.lon][:b.n], b.floats[s.lat][:b.n])
}

func (s *pointShapes) bound(b *block, i int) orb.Bound {
	p := orb.Point{b.floats[s.lon][i], b.floats[s.lat][i]}
	return orb.Bound{Min: p, Max: p}
}

func (s *pointShapes) shape(b *block, i int) geom.Geometry {
	return geom.NewPointXY(b.floats[s.lon][i], b.floats[s.lat][i]).AsGeometry()
}

type columnShapes struct {
	column GeometryColumn
	buffer int
}

func (s *columnShapes) load(b *block, _, null *Bits) {
	*null = Bits{}
	s.column.Nulls(b.row, b.n, null)
	buffer := &b.shapes[s.buffer]
	if buffer.bounds == nil {
		buffer.bounds = make([]orb.Bound, BlockRows)
	}
	s.column.Bounds(b.row, buffer.bounds[:b.n])
}

func (s *columnShapes) bound(b *block, i int) orb.Bound { return b.shapes[s.buffer].bounds[i] }

func (s *columnShapes) shape(b *block, i int) geom.Geometry {
	return fromOrb(s.column.Geometry(b.row + i))
}

// appliedShapes are results of a function.
type appliedShapes struct {
	*applicationNode
	buffer int
}

func (s *appliedShapes) load(b *block, need, null *Bits) {
	buffer := &b.shapes[s.buffer]
	if buffer.shapes == nil {
		buffer.shapes = make([]orb.Geometry, BlockRows)
	}
	s.each(b, need, null, func(i int, v any) {
		g, ok := v.(orb.Geometry)
		if !ok || g.Bound().IsEmpty() {
			null.Set(i)
			return
		}
		buffer.shapes[i] = g
	})
}

func (s *appliedShapes) bound(b *block, i int) orb.Bound { return b.shapes[s.buffer].shapes[i].Bound() }

func (s *appliedShapes) shape(b *block, i int) geom.Geometry {
	return fromOrb(b.shapes[s.buffer].shapes[i])
}

// relationTest decides a spatial predicate by bounds if it can, else by DE-9IM.
type relationTest struct {
	op         op
	l, r       shapesNode
	null, rest int
	// prepared is the buffer for the index of r, if r is a literal. An index is
	// not safe for concurrent use, so that each scratch has its own.
	prepared int
	literal  *geom.Geometry
}

func (c *compiler) general(o op, l, r expr) (condition, error) {
	left, err := c.shapes(l)
	if err != nil {
		return nil, err
	}
	right, err := c.shapes(r)
	t := &relationTest{op: o, l: left, r: right, null: slot(&c.needs.bits), rest: slot(&c.needs.bits), prepared: slot(&c.needs.shapes)}
	if s, ok := r.(*shapeConstant); ok {
		literal := noded(s.value)
		t.literal = &literal
	}
	return t, err
}

func (c *relationTest) test(b *block, need *Bits, out *truth) {
	null, rest := &b.bits[c.null], &b.bits[c.rest]
	c.l.load(b, need, null)
	c.r.load(b, need, rest)
	null.join(rest)
	*out = truth{}
	need.all(func(i int) {
		if null.Has(i) {
			return
		}
		holds, known := c.decide(b, i)
		switch {
		case !known:
		case holds:
			out.yes.Set(i)
		default:
			out.no.Set(i)
		}
	})
}

// decide is the predicate for one row; unknown if the geometries are too broken
// to relate, where PostGIS would raise an error.
func (c *relationTest) decide(b *block, i int) (holds, known bool) {
	if !c.l.bound(b, i).Intersects(c.r.bound(b, i)) {
		return false, true
	}
	left := c.l.shape(b, i)
	var err error
	if c.literal != nil {
		if p := c.index(b); p != nil {
			holds, err = relatePrepared(c.op, left, *p, *c.literal)
			return holds, err == nil
		}
	}
	holds, err = relate(c.op, left, c.r.shape(b, i))
	return holds, err == nil
}

// index prepares the literal once for a scratch.
func (c *relationTest) index(b *block) *geom.PreparedGeometry {
	buffer := &b.shapes[c.prepared]
	if buffer.prepared == nil {
		p, err := geom.Prepare(*c.literal)
		if err != nil {
			return nil
		}
		buffer.prepared = &p
	}
	return buffer.prepared
}

func relate(o op, l, r geom.Geometry) (bool, error) {
	switch o {
	case opEquals:
		return geom.Equals(l, r)
	case opTouches:
		return geom.Touches(l, r)
	case opWithin:
		return geom.Within(l, r)
	case opOverlaps:
		return geom.Overlaps(l, r)
	case opCrosses:
		return geom.Crosses(l, r)
	case opContains:
		return geom.Contains(l, r)
	default:
		return geom.Intersects(l, r), nil
	}
}

// relatePrepared is relate with an index of the right side, from which the
// predicates are asked the other way round.
func relatePrepared(o op, l geom.Geometry, p geom.PreparedGeometry, r geom.Geometry) (bool, error) {
	switch o {
	case opIntersects:
		return p.Intersects(l)
	case opTouches:
		return p.Touches(l)
	case opWithin:
		return p.Contains(l)
	case opOverlaps:
		return p.Overlaps(l)
	case opContains:
		return p.Within(l)
	default:
		return relate(o, l, r)
	}
}

// fromOrb takes a geometry over without checking it, with areas noded.
func fromOrb(g orb.Geometry) geom.Geometry {
	switch g := g.(type) {
	case orb.Point:
		return geom.NewPointXY(g[0], g[1]).AsGeometry()
	case orb.MultiPoint:
		return geom.NewMultiPointXY(flat(g)...).AsGeometry()
	case orb.LineString:
		return geom.NewLineStringXY(flat(g)...).AsGeometry()
	case orb.MultiLineString:
		lines := make([]geom.LineString, len(g))
		for i, l := range g {
			lines[i] = geom.NewLineStringXY(flat(l)...)
		}
		return geom.NewMultiLineString(lines).AsGeometry()
	case orb.Ring:
		return polygonOf(orb.Polygon{g}).AsGeometry()
	case orb.Polygon:
		return noded(polygonOf(g).AsGeometry())
	case orb.MultiPolygon:
		polygons := make([]geom.Polygon, len(g))
		for i, p := range g {
			polygons[i] = polygonOf(p)
		}
		return noded(geom.NewMultiPolygon(polygons).AsGeometry())
	case orb.Bound:
		return polygonOf(g.ToPolygon()).AsGeometry()
	case orb.Collection:
		members := make([]geom.Geometry, len(g))
		for i, m := range g {
			members[i] = fromOrb(m)
		}
		return collect(members)
	default:
		return geom.Geometry{}
	}
}

func polygonOf(p orb.Polygon) geom.Polygon {
	rings := make([]geom.LineString, len(p))
	for i, r := range p {
		rings[i] = geom.NewLineStringXY(flat(r)...)
	}
	return geom.NewPolygon(rings)
}

func flat[T ~[]orb.Point](points T) []float64 {
	out := make([]float64, 0, 2*len(points))
	for _, p := range points {
		out = append(out, p[0], p[1])
	}
	return out
}
