package cql2

import (
	"fmt"
	"strings"
)

// textsNode computes texts. It fills dst and the whole of null for the rows in
// need; other rows get anything.
type textsNode interface {
	texts(b *block, need *Bits, dst []string, null *Bits)
}

func (c *compiler) texts(e expr) (textsNode, error) {
	switch e := e.(type) {
	case *constant:
		return textConstant(e.text), nil
	case *column:
		r, err := reader[Column](c, e.Property)
		if err != nil {
			return nil, err
		}
		switch r := r.(type) {
		case DictionaryColumn:
			return &dictionaryTexts{r, r.Dictionary(), slot(&c.needs.codes)}, nil
		case TextColumn:
			return &textColumn{r}, nil
		default:
			return nil, fmt.Errorf("column of property %s: got a %T, which cannot read %s", e.Name, r, String)
		}
	case *folding:
		x, err := c.texts(e.x)
		return &foldedTexts{x, e.op}, err
	case *application:
		a, err := c.application(e)
		return a, err
	default:
		return nil, fmt.Errorf("no texts for %T", e)
	}
}

type textConstant string

func (c textConstant) texts(_ *block, _ *Bits, dst []string, null *Bits) {
	*null = Bits{}
	for i := range dst {
		dst[i] = string(c)
	}
}

type textColumn struct{ column TextColumn }

func (c *textColumn) texts(b *block, _ *Bits, dst []string, null *Bits) {
	*null = Bits{}
	c.column.Nulls(b.row, b.n, null)
	c.column.Texts(b.row, dst)
}

// dictionaryTexts reads texts through their dictionary, for conditions that the
// dictionary alone does not decide.
type dictionaryTexts struct {
	column     DictionaryColumn
	dictionary []string
	codes      int
}

func (c *dictionaryTexts) texts(b *block, _ *Bits, dst []string, null *Bits) {
	*null = Bits{}
	codes := b.codes[c.codes][:b.n]
	c.column.Codes(b.row, codes)
	for i, code := range codes {
		if code == 0 {
			null.Set(i)
			continue
		}
		dst[i] = c.dictionary[code]
	}
}

type foldedTexts struct {
	x  textsNode
	op op
}

func (c *foldedTexts) texts(b *block, need *Bits, dst []string, null *Bits) {
	c.x.texts(b, need, dst, null)
	need.all(func(i int) {
		if !null.Has(i) {
			dst[i] = fold(c.op, dst[i])
		}
	})
}

// textTest decides each text by a function.
type textTest struct {
	x           textsNode
	value, null int
	holds       func(string) bool
}

func (c *textTest) test(b *block, need *Bits, out *truth) {
	texts, null := b.texts[c.value][:b.n], &b.bits[c.null]
	c.x.texts(b, need, texts, null)
	*out = truth{}
	need.all(func(i int) {
		switch {
		case null.Has(i):
		case c.holds(texts[i]):
			out.yes.Set(i)
		default:
			out.no.Set(i)
		}
	})
}

func (c *compiler) memberText(e *membership) (condition, error) {
	x, err := c.texts(e.x)
	list := make(map[string]bool, len(e.list))
	for _, k := range e.list {
		list[k.(*constant).text] = true
	}
	return &textTest{x, slot(&c.needs.texts), slot(&c.needs.bits), func(s string) bool { return list[s] }}, err
}

// textComparison compares texts by their bytes.
type textComparison struct {
	op          op
	l, r        textsNode
	left, right int
	null, other int
}

func (c *compiler) compareTexts(e *comparison) (condition, error) {
	l, err := c.texts(e.l)
	if err != nil {
		return nil, err
	}
	r, err := c.texts(e.r)
	n := &c.needs
	return &textComparison{e.op, l, r, slot(&n.texts), slot(&n.texts), slot(&n.bits), slot(&n.bits)}, err
}

func (c *textComparison) test(b *block, need *Bits, out *truth) {
	left, right := b.texts[c.left][:b.n], b.texts[c.right][:b.n]
	null, other := &b.bits[c.null], &b.bits[c.other]
	c.l.texts(b, need, left, null)
	c.r.texts(b, need, right, other)
	null.join(other)
	*out = truth{}
	need.all(func(i int) {
		switch {
		case null.Has(i):
		case ordered(c.op, strings.Compare(left[i], right[i])):
			out.yes.Set(i)
		default:
			out.no.Set(i)
		}
	})
}

// ordered reports whether a comparison holds of two values that compare as sign
// says.
func ordered(o op, sign int) bool {
	switch o {
	case opEqual:
		return sign == 0
	case opNotEqual:
		return sign != 0
	case opLess:
		return sign < 0
	case opLessEqual:
		return sign <= 0
	case opGreater:
		return sign > 0
	default:
		return sign >= 0
	}
}
