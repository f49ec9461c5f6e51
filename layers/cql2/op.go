package cql2

import "strings"

// op is an operator or a function of the standard, or opFunction for any other.
type op uint8

const (
	opFunction op = iota
	opAnd
	opOr
	opNot
	opEqual
	opNotEqual
	opLess
	opLessEqual
	opGreater
	opGreaterEqual
	opLike
	opBetween
	opIn
	opIsNull
	opAdd
	opSubtract
	opMultiply
	opDivide
	opModulo
	opIntegerDivide
	opPower
	opCasei
	opAccenti
	opIntersects
	opEquals
	opDisjoint
	opTouches
	opWithin
	opOverlaps
	opCrosses
	opContains
	opAfter
	opBefore
	opTimeContains
	opTimeDisjoint
	opDuring
	opTimeEquals
	opFinishedBy
	opFinishes
	opTimeIntersects
	opMeets
	opMetBy
	opOverlappedBy
	opTimeOverlaps
	opStartedBy
	opStarts
	opArrayEquals
	opArrayContains
	opArrayContainedBy
	opArrayOverlaps
	opCount
)

// String is the operator's name in JSON, as the standard spells it. Functions
// have the same name in text, there in capitals.
func (o op) String() string {
	return [opCount]string{
		opFunction: "function",
		opAnd:      "and", opOr: "or", opNot: "not",
		opEqual: "=", opNotEqual: "<>", opLess: "<", opLessEqual: "<=", opGreater: ">", opGreaterEqual: ">=",
		opLike: "like", opBetween: "between", opIn: "in", opIsNull: "isNull",
		opAdd: "+", opSubtract: "-", opMultiply: "*", opDivide: "/", opModulo: "%", opIntegerDivide: "div", opPower: "^",
		opCasei: "casei", opAccenti: "accenti",
		opIntersects: "s_intersects", opEquals: "s_equals", opDisjoint: "s_disjoint", opTouches: "s_touches",
		opWithin: "s_within", opOverlaps: "s_overlaps", opCrosses: "s_crosses", opContains: "s_contains",
		opAfter: "t_after", opBefore: "t_before", opTimeContains: "t_contains", opTimeDisjoint: "t_disjoint",
		opDuring: "t_during", opTimeEquals: "t_equals", opFinishedBy: "t_finishedBy", opFinishes: "t_finishes",
		opTimeIntersects: "t_intersects", opMeets: "t_meets", opMetBy: "t_metBy", opOverlappedBy: "t_overlappedBy",
		opTimeOverlaps: "t_overlaps", opStartedBy: "t_startedBy", opStarts: "t_starts",
		opArrayEquals: "a_equals", opArrayContains: "a_contains", opArrayContainedBy: "a_containedBy",
		opArrayOverlaps: "a_overlaps",
	}[o]
}

// operator finds an operator by its JSON name, whatever its case.
func operator(name string) (op, bool) {
	for o := opFunction + 1; o < opCount; o++ {
		if strings.EqualFold(o.String(), name) {
			return o, true
		}
	}
	return opFunction, false
}

// arity is the number of operands that JSON must give; max 0 means no bound.
func (o op) arity() (lowest, highest int) {
	switch o {
	case opFunction:
		return 0, 0
	case opAnd, opOr:
		return 2, 0
	case opNot, opIsNull, opCasei, opAccenti:
		return 1, 1
	case opBetween:
		return 3, 3
	default:
		return 2, 2
	}
}

func (o op) comparison() bool { return o >= opEqual && o <= opGreaterEqual }
func (o op) arithmetic() bool { return o >= opAdd && o <= opPower }
func (o op) spatial() bool    { return o >= opIntersects && o <= opContains }
func (o op) temporal() bool   { return o >= opAfter && o <= opStarts }
func (o op) array() bool      { return o >= opArrayEquals && o <= opArrayOverlaps }

// functional operators are written as functions in text.
func (o op) functional() bool { return o >= opCasei }

// mirrored is the comparison with its operands exchanged: a < b is b > a.
func (o op) mirrored() op {
	switch o {
	case opLess:
		return opGreater
	case opLessEqual:
		return opGreaterEqual
	case opGreater:
		return opLess
	case opGreaterEqual:
		return opLessEqual
	default:
		return o
	}
}

// opposite is the comparison that is true where o is false, and unknown where o
// is unknown.
func (o op) opposite() op {
	switch o {
	case opEqual:
		return opNotEqual
	case opNotEqual:
		return opEqual
	case opLess:
		return opGreaterEqual
	case opLessEqual:
		return opGreater
	case opGreater:
		return opLessEqual
	default:
		return opLess
	}
}

// symmetric operators mean the same with their two operands exchanged.
func (o op) symmetric() bool {
	switch o {
	case opEqual, opNotEqual, opIntersects, opEquals, opDisjoint, opTouches, opOverlaps,
		opTimeDisjoint, opTimeEquals, opTimeIntersects, opArrayEquals, opArrayOverlaps:
		return true
	default:
		return false
	}
}

// reserved reports whether an unquoted word cannot be a property.
func reserved(word string) bool {
	switch strings.ToUpper(word) {
	case "AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "TRUE", "FALSE", "DIV":
		return true
	default:
		return false
	}
}

// literalWord reports whether a word before a parenthesis begins a literal, so
// that no function can have that name.
func literalWord(word string) bool {
	switch strings.ToUpper(word) {
	case "DATE", "TIMESTAMP", "INTERVAL", "BBOX":
		return true
	default:
		_, ok := geometryType(word)
		return ok
	}
}
