package cql2

import (
	"fmt"
	"math"
	"strconv"
)

// Operands of arithmetic are 0 or within these sizes, so that no sum, product
// or quotient can leave the range of a double: PostgreSQL makes that an error,
// and Go an infinity.
const (
	leastOperand    = 1e-100
	greatestOperand = 1e100
	// greatestLogPower bounds |b ln|a|| of a power a^b likewise.
	greatestLogPower = 230
)

func inRange(x float64) bool {
	size := math.Abs(x)
	return x == 0 || size >= leastOperand && size <= greatestOperand
}

// compute is an arithmetic operator on doubles; false means null. The conversion
// keeps the compiler from fusing a multiplication with a subtraction, which
// would round differently from PostgreSQL.
func compute(o op, a, b float64) (float64, bool) {
	if !inRange(a) || !inRange(b) {
		return 0, false
	}
	switch o {
	case opAdd:
		return a + b, true
	case opSubtract:
		return a - b, true
	case opMultiply:
		return a * b, true
	case opPower:
		return power(a, b)
	case opDivide:
		return a / b, b != 0
	case opModulo:
		return a - float64(b*math.Trunc(a/b)), b != 0
	default:
		return math.Trunc(a / b), b != 0
	}
}

func power(a, b float64) (float64, bool) {
	switch {
	case a == 0 && b > 0:
		return 0, true
	case a == 0:
		return 1, b == 0
	case a < 0 && b != math.Trunc(b), math.Abs(b*math.Log(math.Abs(a))) > greatestLogPower:
		return 0, false
	}
	// Twelve digits hide the last bits, in which C and Go libraries differ.
	digits := strconv.FormatFloat(math.Pow(a, b), 'e', 11, 64)
	f, err := strconv.ParseFloat(digits, 64)
	return f, err == nil
}

// arithmetic writes compute as SQL. Operands are used more than once, so that
// what is no column or constant is computed first, in a row of its own.
func (w sqlWriter) arithmetic(e *arithmetic) string {
	a, b := w.write(e.l), w.write(e.r)
	if simple(e.l) && simple(e.r) {
		return "(" + computeSQL(e.op, a, b) + ")"
	}
	// OFFSET 0 keeps the planner from putting the operands back in.
	return "(SELECT " + computeSQL(e.op, "operand.a", "operand.b") +
		" FROM (SELECT " + a + " AS a, " + b + " AS b OFFSET 0) AS operand)"
}

func simple(e expr) bool {
	if c, ok := e.(*cast); ok {
		e = c.x
	}
	switch e.(type) {
	case *constant, *column:
		return true
	default:
		return false
	}
}

func computeSQL(o op, a, b string) string {
	limits := inRangeSQL(a) + " AND " + inRangeSQL(b)
	when := func(condition, result string) string { return "CASE WHEN " + condition + " THEN " + result + " END" }
	switch o {
	case opPower:
		return when(limits, powerSQL(a, b))
	case opDivide:
		return when(limits+" AND "+b+" <> 0", a+" / "+b)
	case opModulo:
		return when(limits+" AND "+b+" <> 0", a+" - "+b+" * trunc("+a+" / "+b+")")
	case opIntegerDivide:
		return when(limits+" AND "+b+" <> 0", "trunc("+a+" / "+b+")")
	default:
		return when(limits, a+" "+o.String()+" "+b)
	}
}

func inRangeSQL(x string) string {
	return fmt.Sprintf("(%[1]s = 0 OR abs(%[1]s) BETWEEN '%[2]g'::float8 AND '%[3]g'::float8)", x, leastOperand, greatestOperand)
}

// powerSQL relies on CASE trying its conditions in order.
func powerSQL(a, b string) string {
	return fmt.Sprintf("CASE WHEN %[1]s = 0 THEN CASE WHEN %[2]s > 0 THEN 0::float8 WHEN %[2]s = 0 THEN 1::float8 END"+
		" WHEN %[1]s < 0 AND %[2]s <> trunc(%[2]s) THEN NULL"+
		" WHEN abs(%[2]s * ln(abs(%[1]s))) > %[3]d THEN NULL"+
		" ELSE to_char(power(%[1]s, %[2]s), '9.99999999999EEEE')::float8 END", a, b, greatestLogPower)
}
