package cql2

import "strings"

func (c checker) setRelation(n *call) (expr, error) {
	l, err := c.set(n.args[0])
	if err != nil {
		return nil, err
	}
	r, err := c.set(n.args[1])
	if err != nil {
		return nil, err
	}
	kind, ok := commonType(l, r)
	if !ok {
		return nil, c.source.errorf(n.args[1].at(), "an array of %s cannot be compared with an array of %s", plural(r.kind), plural(l.kind))
	}
	l.convert(kind)
	r.convert(kind)
	return &setRelation{n.op, l, r}, nil
}

// set checks an array. An empty literal has no type yet.
func (c checker) set(n node) (*set, error) {
	switch n := n.(type) {
	case *property:
		p, err := c.lookup(n)
		if err == nil && !p.Array {
			err = c.source.expected(n.place, "an array property or a list in parentheses", n.name+", which is "+p.Type.String())
		}
		return &set{property: p, kind: p.Type}, err
	case *array:
		items, err := each(n.items, c.scalar)
		if err != nil {
			return nil, err
		}
		s := &set{items: items}
		for i, e := range items {
			item := &set{kind: e.typ()}
			kind, ok := commonType(s, item)
			if !ok || e.typ() == Geometry {
				return nil, c.source.expected(n.items[i].at(), "values of one scalar type in the array", e.typ().String())
			}
			s.kind = kind
		}
		return s, nil
	default:
		return nil, c.source.errorf(n.at(), "expected an array property or a list in parentheses")
	}
}

// commonType finds the type in which the items of both arrays compare.
func commonType(a, b *set) (Type, bool) {
	switch {
	case a.kind == b.kind || b.kind == 0:
		return a.kind, true
	case a.kind == 0:
		return b.kind, true
	case numeric(a.kind) && numeric(b.kind):
		return Number, true
	case temporal(a.kind) && temporal(b.kind):
		return Date, true
	default:
		return 0, false
	}
}

// convert brings the items to a type; a property is converted where it is read.
// Two empty literals compare as texts.
func (s *set) convert(kind Type) {
	if kind == 0 {
		kind = String
	}
	s.kind = kind
	for i, e := range s.items {
		if kind == Date {
			e = asDate(e)
		}
		if kind == Number {
			e = asNumber(e)
		}
		s.items[i] = e
	}
}

func plural(t Type) string {
	_, noun, _ := strings.Cut(t.String(), " ")
	switch t {
	case Geometry:
		return "geometries"
	default:
		return noun + "s"
	}
}
