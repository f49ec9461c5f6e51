package cql2

import (
	"math/bits"
	"slices"
)

// relation compiles a spatial predicate. Points against a literal area have
// their own test; everything else goes through DE-9IM.
func (c *compiler) relation(e *relation) (condition, error) {
	o, l, r := e.op, e.l, e.r
	if _, ok := l.(*shapeConstant); ok {
		o, l, r = inverse(o), r, l
	}
	literal, ok := r.(*shapeConstant)
	if !ok {
		return c.general(o, l, r)
	}
	if literal.value.IsPolygon() || literal.value.IsMultiPolygon() {
		if p, ok := l.(*column); ok {
			column, err := reader[Column](c, p.Property)
			if err != nil {
				return nil, err
			}
			if points, ok := column.(PointColumn); ok {
				return &pointsInArea{
					points, newArea(literal.value), o,
					slot(&c.needs.floats), slot(&c.needs.floats), slot(&c.needs.bits),
				}, nil
			}
		}
	}
	return c.general(o, l, r)
}

// inverse is the predicate with its operands exchanged.
func inverse(o op) op {
	switch o {
	case opWithin:
		return opContains
	case opContains:
		return opWithin
	default:
		return o
	}
}

// pointsInArea relates points to an area.
type pointsInArea struct {
	column   PointColumn
	area     *area
	op       op
	lon, lat int
	null     int
}

func (c *pointsInArea) test(b *block, need *Bits, out *truth) {
	null := &b.bits[c.null]
	*null = Bits{}
	c.column.Nulls(b.row, b.n, null)
	holds := &out.yes
	*holds = Bits{}
	switch c.op {
	case opIntersects, opWithin, opTouches:
		wanted := *need
		for w := range wanted {
			wanted[w] &^= null[w]
		}
		c.run(b, &wanted, 0, b.n, holds)
	default: // a point neither contains, equals, overlaps nor crosses an area
	}
	out.decide(holds, null)
}

// takes reports whether the predicate holds for a point on a side.
func (c *pointsInArea) takes(s side) bool {
	switch c.op {
	case opWithin:
		return s == inside
	case opTouches:
		return s == onBoundary
	default:
		return s != outside
	}
}

// run fills holds for the wanted of n rows of a block from low, a multiple of 64,
// on; other rows get any bits. Rows of a
// packed image lie close together, so that most runs are on one side as a whole;
// others are halved, until the points of a word are looked at one by one.
func (c *pointsInArea) run(b *block, wanted *Bits, low, n int, holds *Bits) {
	words := wanted[low/64 : (low+n+63)/64]
	if !slices.ContainsFunc(words, func(word uint64) bool { return word != 0 }) {
		return
	}
	if s, ok := c.area.locateAll(c.column.Bound(b.row+low, n)); ok {
		if c.takes(s) {
			for w := range words {
				holds[low/64+w] = ^uint64(0)
			}
		}
		return
	}
	if n > 64 {
		half := (n/2 + 63) / 64 * 64
		c.run(b, wanted, low, half, holds)
		c.run(b, wanted, low+half, n-half, holds)
		return
	}
	lon, lat := b.floats[c.lon][:n], b.floats[c.lat][:n]
	c.column.Points(b.row+low, lon, lat)
	for word := words[0]; word != 0; word &= word - 1 {
		if i := bits.TrailingZeros64(word); c.takes(c.area.locate(lon[i], lat[i])) {
			holds.Set(low + i)
		}
	}
}
