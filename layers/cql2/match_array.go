package cql2

import "slices"

// setNode gives the items of a set for each row; false means a null array.
type setNode interface {
	load(b *block, need *Bits)
	items(b *block, i int) ([]any, bool)
}

func (c *compiler) set(s *set) (setNode, error) {
	if s.items == nil {
		r, err := reader[ArrayColumn](c, s.property)
		return &setColumn{r, slot(&c.needs.bits), converter(s.property.Type, s.kind)}, err
	}
	n := &setItems{}
	for _, e := range s.items {
		x, err := c.boxed(e)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, x)
	}
	return n, nil
}

// converter makes items of an array comparable with those of another type.
func converter(from, to Type) func(any) any {
	switch {
	case from == Integer && to == Number:
		return func(v any) any { return float64(v.(int64)) }
	case from == Timestamp && to == Date:
		return func(v any) any { return floorDiv(v.(int64), microsPerDay) }
	default:
		return nil
	}
}

type setColumn struct {
	column  ArrayColumn
	null    int
	convert func(any) any // nil if the items are as they are needed
}

func (s *setColumn) load(b *block, _ *Bits) {
	null := &b.bits[s.null]
	*null = Bits{}
	s.column.Nulls(b.row, b.n, null)
}

func (s *setColumn) items(b *block, i int) ([]any, bool) {
	if b.bits[s.null].Has(i) {
		return nil, false
	}
	items := s.column.Array(b.row + i)
	if s.convert == nil {
		return items, true
	}
	out := make([]any, len(items))
	for k, v := range items {
		if v != nil {
			out[k] = s.convert(v)
		}
	}
	return out, true
}

// setItems is an array literal.
type setItems struct{ args []boxed }

func (s *setItems) load(b *block, need *Bits) {
	for _, x := range s.args {
		x.load(b, need)
	}
}

func (s *setItems) items(b *block, i int) ([]any, bool) {
	out := make([]any, len(s.args))
	for k, x := range s.args {
		out[k] = x.value(b, i)
	}
	return out, true
}

type setTest struct {
	op   op
	l, r setNode
}

func (c *compiler) setRelation(e *setRelation) (condition, error) {
	l, err := c.set(e.l)
	if err != nil {
		return nil, err
	}
	r, err := c.set(e.r)
	return &setTest{e.op, l, r}, err
}

func (c *setTest) test(b *block, need *Bits, out *truth) {
	c.l.load(b, need)
	c.r.load(b, need)
	*out = truth{}
	need.all(func(i int) {
		l, okL := c.l.items(b, i)
		r, okR := c.r.items(b, i)
		switch {
		case !okL || !okR:
		case c.holds(l, r):
			out.yes.Set(i)
		default:
			out.no.Set(i)
		}
	})
}

func (c *setTest) holds(l, r []any) bool {
	switch c.op {
	case opArrayContains:
		return superset(l, r)
	case opArrayContainedBy:
		return superset(r, l)
	case opArrayOverlaps:
		return slices.ContainsFunc(l, func(v any) bool { return v != nil && slices.Contains(r, v) })
	default:
		return superset(l, r) && superset(r, l)
	}
}

// superset reports whether every item of r is in l. A null item is in nothing.
func superset(l, r []any) bool {
	return !slices.ContainsFunc(r, func(v any) bool { return v == nil || !slices.Contains(l, v) })
}
