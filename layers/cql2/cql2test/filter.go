package cql2test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"yiping/layers/cql2"
)

// Filter is a random condition in CQL2 text that passes Check with Schema.
func (g *Generator) Filter() string { return g.condition(3) }

// condition may nest as deep as depth.
func (g *Generator) condition(depth int) string {
	if depth > 0 && !g.one(4) {
		switch g.rand.IntN(6) {
		case 0, 1:
			return "(" + g.condition(depth-1) + " AND " + g.condition(depth-1) + ")"
		case 2, 3:
			return "(" + g.condition(depth-1) + " OR " + g.condition(depth-1) + ")"
		case 4:
			return "NOT (" + g.condition(depth-1) + ")"
		default:
			return "(" + g.condition(depth-1) + ") IS " + g.not() + "NULL"
		}
	}
	return g.predicate()
}

func (g *Generator) not() string { return pick(g, "", "NOT ") }

func (g *Generator) predicate() string {
	switch g.rand.IntN(12) {
	case 0, 1, 2:
		return g.comparison()
	case 3:
		return g.like()
	case 4:
		t := g.scalarType()
		return g.operand(t) + " " + g.not() + "IN (" + strings.Join(g.list(t), ", ") + ")"
	case 5:
		t := pick(g, cql2.Integer, cql2.Number, cql2.String, cql2.Date, cql2.Timestamp)
		return g.operand(t) + " " + g.not() + "BETWEEN " + g.operand(t) + " AND " + g.operand(t)
	case 6:
		return g.nullness()
	case 7, 8:
		return g.spatial()
	case 9:
		return g.temporal()
	case 10:
		return g.arrays()
	default:
		return pick(g, "TRUE", "FALSE", "flag1", "flag2", "positive("+g.operand(cql2.Number)+")")
	}
}

func (g *Generator) scalarType() cql2.Type {
	return pick(g, cql2.Boolean, cql2.String, cql2.Integer, cql2.Number, cql2.Date, cql2.Timestamp)
}

func (g *Generator) comparison() string {
	a := g.scalarType()
	b := a
	switch a {
	case cql2.Boolean:
		return g.operand(a) + pick(g, " = ", " <> ") + g.operand(a)
	case cql2.Integer, cql2.Number:
		b = pick(g, cql2.Integer, cql2.Number)
	case cql2.Date, cql2.Timestamp:
		b = pick(g, cql2.Date, cql2.Timestamp)
	default:
	}
	return g.operand(a) + pick(g, " = ", " <> ", " < ", " <= ", " > ", " >= ") + g.operand(b)
}

func (g *Generator) list(t cql2.Type) []string {
	items := make([]string, 1+g.rand.IntN(4))
	for i := range items {
		items[i] = g.literal(t)
		if g.one(6) {
			items[i] = g.operand(t)
		}
	}
	return items
}

// property is the name of a property that is no array.
func (g *Generator) property(t cql2.Type) string {
	var names []string
	for _, p := range g.schema.Properties {
		if p.Type == t && !p.Array {
			names = append(names, p.Name)
		}
	}
	return pick(g, names...)
}

// operand is an expression of a type.
func (g *Generator) operand(t cql2.Type) string {
	switch n := g.rand.IntN(6); {
	case n == 0:
		return g.literal(t)
	case n == 1, n == 2 && t == cql2.Number:
		return g.computed(t)
	default:
		return g.property(t)
	}
}

func (g *Generator) computed(t cql2.Type) string {
	switch t {
	case cql2.Boolean:
		return "(" + g.condition(1) + ")"
	case cql2.String:
		if g.one(4) {
			return "twice(" + g.operand(t) + ")"
		}
		return pick(g, "CASEI", "ACCENTI") + "(" + g.operand(t) + ")"
	case cql2.Integer:
		return "bytes(" + g.operand(cql2.String) + ")"
	case cql2.Number:
		if g.one(8) {
			return "negative(" + g.operand(pick(g, cql2.Integer, cql2.Number)) + ")"
		}
		return "(" + g.operand(pick(g, cql2.Integer, t)) + pick(g, " + ", " - ", " * ", " / ", " % ", " div ", " ^ ") + g.operand(t) + ")"
	case cql2.Date:
		return "day_after(" + g.operand(t) + ")"
	case cql2.Timestamp:
		return "hour_after(" + g.operand(t) + ")"
	default:
		return "box(" + g.property(t) + ")"
	}
}

func (g *Generator) literal(t cql2.Type) string {
	switch t {
	case cql2.Boolean:
		return pick(g, "TRUE", "FALSE")
	case cql2.String:
		return quote(g.text())
	case cql2.Integer:
		return fmt.Sprint(g.integer())
	case cql2.Number:
		return fmt.Sprint(g.number())
	case cql2.Date:
		return "DATE('" + g.day().Format(time.DateOnly) + "')"
	case cql2.Timestamp:
		return "TIMESTAMP('" + g.moment().Format(time.RFC3339Nano) + "')"
	default:
		return g.geometry()
	}
}

// quote follows the package comment of cql2: a backslash before a quote doubles.
func quote(s string) string {
	var b strings.Builder
	for i := range len(s) {
		rest := strings.TrimLeft(s[i:], `\`)
		switch {
		case s[i] == '\'':
			b.WriteByte('\'')
		case s[i] == '\\' && (rest == "" || rest[0] == '\''):
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return "'" + b.String() + "'"
}

func (g *Generator) geometry() string {
	if !g.one(3) {
		return wkt.MarshalString(g.shape())
	}
	if g.one(8) {
		return "BBOX(1.5, -1, -179, 1)"
	}
	b := orb.MultiPoint{g.point(), g.point()}.Bound()
	return fmt.Sprintf("BBOX(%v, %v, %v, %v)", b.Min[0], b.Min[1], b.Max[0], b.Max[1])
}

func (g *Generator) like() string {
	var pattern strings.Builder
	for range g.rand.IntN(4) {
		pattern.WriteString(pick(g, "%", "_", "a", "b", "ß", "s", "é", "北", `\%`, `\_`, `\\`, "'", g.plain()))
	}
	literal := quote(pattern.String())
	switch g.rand.IntN(5) {
	case 0:
		return "CASEI(" + g.operand(cql2.String) + ") " + g.not() + "LIKE CASEI(" + literal + ")"
	case 1:
		return "ACCENTI(" + g.operand(cql2.String) + ") " + g.not() + "LIKE ACCENTI(" + literal + ")"
	default:
		return g.operand(cql2.String) + " " + g.not() + "LIKE " + literal
	}
}

// plain is a text that means itself in a pattern.
func (g *Generator) plain() string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(g.text())
}

func (g *Generator) nullness() string {
	switch g.rand.IntN(4) {
	case 0:
		return g.computed(g.scalarType()) + " IS " + g.not() + "NULL"
	case 1:
		return pick(g, "shape1", "words", "counts", "INTERVAL(day1, day2)", "INTERVAL(moment1, '..')", "box(shape1)") + " IS " + g.not() + "NULL"
	default:
		return g.property(g.scalarType()) + " IS " + g.not() + "NULL"
	}
}

func (g *Generator) spatial() string {
	o := pick(g, "S_INTERSECTS", "S_EQUALS", "S_DISJOINT", "S_TOUCHES", "S_WITHIN", "S_OVERLAPS", "S_CROSSES", "S_CONTAINS")
	left, right := g.property(cql2.Geometry), g.geometry()
	switch g.rand.IntN(12) {
	case 4, 5:
		left, right = "point1", wkt.MarshalString(g.freePolygon())
	case 0:
		right = g.property(cql2.Geometry)
	case 1:
		right = g.computed(cql2.Geometry)
	case 2:
		left = g.geometry()
	case 3:
		o = pick(g, "S_INTERSECTS", "S_DISJOINT")
		right = "GEOMETRYCOLLECTION(" + wkt.MarshalString(g.shape()) + ", " + wkt.MarshalString(g.shape()) + ")"
	}
	if g.one(2) {
		left, right = right, left
	}
	return o + "(" + left + ", " + right + ")"
}

func (g *Generator) temporal() string {
	if g.one(2) {
		o := pick(g, "T_AFTER", "T_BEFORE", "T_DISJOINT", "T_EQUALS", "T_INTERSECTS")
		return o + "(" + g.span() + ", " + g.span() + ")"
	}
	o := pick(g, "T_CONTAINS", "T_DURING", "T_FINISHEDBY", "T_FINISHES", "T_MEETS", "T_METBY", "T_OVERLAPPEDBY", "T_OVERLAPS", "T_STARTEDBY", "T_STARTS")
	return o + "(" + g.interval() + ", " + g.interval() + ")"
}

func (g *Generator) span() string {
	if g.one(2) {
		return g.interval()
	}
	return g.operand(pick(g, cql2.Date, cql2.Timestamp))
}

func (g *Generator) interval() string {
	t := pick(g, cql2.Date, cql2.Timestamp)
	switch g.rand.IntN(3) {
	case 0:
		ends := []time.Time{g.moment(), g.moment()}
		slices.SortFunc(ends, time.Time.Compare)
		format := time.RFC3339Nano
		if t == cql2.Date {
			format = time.DateOnly
		}
		start, end := "'"+ends[0].Format(format)+"'", "'"+ends[1].Format(format)+"'"
		return "INTERVAL(" + pick(g, start, start, "'..'") + ", " + pick(g, end, end, "'..'") + ")"
	case 1:
		return "INTERVAL(" + g.property(t) + ", '..')"
	default:
		return "INTERVAL(" + g.property(t) + ", " + g.property(pick(g, t, cql2.Date, cql2.Timestamp)) + ")"
	}
}

func (g *Generator) arrays() string {
	name, t := "words", cql2.String
	switch g.rand.IntN(6) {
	case 0:
		name, t = "counts", cql2.Integer
	case 1:
		name, t = "sizes", cql2.Number
	case 2:
		name, t = "days", cql2.Date
	case 3:
		name, t = "moments", cql2.Timestamp
	case 4:
		name, t = "flags", cql2.Boolean
	}
	other := name
	switch {
	case g.one(8):
		other = "()"
	case !g.one(6):
		switch {
		case g.one(4) && t == cql2.Integer:
			t = cql2.Number
		case g.one(4) && t == cql2.Timestamp:
			t = cql2.Date
		}
		other = "(" + strings.Join(g.list(t), ", ") + ")"
	}
	if g.one(2) {
		name, other = other, name
	}
	return pick(g, "A_EQUALS", "A_CONTAINS", "A_CONTAINEDBY", "A_OVERLAPS") + "(" + name + ", " + other + ")"
}
