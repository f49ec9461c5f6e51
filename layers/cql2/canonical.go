package cql2

import (
	"cmp"
	"slices"
)

// Canonical is the one form of all filters that differ only in spelling, in the
// order of AND, OR and IN, or in other ways that can never change the answer,
// unknown included. It is CQL2 text, so Parse reads it, and its own canonical
// form: fit for a cache key.
//
// Beyond Text it joins nested AND and OR, sorts them and drops repetitions and
// neutral constants; puts the property before the literal; takes NOT into
// comparisons and removes it twice; writes BETWEEN as two comparisons, and
// equalities with literals of one property joined by OR as IN; sorts lists and
// array sets; and removes a CASEI or ACCENTI of the same.
func (e *Expr) Canonical() string { return toText(canonical(e.root)) }

func canonical(n node) node {
	return rewrite(n, func(n node) node {
		switch n := n.(type) {
		case *bbox:
			box := &bbox{n.place, nil}
			for _, c := range n.corners {
				box.corners = append(box.corners, numberOf(c).float)
			}
			return box
		case *call:
			return canonicalCall(n)
		default:
			return n
		}
	})
}

// canonicalCall takes a call whose operands are canonical.
func canonicalCall(c *call) node {
	switch {
	case c.op == opAnd, c.op == opOr:
		return canonicalJunction(c)
	case c.op == opNot:
		return canonicalNot(c)
	case c.op == opBetween:
		at, x := c.place, c.args[0]
		return canonicalJunction(&call{place: at, op: opAnd, args: []node{
			canonicalCall(&call{place: at, op: opGreaterEqual, args: []node{x, c.args[1]}}),
			canonicalCall(&call{place: at, op: opLessEqual, args: []node{x, c.args[2]}}),
		}})
	case c.op.comparison():
		return canonicalComparison(c)
	case c.op == opIn:
		return canonicalIn(c)
	case c.op == opCasei, c.op == opAccenti:
		if inner, ok := c.args[0].(*call); ok && inner.op == c.op {
			return inner
		}
	case c.op.array():
		for i, a := range c.args {
			if a, ok := a.(*array); ok {
				c.args[i] = &array{a.place, sortedSet(a.items)}
			}
		}
	}
	if c.op.symmetric() {
		slices.SortStableFunc(c.args, literalsLast)
	}
	return c
}

func canonicalJunction(c *call) node {
	var operands []node
	for _, a := range c.args {
		if inner, ok := a.(*call); ok && inner.op == c.op {
			operands = append(operands, inner.args...)
		} else {
			operands = append(operands, a)
		}
	}
	neutral := c.op == opAnd
	operands = slices.DeleteFunc(operands, func(n node) bool {
		b, ok := n.(*boolean)
		return ok && b.value == neutral
	})
	if c.op == opOr {
		operands = joinEqualities(operands)
	}
	operands = sortedSet(operands)
	switch len(operands) {
	case 0:
		return &boolean{c.place, neutral}
	case 1:
		return operands[0]
	default:
		return &call{place: c.place, op: c.op, args: operands}
	}
}

// joinEqualities turns x = 1 OR x IN (2, 3) into x IN (1, 2, 3).
func joinEqualities(operands []node) []node {
	type group struct{ first, list *call }
	groups := make(map[string]*group)
	var out []node
	for _, n := range operands {
		c, ok := n.(*call)
		if !ok || c.op != opEqual && c.op != opIn || !allLiterals(c.args[1:]) {
			out = append(out, n)
			continue
		}
		key := toText(c.args[0])
		if g := groups[key]; g != nil {
			g.list.args = append(g.list.args, c.args[1:]...)
			continue
		}
		list := &call{place: c.place, op: opIn, args: slices.Clone(c.args)}
		groups[key] = &group{c, list}
		out = append(out, list)
	}
	for i, n := range out {
		if c, ok := n.(*call); ok && c.op == opIn {
			out[i] = canonicalIn(c)
		}
	}
	return out
}

func allLiterals(nodes []node) bool {
	return !slices.ContainsFunc(nodes, func(n node) bool { return !literal(n) })
}

// literal reports whether n mentions no property and no function of a schema.
func literal(n node) bool {
	ok := true
	walk(n, func(n node) {
		switch n := n.(type) {
		case *property:
			ok = false
		case *call:
			ok = ok && n.op != opFunction
		}
	})
	return ok
}

func canonicalNot(c *call) node {
	switch n := c.args[0].(type) {
	case *boolean:
		return &boolean{c.place, !n.value}
	case *call:
		if n.op == opNot {
			return n.args[0]
		}
		if n.op.comparison() {
			return canonicalComparison(&call{place: n.place, op: n.op.opposite(), args: n.args})
		}
	}
	return c
}

// canonicalComparison puts a literal on the right; between two others, the
// lesser text on the left of = and <>, and < in place of >.
func canonicalComparison(c *call) node {
	l, r := c.args[0], c.args[1]
	swap := literalsLast(l, r) > 0
	if !literal(l) && !literal(r) && !c.op.symmetric() {
		swap = c.op == opGreater || c.op == opGreaterEqual
	} else if literal(l) == literal(r) && !c.op.symmetric() {
		swap = false
	}
	if !swap {
		return c
	}
	return &call{place: c.place, op: c.op.mirrored(), args: []node{r, l}}
}

func canonicalIn(c *call) node {
	list := sortedSet(c.args[1:])
	if len(list) == 1 {
		return canonicalComparison(&call{place: c.place, op: opEqual, args: []node{c.args[0], list[0]}})
	}
	return &call{place: c.place, op: opIn, args: append([]node{c.args[0]}, list...)}
}

// literalsLast orders operands: what is no literal first, then by text.
func literalsLast(a, b node) int {
	if la, lb := literal(a), literal(b); la != lb {
		if la {
			return 1
		}
		return -1
	}
	return cmp.Compare(toText(a), toText(b))
}

// sortedSet returns the nodes in the order of their text, each once.
func sortedSet(nodes []node) []node {
	type keyed struct {
		text string
		node node
	}
	all := make([]keyed, len(nodes))
	for i, n := range nodes {
		all[i] = keyed{toText(n), n}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return cmp.Compare(a.text, b.text) })
	all = slices.CompactFunc(all, func(a, b keyed) bool { return a.text == b.text })
	out := make([]node, len(all))
	for i, k := range all {
		out[i] = k.node
	}
	return out
}
