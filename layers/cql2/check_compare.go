package cql2

// asNumber makes an integer a number and leaves anything else.
func asNumber(e expr) expr {
	if e.typ() != Integer {
		return e
	}
	if k, ok := e.(*constant); ok {
		return &constant{kind: Number, number: float64(k.integer)}
	}
	return &cast{Number, e}
}

// asDate makes a timestamp its date in UTC and leaves anything else.
func asDate(e expr) expr {
	if e.typ() != Timestamp {
		return e
	}
	if k, ok := e.(*constant); ok {
		day := &constant{kind: Date, infinite: k.infinite}
		if k.infinite == 0 {
			day.integer = floorDiv(k.integer, microsPerDay)
		}
		return day
	}
	return &cast{Date, e}
}

// unify brings two operands to one type in which they can be compared.
func unify(l, r expr) (expr, expr, bool) {
	switch a, b := l.typ(), r.typ(); {
	case a == Geometry:
		return l, r, false
	case a == b:
		return l, r, true
	case numeric(a) && numeric(b):
		return asNumber(l), asNumber(r), true
	case temporal(a) && temporal(b):
		return asDate(l), asDate(r), true
	default:
		return l, r, false
	}
}

func numeric(t Type) bool  { return t == Integer || t == Number }
func temporal(t Type) bool { return t == Date || t == Timestamp }

func (c checker) comparison(n *call) (expr, error) {
	l, err := c.scalar(n.args[0])
	if err != nil {
		return nil, err
	}
	r, err := c.scalar(n.args[1])
	if err != nil {
		return nil, err
	}
	l, r, err = c.comparable(n.args[0], n.args[1], l, r)
	if err != nil {
		return nil, err
	}
	if l.typ() == Boolean && n.op != opEqual && n.op != opNotEqual {
		return nil, c.source.errorf(n.args[1].at(), "booleans compare with = and <> only, not with %s", n.op)
	}
	return compare(n.op, l, r), nil
}

// comparable brings two operands to one type or says why it cannot.
func (c checker) comparable(ln, rn node, l, r expr) (expr, expr, error) {
	a, b, ok := unify(l, r)
	if !ok {
		return nil, nil, c.mismatch(ln, rn, l, r)
	}
	return a, b, nil
}

// compare is a comparison of operands of one type. The date of a timestamp
// against a literal date becomes a range of timestamps, which an index can find.
func compare(o op, l, r expr) expr {
	if _, ok := l.(*constant); ok {
		o, l, r = o.mirrored(), r, l
	}
	day, ok := r.(*constant)
	if !ok {
		return &comparison{o, l, r}
	}
	date, ok := l.(*cast)
	if !ok || date.to != Date {
		return &comparison{o, l, r}
	}
	if day.infinite != 0 {
		return &comparison{o, date.x, &constant{kind: Timestamp, infinite: day.infinite}}
	}
	start := &constant{kind: Timestamp, integer: day.integer * microsPerDay}
	next := &constant{kind: Timestamp, integer: (day.integer + 1) * microsPerDay}
	switch o {
	case opLess:
		return &comparison{opLess, date.x, start}
	case opLessEqual:
		return &comparison{opLess, date.x, next}
	case opGreater:
		return &comparison{opGreaterEqual, date.x, next}
	case opGreaterEqual:
		return &comparison{opGreaterEqual, date.x, start}
	case opEqual:
		return &logic{opAnd, []expr{&comparison{opGreaterEqual, date.x, start}, &comparison{opLess, date.x, next}}}
	default: // <>
		return &logic{opOr, []expr{&comparison{opLess, date.x, start}, &comparison{opGreaterEqual, date.x, next}}}
	}
}

// mismatch says why two operands cannot be compared, and for the usual mistakes
// what would be right.
func (c checker) mismatch(ln, rn node, l, r expr) error {
	if l.typ() == Geometry || r.typ() == Geometry {
		at := ln
		if l.typ() != Geometry {
			at = rn
		}
		return c.source.errorf(at.at(), "a geometry cannot be compared; use a spatial function such as S_EQUALS or S_INTERSECTS")
	}
	if literal(ln) && !literal(rn) {
		ln, rn, l, r = rn, ln, r, l
	}
	hint := ""
	switch _, isText := rn.(*text); {
	case isText && l.typ() == Date:
		hint = "; write a date as DATE('2026-11-21')"
	case isText && l.typ() == Timestamp:
		hint = "; write a timestamp as TIMESTAMP('2026-11-21T08:30:00Z')"
	case isText && (numeric(l.typ()) || l.typ() == Boolean):
		hint = "; write it without quotes"
	case literal(rn) && l.typ() == String:
		hint = "; write it in single quotes"
	}
	return c.source.errorf(rn.at(), "%s cannot be compared with %s%s", c.subject(ln, l), r.typ(), hint)
}

func (c checker) subject(n node, e expr) string {
	if p, ok := n.(*property); ok {
		return p.name + ", " + e.typ().String() + ","
	}
	return e.typ().String()
}

func (c checker) between(n *call) (expr, error) {
	lower, err := c.comparison(&call{place: n.place, op: opGreaterEqual, args: []node{n.args[0], n.args[1]}})
	if err != nil {
		return nil, err
	}
	upper, err := c.comparison(&call{place: n.place, op: opLessEqual, args: []node{n.args[0], n.args[2]}})
	return &logic{opAnd, []expr{lower, upper}}, err
}

// membership takes x IN (a, b) for what it means: x = a OR x = b. It stays a list
// if all its items compare in the same type.
func (c checker) membership(n *call) (expr, error) {
	x, err := c.scalar(n.args[0])
	if err != nil {
		return nil, err
	}
	in := &membership{}
	var equalities []expr
	uniform := true
	for _, item := range n.args[1:] {
		e, err := c.scalar(item)
		if err != nil {
			return nil, err
		}
		l, r, err := c.comparable(n.args[0], item, x, e)
		if err != nil {
			return nil, err
		}
		equalities = append(equalities, compare(opEqual, l, r))
		uniform = uniform && (in.x == nil || in.x.typ() == l.typ())
		in.x, in.list = l, append(in.list, r)
	}
	if uniform {
		return in, nil
	}
	return &logic{opOr, equalities}, nil
}
