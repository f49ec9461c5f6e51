package cql2

import (
	"math"
	"strconv"
	"strings"
)

// maxExactInteger is the largest size up to which every integer is a double.
const maxExactInteger = 1 << 53

// parseNumber reads a decimal number with an optional sign. Numbers without a
// fraction are whole, and exact as long as they fit 64 bits.
func parseNumber(s string) (number, bool) {
	if i, err := strconv.ParseInt(strings.TrimPrefix(s, "+"), 10, 64); err == nil {
		return number{integer: i, float: float64(i), whole: true}, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return number{}, false
	}
	return *numberOf(f), true
}

// format writes the number so that parseNumber gives the same back, in a form
// that text and JSON share.
func (n *number) format() string {
	switch size := math.Abs(n.float); {
	case n.whole:
		return strconv.FormatInt(n.integer, 10)
	case size >= 1e-6 && size < maxExactInteger:
		return strconv.FormatFloat(n.float, 'f', -1, 64)
	default:
		return strconv.FormatFloat(n.float, 'E', -1, 64)
	}
}

// literal is n as a node that stands at p.
func (n number) literal(p place) *number {
	n.place = p
	return &n
}

// numberOf is the number that the double f is written as.
func numberOf(f float64) *number {
	if f == math.Trunc(f) && math.Abs(f) <= maxExactInteger {
		i := int64(f) // drops the sign of -0
		return &number{integer: i, float: float64(i), whole: true}
	}
	return &number{float: f}
}
