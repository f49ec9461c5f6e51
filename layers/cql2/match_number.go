package cql2

import (
	"fmt"
	"math"
)

// intsNode computes integers, dates or timestamps; floatsNode numbers. They
// fill dst and the whole of null for the rows in need; other rows get anything.
type (
	intsNode interface {
		ints(b *block, need *Bits, dst []int64, null *Bits)
	}
	floatsNode interface {
		floats(b *block, need *Bits, dst []float64, null *Bits)
	}
)

func (c *compiler) ints(e expr) (intsNode, error) {
	switch e := e.(type) {
	case *constant:
		return intConstant(e.order()), nil
	case *column:
		r, err := reader[IntColumn](c, e.Property)
		return &intColumn{r}, err
	case *cast:
		x, err := c.ints(e.x)
		return &dayOf{x}, err
	case *application:
		a, err := c.application(e)
		return a, err
	default:
		return nil, fmt.Errorf("no integers for %T", e)
	}
}

// order is the constant as an integer, with open ends beyond all others.
func (k *constant) order() int64 {
	switch {
	case k.infinite < 0:
		return math.MinInt64
	case k.infinite > 0:
		return math.MaxInt64
	default:
		return k.integer
	}
}

func (c *compiler) floats(e expr) (floatsNode, error) {
	switch e := e.(type) {
	case *constant:
		return floatConstant(e.number), nil
	case *column:
		r, err := reader[FloatColumn](c, e.Property)
		return &floatColumn{r}, err
	case *cast:
		x, err := c.ints(e.x)
		return &floatOf{x, slot(&c.needs.ints)}, err
	case *arithmetic:
		l, err := c.floats(e.l)
		if err != nil {
			return nil, err
		}
		r, err := c.floats(e.r)
		return &computation{e.op, l, r, slot(&c.needs.floats), slot(&c.needs.bits)}, err
	case *application:
		a, err := c.application(e)
		return a, err
	default:
		return nil, fmt.Errorf("no numbers for %T", e)
	}
}

type intConstant int64

func (c intConstant) ints(_ *block, _ *Bits, dst []int64, null *Bits) {
	*null = Bits{}
	for i := range dst {
		dst[i] = int64(c)
	}
}

type intColumn struct{ column IntColumn }

func (c *intColumn) ints(b *block, _ *Bits, dst []int64, null *Bits) {
	*null = Bits{}
	c.column.Nulls(b.row, b.n, null)
	c.column.Ints(b.row, dst)
}

// dayOf is the UTC date of timestamps.
type dayOf struct{ x intsNode }

func (c *dayOf) ints(b *block, need *Bits, dst []int64, null *Bits) {
	c.x.ints(b, need, dst, null)
	for i, micros := range dst {
		dst[i] = floorDiv(micros, microsPerDay)
	}
}

type floatConstant float64

func (c floatConstant) floats(_ *block, _ *Bits, dst []float64, null *Bits) {
	*null = Bits{}
	for i := range dst {
		dst[i] = float64(c)
	}
}

type floatColumn struct{ column FloatColumn }

func (c *floatColumn) floats(b *block, _ *Bits, dst []float64, null *Bits) {
	*null = Bits{}
	c.column.Nulls(b.row, b.n, null)
	c.column.Floats(b.row, dst)
}

// floatOf makes integers numbers.
type floatOf struct {
	x      intsNode
	buffer int
}

func (c *floatOf) floats(b *block, need *Bits, dst []float64, null *Bits) {
	ints := b.ints[c.buffer][:b.n]
	c.x.ints(b, need, ints, null)
	for i, v := range ints {
		dst[i] = float64(v)
	}
}

// computation is an arithmetic operator.
type computation struct {
	op          op
	l, r        floatsNode
	right, null int
}

func (c *computation) floats(b *block, need *Bits, dst []float64, null *Bits) {
	right, rightNull := b.floats[c.right][:b.n], &b.bits[c.null]
	c.l.floats(b, need, dst, null)
	c.r.floats(b, need, right, rightNull)
	null.join(rightNull)
	need.all(func(i int) {
		if null.Has(i) {
			return
		}
		v, ok := compute(c.op, dst[i], right[i])
		if !ok {
			null.Set(i)
			return
		}
		dst[i] = v
	})
}
