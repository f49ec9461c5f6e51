package cql2

import (
	"cmp"
	"slices"
)

// holding fills out with one bit for each of xs for which the comparison with y
// holds. Values are totally ordered (numbers are finite), so that three loops do
// for six operators.
func holding[T cmp.Ordered](o op, xs []T, y T, out *Bits) {
	word, negate := equalWord[T], o == opNotEqual
	switch o {
	case opLess:
		word = lessWord[T]
	case opGreaterEqual:
		word, negate = lessWord[T], true
	case opLessEqual:
		word = lessEqualWord[T]
	case opGreater:
		word, negate = lessEqualWord[T], true
	default: // = and <>
	}
	for w := 0; w*64 < len(xs); w++ {
		out[w] = word(xs[w*64:min(w*64+64, len(xs))], y)
		if negate {
			out[w] = ^out[w]
		}
	}
}

// The loops take 1 to 64 values. Written like this they have no branch, which
// random data would mispredict, and no shift by a variable.

func equalWord[T cmp.Ordered](xs []T, y T) (word uint64) {
	for _, x := range xs {
		bit := uint64(0)
		if x == y {
			bit = 1
		}
		word = word>>1 | bit<<63
	}
	return word >> (64 - len(xs))
}

func lessWord[T cmp.Ordered](xs []T, y T) (word uint64) {
	for _, x := range xs {
		bit := uint64(0)
		if x < y {
			bit = 1
		}
		word = word>>1 | bit<<63
	}
	return word >> (64 - len(xs))
}

func lessEqualWord[T cmp.Ordered](xs []T, y T) (word uint64) {
	for _, x := range xs {
		bit := uint64(0)
		if x <= y {
			bit = 1
		}
		word = word>>1 | bit<<63
	}
	return word >> (64 - len(xs))
}

// holdingPairs is holding for two columns, which is rare.
func holdingPairs[T cmp.Ordered](o op, xs, ys []T, out *Bits) {
	*out = Bits{}
	for i, x := range xs {
		if ordered(o, cmp.Compare(x, ys[i])) {
			out.Set(i)
		}
	}
}

// intComparison compares integers, dates or timestamps; intConstantComparison
// with one value.
type (
	intComparison struct {
		op                       op
		l, r                     intsNode
		left, right, null, holds int
	}
	intConstantComparison struct {
		op                 op
		x                  intsNode
		y                  int64
		value, null, holds int
	}
)

func (c *compiler) compareInts(e *comparison) (condition, error) {
	l, err := c.ints(e.l)
	if err != nil {
		return nil, err
	}
	n := &c.needs
	if k, ok := e.r.(*constant); ok {
		return &intConstantComparison{e.op, l, k.order(), slot(&n.ints), slot(&n.bits), slot(&n.bits)}, nil
	}
	r, err := c.ints(e.r)
	return &intComparison{e.op, l, r, slot(&n.ints), slot(&n.ints), slot(&n.bits), slot(&n.bits)}, err
}

func (c *intComparison) test(b *block, need *Bits, out *truth) {
	left, right := b.ints[c.left][:b.n], b.ints[c.right][:b.n]
	null, holds := &b.bits[c.null], &b.bits[c.holds]
	c.l.ints(b, need, left, null)
	c.r.ints(b, need, right, holds)
	null.join(holds)
	holdingPairs(c.op, left, right, holds)
	out.decide(holds, null)
}

func (c *intConstantComparison) test(b *block, need *Bits, out *truth) {
	values, null, holds := b.ints[c.value][:b.n], &b.bits[c.null], &b.bits[c.holds]
	c.x.ints(b, need, values, null)
	holding(c.op, values, c.y, holds)
	out.decide(holds, null)
}

// floatComparison compares numbers; floatConstantComparison with one value.
type (
	floatComparison struct {
		op                       op
		l, r                     floatsNode
		left, right, null, holds int
	}
	floatConstantComparison struct {
		op                 op
		x                  floatsNode
		y                  float64
		value, null, holds int
	}
)

func (c *compiler) compareFloats(e *comparison) (condition, error) {
	l, err := c.floats(e.l)
	if err != nil {
		return nil, err
	}
	n := &c.needs
	if k, ok := e.r.(*constant); ok {
		return &floatConstantComparison{e.op, l, k.number, slot(&n.floats), slot(&n.bits), slot(&n.bits)}, nil
	}
	r, err := c.floats(e.r)
	return &floatComparison{e.op, l, r, slot(&n.floats), slot(&n.floats), slot(&n.bits), slot(&n.bits)}, err
}

func (c *floatComparison) test(b *block, need *Bits, out *truth) {
	left, right := b.floats[c.left][:b.n], b.floats[c.right][:b.n]
	null, holds := &b.bits[c.null], &b.bits[c.holds]
	c.l.floats(b, need, left, null)
	c.r.floats(b, need, right, holds)
	null.join(holds)
	holdingPairs(c.op, left, right, holds)
	out.decide(holds, null)
}

func (c *floatConstantComparison) test(b *block, need *Bits, out *truth) {
	values, null, holds := b.floats[c.value][:b.n], &b.bits[c.null], &b.bits[c.holds]
	c.x.floats(b, need, values, null)
	holding(c.op, values, c.y, holds)
	out.decide(holds, null)
}

// intMembership looks integers up in a sorted list.
type intMembership struct {
	x           intsNode
	list        []int64
	value, null int
}

func (c *compiler) memberInt(e *membership) (condition, error) {
	x, err := c.ints(e.x)
	list := make([]int64, len(e.list))
	for i, k := range e.list {
		list[i] = k.(*constant).order()
	}
	slices.Sort(list)
	return &intMembership{x, list, slot(&c.needs.ints), slot(&c.needs.bits)}, err
}

func (c *intMembership) test(b *block, need *Bits, out *truth) {
	values, null := b.ints[c.value][:b.n], &b.bits[c.null]
	c.x.ints(b, need, values, null)
	found(values, c.list, need, null, out)
}

// floatMembership looks numbers up in a sorted list.
type floatMembership struct {
	x           floatsNode
	list        []float64
	value, null int
}

func (c *compiler) memberFloat(e *membership) (condition, error) {
	x, err := c.floats(e.x)
	list := make([]float64, len(e.list))
	for i, k := range e.list {
		list[i] = k.(*constant).number
	}
	slices.Sort(list)
	return &floatMembership{x, list, slot(&c.needs.floats), slot(&c.needs.bits)}, err
}

func (c *floatMembership) test(b *block, need *Bits, out *truth) {
	values, null := b.floats[c.value][:b.n], &b.bits[c.null]
	c.x.floats(b, need, values, null)
	found(values, c.list, need, null, out)
}

// found decides membership of the needed values in a sorted list.
func found[T cmp.Ordered](values, list []T, need, null *Bits, out *truth) {
	*out = truth{}
	need.all(func(i int) {
		if null.Has(i) {
			return
		}
		if _, ok := slices.BinarySearch(list, values[i]); ok {
			out.yes.Set(i)
		} else {
			out.no.Set(i)
		}
	})
}
