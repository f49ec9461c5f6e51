package cql2

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
					slot(&c.needs.floats), slot(&c.needs.floats), slot(&c.needs.bits), slot(&c.needs.bits),
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
	column          PointColumn
	area            *area
	op              op
	lon, lat        int
	null, candidate int
}

func (c *pointsInArea) test(b *block, need *Bits, out *truth) {
	null, candidates := &b.bits[c.null], &b.bits[c.candidate]
	*null = Bits{}
	c.column.Nulls(b.row, b.n, null)
	lon, lat := b.floats[c.lon][:b.n], b.floats[c.lat][:b.n]
	c.column.Points(b.row, lon, lat)
	holds := &out.yes
	switch c.op {
	case opIntersects:
		c.area.bounded(lon, lat, candidates)
		*holds = *candidates
		if !c.area.rectangular {
			c.narrow(b, need, candidates, holds, outside)
		}
	case opWithin, opTouches:
		c.area.bounded(lon, lat, candidates)
		*holds = *candidates
		other := onBoundary
		if c.op == opTouches {
			other = inside
		}
		c.narrow(b, need, candidates, holds, outside, other)
	default: // a point neither contains, equals, overlaps nor crosses an area
		*holds = Bits{}
	}
	out.decide(holds, null)
}

// narrow takes out of holds the candidates that are on a wrong side.
func (c *pointsInArea) narrow(b *block, need, candidates, holds *Bits, wrong ...side) {
	lon, lat := b.floats[c.lon], b.floats[c.lat]
	for w := range candidates {
		candidates[w] &= need[w]
	}
	candidates.all(func(i int) {
		s := c.area.locate(lon[i], lat[i])
		for _, x := range wrong {
			if s == x {
				holds[i/64] &^= 1 << (i % 64)
			}
		}
	})
}

// bounded fills out with the points inside or on the bound of the area.
func (a *area) bounded(lon, lat []float64, out *Bits) {
	for w := 0; w*64 < len(lon); w++ {
		end := min(w*64+64, len(lon))
		out[w] = within(lon[w*64:end], a.west, a.east) & within(lat[w*64:end], a.south, a.north)
	}
}

// within takes 1 to 64 values.
func within(xs []float64, low, high float64) (word uint64) {
	for _, x := range xs {
		above, below := uint64(0), uint64(0)
		if x >= low {
			above = 1
		}
		if x <= high {
			below = 1
		}
		word = word>>1 | (above&below)<<63
	}
	return word >> (64 - len(xs))
}
