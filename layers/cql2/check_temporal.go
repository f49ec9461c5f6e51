package cql2

import "strings"

// span is a temporal operand: an instant that is its own start and end, or an
// interval.
type span struct {
	start, end expr
	interval   bool
}

func (c checker) temporal(n *call) (expr, error) {
	a, err := c.span(n.args[0])
	if err != nil {
		return nil, err
	}
	b, err := c.span(n.args[1])
	if err != nil {
		return nil, err
	}
	if !takesInstants(n.op) {
		for i, s := range []span{a, b} {
			if !s.interval {
				return nil, c.source.errorf(n.args[i].at(),
					"%s compares two intervals and this is an instant; use T_INTERSECTS, T_BEFORE or T_AFTER", strings.ToUpper(n.op.String()))
			}
		}
	}
	ends := []expr{a.start, a.end, b.start, b.end}
	if anyDate(ends) {
		for i, e := range ends {
			ends[i] = asDate(e)
		}
	}
	return allen(n.op, ends[0], ends[1], ends[2], ends[3]), nil
}

// takesInstants reports whether the standard defines the function for instants.
func takesInstants(o op) bool {
	switch o {
	case opAfter, opBefore, opTimeDisjoint, opTimeEquals, opTimeIntersects:
		return true
	default:
		return false
	}
}

func anyDate(ends []expr) bool {
	for _, e := range ends {
		if k, ok := e.(*constant); e.typ() == Date && (!ok || k.infinite == 0) {
			return true
		}
	}
	return false
}

// allen writes a temporal function as comparisons of the ends s1…e1 and s2…e2,
// after Allen's relations as OWL-Time defines them (W3C, Time Ontology in OWL,
// 4.2).
func allen(o op, s1, e1, s2, e2 expr) expr {
	cmp := func(l expr, o op, r expr) expr { return compare(o, l, r) }
	and := func(args ...expr) expr { return &logic{opAnd, args} }
	switch o {
	case opAfter:
		return cmp(s1, opGreater, e2)
	case opBefore:
		return cmp(e1, opLess, s2)
	case opTimeContains:
		return and(cmp(s1, opLess, s2), cmp(e1, opGreater, e2))
	case opTimeDisjoint:
		return &logic{opOr, []expr{cmp(e1, opLess, s2), cmp(s1, opGreater, e2)}}
	case opDuring:
		return and(cmp(s1, opGreater, s2), cmp(e1, opLess, e2))
	case opTimeEquals:
		return and(cmp(s1, opEqual, s2), cmp(e1, opEqual, e2))
	case opFinishedBy:
		return and(cmp(s1, opLess, s2), cmp(e1, opEqual, e2))
	case opFinishes:
		return and(cmp(s1, opGreater, s2), cmp(e1, opEqual, e2))
	case opTimeIntersects:
		return and(cmp(s1, opLessEqual, e2), cmp(e1, opGreaterEqual, s2))
	case opMeets:
		return cmp(e1, opEqual, s2)
	case opMetBy:
		return cmp(s1, opEqual, e2)
	case opOverlappedBy:
		return and(cmp(s1, opGreater, s2), cmp(s1, opLess, e2), cmp(e1, opGreater, e2))
	case opTimeOverlaps:
		return and(cmp(s1, opLess, s2), cmp(e1, opGreater, s2), cmp(e1, opLess, e2))
	case opStartedBy:
		return and(cmp(s1, opEqual, s2), cmp(e1, opGreater, e2))
	default: // opStarts
		return and(cmp(s1, opEqual, s2), cmp(e1, opLess, e2))
	}
}

func (c checker) span(n node) (span, error) {
	i, ok := n.(*interval)
	if !ok {
		e, err := c.end(n, 0)
		return span{e, e, false}, err
	}
	start, err := c.end(i.start, -1)
	if err != nil {
		return span{}, err
	}
	end, err := c.end(i.end, 1)
	if err != nil {
		return span{}, err
	}
	if anyDate([]expr{start, end}) {
		start, end = asDate(start), asDate(end)
	}
	a, okA := start.(*constant)
	b, okB := end.(*constant)
	if okA && okB && a.infinite == 0 && b.infinite == 0 && a.integer > b.integer {
		return span{}, c.source.errorf(i.place, "the interval ends before it starts")
	}
	return span{start, end, true}, nil
}

// end checks an instant, or an open end towards the side that it is on.
func (c checker) end(n node, side int) (expr, error) {
	if _, ok := n.(*openEnd); ok {
		return &constant{kind: Timestamp, infinite: side}, nil
	}
	e, err := c.scalar(n)
	if err != nil {
		return nil, err
	}
	if temporal(e.typ()) {
		return e, nil
	}
	expected := "a date, a timestamp or an interval"
	if side != 0 {
		expected = "a date or a timestamp"
	}
	return nil, c.source.expected(n.at(), expected, c.name(n, e))
}
