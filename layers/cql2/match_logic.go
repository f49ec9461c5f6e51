package cql2

// constantCondition is TRUE or FALSE.
type constantCondition bool

func (c constantCondition) test(_ *block, _ *Bits, out *truth) {
	*out = truth{}
	set := &out.no
	if c {
		set = &out.yes
	}
	for w := range set {
		set[w] = ^uint64(0)
	}
}

// boolCondition is a boolean property.
type boolCondition struct {
	column BoolColumn
	null   int
}

func (c *boolCondition) test(b *block, _ *Bits, out *truth) {
	null := &b.bits[c.null]
	*null = Bits{}
	c.column.Nulls(b.row, b.n, null)
	holds := &out.yes
	*holds = Bits{}
	c.column.Bools(b.row, b.n, holds)
	out.decide(holds, null)
}

// notCondition exchanges true and false.
type notCondition struct{ x condition }

func (c *notCondition) test(b *block, need *Bits, out *truth) {
	c.x.test(b, need, out)
	out.yes, out.no = out.no, out.yes
}

// junction is AND or OR of at least one condition.
type junction struct {
	conditions []condition
	and        bool
	other      int // truth of the later operands
	open       int // rows that the earlier operands leave open
}

func (c *junction) test(b *block, need *Bits, out *truth) {
	c.conditions[0].test(b, need, out)
	other, open := &b.truths[c.other], &b.bits[c.open]
	for _, x := range c.conditions[1:] {
		if !c.leaves(open, need, out) {
			return
		}
		x.test(b, open, other)
		for w := range open {
			if c.and {
				out.yes[w] &= other.yes[w]
				out.no[w] |= other.no[w]
			} else {
				out.yes[w] |= other.yes[w]
				out.no[w] &= other.no[w]
			}
		}
	}
}

// leaves fills open with the needed rows that are not decided yet: not false in
// an AND, not true in an OR.
func (c *junction) leaves(open, need *Bits, out *truth) bool {
	decided := &out.yes
	if c.and {
		decided = &out.no
	}
	any := uint64(0)
	for w := range open {
		open[w] = need[w] &^ decided[w]
		any |= open[w]
	}
	return any != 0
}

// nullCondition is IS NULL.
type nullCondition struct {
	load func(b *block, need, null *Bits)
	null int
}

func (c *nullCondition) test(b *block, need *Bits, out *truth) {
	null := &b.bits[c.null]
	*null = Bits{}
	c.load(b, need, null)
	for w := range null {
		out.yes[w], out.no[w] = null[w], ^null[w]
	}
}

// booleanComparison compares two conditions.
type booleanComparison struct {
	l, r        condition
	equal       bool
	left, right int
}

func (c *compiler) compareBooleans(e *comparison) (condition, error) {
	l, err := c.condition(e.l)
	if err != nil {
		return nil, err
	}
	r, err := c.condition(e.r)
	return &booleanComparison{l, r, e.op == opEqual, slot(&c.needs.truths), slot(&c.needs.truths)}, err
}

func (c *booleanComparison) test(b *block, need *Bits, out *truth) {
	l, r := &b.truths[c.left], &b.truths[c.right]
	c.l.test(b, need, l)
	c.r.test(b, need, r)
	for w := range out.yes {
		same := l.yes[w]&r.yes[w] | l.no[w]&r.no[w]
		different := l.yes[w]&r.no[w] | l.no[w]&r.yes[w]
		if c.equal {
			out.yes[w], out.no[w] = same, different
		} else {
			out.yes[w], out.no[w] = different, same
		}
	}
}
