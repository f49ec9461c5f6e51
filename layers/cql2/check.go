package cql2

import (
	"slices"
	"strings"
)

// Filter is an expression that was checked against a schema.
type Filter struct {
	root      expr
	canonical string
}

// Canonical is Expr.Canonical of the expression that was checked.
func (f *Filter) Canonical() string { return f.canonical }

// Properties lists the properties that the filter reads, sorted by name, each
// once.
func (f *Filter) Properties() []Property {
	var all []Property
	eachProperty(f.root, func(p Property) { all = append(all, p) })
	slices.SortFunc(all, func(a, b Property) int { return strings.Compare(a.Name, b.Name) })
	return slices.Compact(all)
}

// Check resolves names and types. Unknown names, values of the wrong type and
// invalid geometries are refused with an *Error at their place.
//
// What comes of it does not depend on the spelling: filters with equal
// canonical forms give equal SQL.
func (e *Expr) Check(schema Schema) (*Filter, error) {
	c := checker{e.source, schema}
	// The expression as written is checked first, so that the first fault is
	// the first that its author meets.
	if _, err := c.condition(e.root); err != nil {
		return nil, err
	}
	form := canonical(e.root)
	root, err := c.condition(form)
	if err != nil {
		return nil, err
	}
	return &Filter{root, toText(form)}, nil
}

type checker struct {
	source source
	schema Schema
}

// condition checks what must be true or false.
func (c checker) condition(n node) (expr, error) {
	e, err := c.scalar(n)
	if err != nil {
		return nil, err
	}
	if e.typ() != Boolean {
		return nil, c.source.expected(n.at(), "a condition that is true or false", c.name(n, e))
	}
	return e, nil
}

// name describes an operand by its type and, for a property, its name.
func (c checker) name(n node, e expr) string {
	if p, ok := n.(*property); ok {
		return p.name + ", which is " + e.typ().String()
	}
	return e.typ().String()
}

// scalar checks anything that has one value.
func (c checker) scalar(n node) (expr, error) {
	switch n := n.(type) {
	case *property:
		return c.column(n)
	case *boolean:
		return &constant{kind: Boolean, boolean: n.value}, nil
	case *number:
		if n.whole {
			return &constant{kind: Integer, integer: n.integer}, nil
		}
		return &constant{kind: Number, number: n.float}, nil
	case *text:
		return &constant{kind: String, text: n.value}, nil
	case *instant:
		return n.constant(), nil
	case *bbox:
		return c.box(n)
	case *geometry:
		return c.geometry(n)
	case *call:
		return c.call(n)
	case *interval:
		return nil, c.source.errorf(n.place, "an interval may only stand in a temporal function such as T_INTERSECTS")
	default:
		return nil, c.source.errorf(n.at(), "an array may only stand in an array function such as A_CONTAINS")
	}
}

func (i *instant) constant() *constant {
	if i.date {
		return &constant{kind: Date, integer: i.value}
	}
	return &constant{kind: Timestamp, integer: i.value}
}

func (c checker) lookup(n *property) (Property, error) {
	p, ok := c.schema.property(n.name)
	if ok {
		return p, nil
	}
	names := make([]string, len(c.schema.Properties))
	for i, p := range c.schema.Properties {
		names[i] = p.Name
	}
	if near := nearest(n.name, names); near != "" {
		return p, c.source.errorf(n.place, "there is no property %q; did you mean %q?", n.name, near)
	}
	return p, c.source.errorf(n.place, "there is no property %q; there are %s", clip(n.name), strings.Join(names, ", "))
}

func (c checker) column(n *property) (expr, error) {
	p, err := c.lookup(n)
	if err != nil {
		return nil, err
	}
	if p.Array {
		return nil, c.source.errorf(n.place, "%q is an array; it may only stand in an array function such as A_CONTAINS, or before IS NULL", n.name)
	}
	return &column{p}, nil
}

func (c checker) call(n *call) (expr, error) {
	switch {
	case n.op == opFunction:
		return c.function(n)
	case n.op == opAnd, n.op == opOr, n.op == opNot:
		args, err := each(n.args, c.condition)
		return &logic{n.op, args}, err
	case n.op.comparison():
		return c.comparison(n)
	case n.op == opBetween:
		return c.between(n)
	case n.op == opIn:
		return c.membership(n)
	case n.op == opLike:
		return c.likeness(n)
	case n.op == opIsNull:
		return c.nullness(n.args[0])
	case n.op.arithmetic():
		return c.arithmetic(n)
	case n.op == opCasei, n.op == opAccenti:
		return c.folding(n)
	case n.op.spatial():
		return c.relation(n)
	case n.op.temporal():
		return c.temporal(n)
	default:
		return c.setRelation(n)
	}
}

func each[T any](nodes []node, check func(node) (T, error)) ([]T, error) {
	out := make([]T, len(nodes))
	for i, n := range nodes {
		var err error
		if out[i], err = check(n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c checker) function(n *call) (expr, error) {
	f, ok := c.schema.function(n.name)
	if !ok {
		var names []string
		for _, f := range c.schema.Functions {
			names = append(names, f.Name)
		}
		for o := opFunction + 1; o < opCount; o++ {
			if o.functional() {
				names = append(names, strings.ToUpper(o.String()))
			}
		}
		if near := nearest(n.name, names); near != "" {
			return nil, c.source.errorf(n.place, "there is no function %q; did you mean %s?", n.name, near)
		}
		return nil, c.source.errorf(n.place, "there is no function %q", clip(n.name))
	}
	if len(n.args) != len(f.Params) {
		return nil, c.source.errorf(n.place, "the function %s takes %d arguments, here are %d", f.Name, len(f.Params), len(n.args))
	}
	args := make([]expr, len(n.args))
	for i, a := range n.args {
		// No parameter is an array: what the parser took for one is an
		// expression in parentheses.
		if list, ok := a.(*array); ok && len(list.items) == 1 {
			a = list.items[0]
		}
		e, err := c.scalar(a)
		if err != nil {
			return nil, err
		}
		if f.Params[i] == Number {
			e = asNumber(e)
		}
		if e.typ() != f.Params[i] {
			return nil, c.source.expected(a.at(), f.Params[i].String()+" as argument of "+f.Name, c.name(a, e))
		}
		args[i] = e
	}
	return &application{f, args}, nil
}

func (c checker) nullness(n node) (expr, error) {
	switch n := n.(type) {
	case *property:
		p, err := c.lookup(n)
		return &nullness{[]expr{&column{p}}}, err
	case *interval:
		s, err := c.span(n)
		return &nullness{[]expr{s.start, s.end}}, err
	}
	e, err := c.scalar(n)
	return &nullness{[]expr{e}}, err
}

// ofType checks an operand that must have a certain type.
func (c checker) ofType(n node, want Type, where string) (expr, error) {
	e, err := c.scalar(n)
	if err != nil {
		return nil, err
	}
	if want == Number {
		e = asNumber(e)
	}
	if e.typ() != want {
		return nil, c.source.expected(n.at(), want.String()+" "+where, c.name(n, e))
	}
	return e, nil
}

func (c checker) arithmetic(n *call) (expr, error) {
	l, err := c.ofType(n.args[0], Number, "before "+n.op.String())
	if err != nil {
		return nil, err
	}
	r, err := c.ofType(n.args[1], Number, "after "+n.op.String())
	return &arithmetic{n.op, l, r}, err
}

func (c checker) folding(n *call) (expr, error) {
	x, err := c.ofType(n.args[0], String, "in "+strings.ToUpper(n.op.String()))
	if err != nil {
		return nil, err
	}
	if k, ok := x.(*constant); ok {
		return &constant{kind: String, text: fold(n.op, k.text)}, nil
	}
	return &folding{n.op, x}, nil
}

func (c checker) likeness(n *call) (expr, error) {
	x, err := c.ofType(n.args[0], String, "before LIKE")
	if err != nil {
		return nil, err
	}
	pattern, err := c.scalar(n.args[1])
	if err != nil {
		return nil, err
	}
	k, ok := pattern.(*constant)
	if !ok || k.kind != String {
		return nil, c.source.expected(n.args[1].at(), "a literal text as pattern of LIKE", c.name(n.args[1], pattern))
	}
	if escapes := len(k.text) - len(strings.TrimRight(k.text, `\`)); escapes%2 == 1 {
		return nil, c.source.errorf(n.args[1].at(), `the pattern ends with a single \, which escapes nothing; double it to mean the character`)
	}
	return &likeness{x, k.text}, nil
}
