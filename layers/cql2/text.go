package cql2

import (
	"fmt"
	"strings"
)

// Text writes the expression as CQL2 text: the same tree with one spelling for
// words, names, numbers and instants. Parse gives the same tree back.
func (e *Expr) Text() string { return toText(e.root) }

// rank orders expressions by how tightly they bind.
type rank uint8

const (
	rankOr rank = iota
	rankAnd
	rankNot
	rankPredicate
	rankSum
	rankProduct
	rankPower
	rankOperand
)

func rankOf(n node) rank {
	c, ok := n.(*call)
	if !ok || c.op == opFunction || c.op.functional() {
		return rankOperand
	}
	switch c.op {
	case opOr:
		return rankOr
	case opAnd:
		return rankAnd
	case opNot:
		if _, ok := negated(c); ok {
			return rankPredicate
		}
		return rankNot
	case opAdd, opSubtract:
		return rankSum
	case opMultiply, opDivide, opModulo, opIntegerDivide:
		return rankProduct
	case opPower:
		return rankPower
	default:
		return rankPredicate
	}
}

// negated finds the predicates that write their NOT inside.
func negated(c *call) (*call, bool) {
	if c.op != opNot {
		return c, false
	}
	inner, ok := c.args[0].(*call)
	if !ok {
		return c, false
	}
	switch inner.op {
	case opLike, opBetween, opIn, opIsNull:
		return inner, true
	default:
		return c, false
	}
}

func toText(n node) string {
	switch n := n.(type) {
	case *property:
		return quoteName(n.name)
	case *boolean:
		return strings.ToUpper(fmt.Sprint(n.value))
	case *number:
		return n.format()
	case *text:
		return quoteText(n.value)
	case *instant:
		return strings.ToUpper(n.kind()) + "('" + n.format() + "')"
	case *interval:
		return "INTERVAL(" + endText(n.start) + ", " + endText(n.end) + ")"
	case *bbox:
		return "BBOX(" + strings.Join(n.format(), ", ") + ")"
	case *geometry:
		return n.value.AsText()
	case *array:
		return "(" + joinText(n.items) + ")"
	case *call:
		return callText(n)
	default:
		return "'..'"
	}
}

// endText writes an end of an interval, where an instant is a plain literal.
func endText(n node) string {
	if i, ok := n.(*instant); ok {
		return "'" + i.format() + "'"
	}
	return toText(n)
}

func (b *bbox) format() []string {
	out := make([]string, len(b.corners))
	for i, c := range b.corners {
		out[i] = numberOf(c).format()
	}
	return out
}

// atLeast writes n, in parentheses if it binds looser than r.
func atLeast(r rank, n node) string {
	if rankOf(n) < r {
		return "(" + toText(n) + ")"
	}
	return toText(n)
}

func callText(c *call) string {
	c, not := negated(c)
	switch {
	case c.op == opFunction:
		return c.name + "(" + joinText(c.args) + ")"
	case c.op.functional():
		return strings.ToUpper(c.op.String()) + "(" + joinText(c.args) + ")"
	case c.op == opAnd, c.op == opOr:
		parts := make([]string, len(c.args))
		for i, a := range c.args {
			parts[i] = atLeast(rankOf(c)+1, a)
		}
		return strings.Join(parts, " "+strings.ToUpper(c.op.String())+" ")
	case c.op == opNot:
		return "NOT " + atLeast(rankNot, c.args[0])
	case c.op.comparison():
		return atLeast(rankSum, c.args[0]) + " " + c.op.String() + " " + atLeast(rankSum, c.args[1])
	case c.op.arithmetic():
		own := rankOf(c)
		left := own
		if c.op == opPower {
			left = rankOperand
		}
		return atLeast(left, c.args[0]) + " " + c.op.String() + " " + atLeast(own+1, c.args[1])
	default:
		return atLeast(rankSum, c.args[0]) + predicateText(c, not)
	}
}

// predicateText writes what follows the first operand.
func predicateText(c *call, not bool) string {
	word, is := " ", " IS NULL"
	if not {
		word, is = " NOT ", " IS NOT NULL"
	}
	switch c.op {
	case opIsNull:
		return is
	case opLike:
		return word + "LIKE " + atLeast(rankSum, c.args[1])
	case opBetween:
		return word + "BETWEEN " + atLeast(rankSum, c.args[1]) + " AND " + atLeast(rankSum, c.args[2])
	default:
		items := make([]string, len(c.args)-1)
		for i, a := range c.args[1:] {
			items[i] = atLeast(rankSum, a)
		}
		return word + "IN (" + strings.Join(items, ", ") + ")"
	}
}

func joinText(nodes []node) string {
	parts := make([]string, len(nodes))
	for i, n := range nodes {
		parts[i] = toText(n)
	}
	return strings.Join(parts, ", ")
}
