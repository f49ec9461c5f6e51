package cql2

import (
	"github.com/paulmach/orb/encoding/wkb"
)

// boxed gives any expression as values of the types that Type lists; nil is
// null. It serves functions and array items, of which there are few.
type boxed interface {
	load(b *block, need *Bits)
	value(b *block, i int) any
}

func (c *compiler) boxed(e expr) (boxed, error) {
	null := slot(&c.needs.bits)
	switch e.typ() {
	case Boolean:
		x, err := c.condition(e)
		return &boxedTruth{x, slot(&c.needs.truths)}, err
	case String:
		x, err := c.texts(e)
		return &boxedTexts{x, slot(&c.needs.texts), null}, err
	case Number:
		x, err := c.floats(e)
		return &boxedFloats{x, slot(&c.needs.floats), null}, err
	case Geometry:
		x, err := c.shapes(e)
		return &boxedShapes{x, null}, err
	default:
		x, err := c.ints(e)
		return &boxedInts{x, slot(&c.needs.ints), null}, err
	}
}

type boxedTruth struct {
	x      condition
	buffer int
}

func (x *boxedTruth) load(b *block, need *Bits) { x.x.test(b, need, &b.truths[x.buffer]) }

func (x *boxedTruth) value(b *block, i int) any {
	switch t := &b.truths[x.buffer]; {
	case t.yes.Has(i):
		return true
	case t.no.Has(i):
		return false
	default:
		return nil
	}
}

type boxedTexts struct {
	x            textsNode
	buffer, null int
}

func (x *boxedTexts) load(b *block, need *Bits) {
	x.x.texts(b, need, b.texts[x.buffer][:b.n], &b.bits[x.null])
}

func (x *boxedTexts) value(b *block, i int) any {
	if b.bits[x.null].Has(i) {
		return nil
	}
	return b.texts[x.buffer][i]
}

type boxedFloats struct {
	x            floatsNode
	buffer, null int
}

func (x *boxedFloats) load(b *block, need *Bits) {
	x.x.floats(b, need, b.floats[x.buffer][:b.n], &b.bits[x.null])
}

func (x *boxedFloats) value(b *block, i int) any {
	if b.bits[x.null].Has(i) {
		return nil
	}
	return b.floats[x.buffer][i]
}

type boxedInts struct {
	x            intsNode
	buffer, null int
}

func (x *boxedInts) load(b *block, need *Bits) {
	x.x.ints(b, need, b.ints[x.buffer][:b.n], &b.bits[x.null])
}

func (x *boxedInts) value(b *block, i int) any {
	if b.bits[x.null].Has(i) {
		return nil
	}
	return b.ints[x.buffer][i]
}

type boxedShapes struct {
	x    shapesNode
	null int
}

func (x *boxedShapes) load(b *block, need *Bits) { x.x.load(b, need, &b.bits[x.null]) }

func (x *boxedShapes) value(b *block, i int) any {
	if b.bits[x.null].Has(i) {
		return nil
	}
	g, err := wkb.Unmarshal(x.x.shape(b, i).AsBinary())
	if err != nil {
		return nil
	}
	return g
}

// applicationNode calls a function for each row.
type applicationNode struct {
	function Function
	args     []boxed
	null     int
}

func (c *compiler) application(e *application) (*applicationNode, error) {
	a := &applicationNode{function: e.function, null: slot(&c.needs.bits)}
	for _, arg := range e.args {
		x, err := c.boxed(arg)
		if err != nil {
			return nil, err
		}
		a.args = append(a.args, x)
	}
	return a, nil
}

// each calls the function for the needed rows. A null argument or result sets
// the bit in null, any other result is given to store.
func (a *applicationNode) each(b *block, need, null *Bits, store func(i int, v any)) {
	*null = Bits{}
	for _, x := range a.args {
		x.load(b, need)
	}
	need.all(func(i int) {
		values := make([]any, len(a.args))
		for k, x := range a.args {
			if values[k] = x.value(b, i); values[k] == nil {
				null.Set(i)
				return
			}
		}
		v := a.function.Eval(values)
		if v == nil {
			null.Set(i)
			return
		}
		store(i, v)
	})
}

func (a *applicationNode) test(b *block, need *Bits, out *truth) {
	*out = truth{}
	a.each(b, need, &b.bits[a.null], func(i int, v any) {
		if v.(bool) {
			out.yes.Set(i)
		} else {
			out.no.Set(i)
		}
	})
}

func (a *applicationNode) texts(b *block, need *Bits, dst []string, null *Bits) {
	a.each(b, need, null, func(i int, v any) { dst[i] = v.(string) })
}

func (a *applicationNode) ints(b *block, need *Bits, dst []int64, null *Bits) {
	a.each(b, need, null, func(i int, v any) { dst[i] = v.(int64) })
}

func (a *applicationNode) floats(b *block, need *Bits, dst []float64, null *Bits) {
	a.each(b, need, null, func(i int, v any) { dst[i] = v.(float64) })
}
