package cql2

import (
	"cmp"
	"fmt"
	"slices"
)

// compiler turns checked expressions into nodes that test blocks of rows.
type compiler struct {
	columns Columns
	needs   needs
}

// reader finds the column of a property as the type that the property asks for.
func reader[T Column](c *compiler, p Property) (T, error) {
	var none T
	column, err := c.columns.Column(p)
	if err != nil {
		return none, fmt.Errorf("column of property %s: %w", p.Name, err)
	}
	r, ok := column.(T)
	if !ok {
		return none, fmt.Errorf("column of property %s: got a %T, which cannot read %s", p.Name, column, p.Type)
	}
	return r, nil
}

func (c *compiler) condition(e expr) (condition, error) {
	if table, ok, err := c.tabulate(e); ok || err != nil {
		return table, err
	}
	switch e := e.(type) {
	case *constant:
		return constantCondition(e.boolean), nil
	case *column:
		r, err := reader[BoolColumn](c, e.Property)
		return &boolCondition{r, slot(&c.needs.bits)}, err
	case *logic:
		return c.logic(e)
	case *comparison:
		return c.comparison(e)
	case *membership:
		return c.membership(e)
	case *likeness:
		x, err := c.texts(e.x)
		return &textTest{x, slot(&c.needs.texts), slot(&c.needs.bits), newPattern(e.pattern).match}, err
	case *nullness:
		return c.nullness(e)
	case *relation:
		return c.relation(e)
	case *setRelation:
		return c.setRelation(e)
	case *application:
		a, err := c.application(e)
		return a, err
	default:
		return nil, fmt.Errorf("no condition for %T", e)
	}
}

// logic puts the operands of AND and OR in the order of their cost, because the
// later ones are asked only for rows that the earlier ones leave open. Before all
// come the tables, those first that leave the fewest.
func (c *compiler) logic(e *logic) (condition, error) {
	args := slices.Clone(e.args)
	slices.SortStableFunc(args, func(a, b expr) int { return cmp.Compare(cost(a), cost(b)) })
	conditions := make([]condition, len(args))
	for i, a := range args {
		var err error
		if conditions[i], err = c.condition(a); err != nil {
			return nil, err
		}
	}
	if e.op == opNot {
		return &notCondition{conditions[0]}, nil
	}
	slices.SortStableFunc(conditions, func(a, b condition) int { return cmp.Compare(left(e.op, a), left(e.op, b)) })
	return &junction{conditions, e.op == opAnd, slot(&c.needs.truths), slot(&c.needs.bits)}, nil
}

// left is the share of rows that a table leaves open in an AND or OR; more than
// all for other conditions.
func left(o op, x condition) float64 {
	t, ok := x.(*codeTable)
	switch {
	case !ok:
		return 2
	case o == opAnd:
		return t.share()
	default:
		return 1 - t.share()
	}
}

// cost ranks expressions by the work for a row: scalars, then texts and
// functions, then geometries.
func cost(e expr) int {
	worst := 0
	switch e.(type) {
	case *relation:
		worst = 3
	case *setRelation, *application:
		worst = 2
	case *likeness, *folding:
		worst = 1
	}
	for _, o := range operands(e) {
		worst = max(worst, cost(o))
	}
	return worst
}

// comparison has a constant on its right if it has one at all.
func (c *compiler) comparison(e *comparison) (condition, error) {
	if _, ok := e.l.(*constant); ok {
		if _, ok := e.r.(*constant); !ok {
			e = &comparison{e.op.mirrored(), e.r, e.l}
		}
	}
	switch e.l.typ() {
	case Boolean:
		return c.compareBooleans(e)
	case String:
		return c.compareTexts(e)
	case Number:
		return c.compareFloats(e)
	default:
		return c.compareInts(e)
	}
}

// membership is an OR of equalities, but for lists of constants, which are
// looked up.
func (c *compiler) membership(e *membership) (condition, error) {
	constants := !slices.ContainsFunc(e.list, func(e expr) bool { _, ok := e.(*constant); return !ok })
	if constants && len(e.list) > 1 {
		switch e.x.typ() {
		case String:
			return c.memberText(e)
		case Number:
			return c.memberFloat(e)
		case Integer, Date, Timestamp:
			return c.memberInt(e)
		default: // a list of booleans is short
		}
	}
	or := &logic{op: opOr}
	for _, item := range e.list {
		or.args = append(or.args, &comparison{opEqual, e.x, item})
	}
	return c.logic(or)
}

func (c *compiler) nullness(e *nullness) (condition, error) {
	var conditions []condition
	for _, a := range e.args {
		n, err := c.nulls(a)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, n)
	}
	if len(conditions) == 1 {
		return conditions[0], nil
	}
	return &junction{conditions, false, slot(&c.needs.truths), slot(&c.needs.bits)}, nil
}

// nulls tests one operand of IS NULL.
func (c *compiler) nulls(e expr) (condition, error) {
	if p, ok := e.(*column); ok {
		r, err := reader[Column](c, p.Property)
		return &nullCondition{func(b *block, _, null *Bits) { r.Nulls(b.row, b.n, null) }, slot(&c.needs.bits)}, err
	}
	load, err := c.nullLoader(e)
	return &nullCondition{load, slot(&c.needs.bits)}, err
}

// nullLoader works an expression out for nothing but its nulls.
func (c *compiler) nullLoader(e expr) (func(b *block, need, null *Bits), error) {
	switch e.typ() {
	case Boolean:
		x, err := c.condition(e)
		buffer := slot(&c.needs.truths)
		return func(b *block, need, null *Bits) {
			t := &b.truths[buffer]
			x.test(b, need, t)
			for w := range null {
				null[w] = ^(t.yes[w] | t.no[w])
			}
		}, err
	case String:
		x, err := c.texts(e)
		buffer := slot(&c.needs.texts)
		return func(b *block, need, null *Bits) { x.texts(b, need, b.texts[buffer][:b.n], null) }, err
	case Number:
		x, err := c.floats(e)
		buffer := slot(&c.needs.floats)
		return func(b *block, need, null *Bits) { x.floats(b, need, b.floats[buffer][:b.n], null) }, err
	case Geometry:
		x, err := c.shapes(e)
		return func(b *block, need, null *Bits) { x.load(b, need, null) }, err
	default:
		x, err := c.ints(e)
		buffer := slot(&c.needs.ints)
		return func(b *block, need, null *Bits) { x.ints(b, need, b.ints[buffer][:b.n], null) }, err
	}
}
