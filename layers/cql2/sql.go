package cql2

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SQLArgs collects the parameters of a statement, so that a filter can be one
// part of it.
type SQLArgs struct {
	// Values are the parameters: Values[0] is $1. A caller may put its own
	// before and after. The filter adds bool, string, int64, float64,
	// time.Time, []byte (WKB) and slices of the scalars, as pgx encodes them.
	Values []any
	// Table qualifies the columns if it is not empty.
	Table string
}

// Add appends a parameter and returns its placeholder.
func (a *SQLArgs) Add(value any) string {
	a.Values = append(a.Values, value)
	return "$" + strconv.Itoa(len(a.Values))
}

// SQL writes the filter as a boolean expression for PostgreSQL with PostGIS,
// in parentheses where it needs them. It is null where the filter is unknown.
func (f *Filter) SQL(args *SQLArgs) string { return sqlWriter{args}.write(f.root) }

type sqlWriter struct{ args *SQLArgs }

func (w sqlWriter) write(e expr) string {
	switch e := e.(type) {
	case *constant:
		return w.constant(e)
	case *column:
		return w.column(e.Property)
	case *cast:
		return w.cast(e.to, w.write(e.x))
	case *logic:
		return w.logic(e)
	case *comparison:
		return w.comparison(e)
	case *membership:
		return w.membership(e)
	case *likeness:
		return "(" + w.write(e.x) + " LIKE " + w.args.Add(e.pattern) + `::text ESCAPE '\')`
	case *nullness:
		return "(" + strings.Join(w.each(e.args, " IS NULL"), " OR ") + ")"
	case *arithmetic:
		return w.arithmetic(e)
	case *folding:
		return foldSQL(e.op, w.write(e.x))
	case *shapeConstant:
		return "ST_GeomFromWKB(" + w.args.Add(e.value.AsBinary()) + "::bytea, 4326)"
	case *relation:
		return w.relation(e)
	case *set:
		return w.set(e)
	case *setRelation:
		return w.setRelation(e)
	case *application:
		return "(" + e.function.SQL(w.each(e.args, "")) + ")"
	default:
		panic(fmt.Sprintf("cql2: no SQL for %T", e)) // the set of expressions is closed
	}
}

func (w sqlWriter) each(args []expr, suffix string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = w.write(a) + suffix
	}
	return out
}

func (w sqlWriter) column(p Property) string {
	name := quoteIdentifier(p.Column)
	if w.args.Table != "" {
		return quoteIdentifier(w.args.Table) + "." + name
	}
	return name
}

func quoteIdentifier(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func (w sqlWriter) constant(k *constant) string {
	switch {
	case k.kind == Boolean:
		return strings.ToUpper(strconv.FormatBool(k.boolean))
	case k.infinite < 0:
		return "'-infinity'::" + k.kind.sqlName()
	case k.infinite > 0:
		return "'infinity'::" + k.kind.sqlName()
	default:
		return w.args.Add(k.value()) + "::" + k.kind.sqlName()
	}
}

// value is the constant as a parameter.
func (k *constant) value() any {
	switch k.kind {
	case Boolean:
		return k.boolean
	case Integer:
		return k.integer
	case Number:
		return k.number
	case Date, Timestamp:
		i := instant{date: k.kind == Date, value: k.integer}
		return i.time()
	default:
		return k.text
	}
}

func (w sqlWriter) cast(to Type, x string) string {
	if to == Date {
		return "(" + x + " AT TIME ZONE 'UTC')::date"
	}
	return x + "::float8"
}

func (w sqlWriter) logic(e *logic) string {
	if e.op == opNot {
		return "(NOT " + w.write(e.args[0]) + ")"
	}
	return "(" + strings.Join(w.each(e.args, ""), " "+strings.ToUpper(e.op.String())+" ") + ")"
}

// comparison orders texts by their bytes. Equality needs no collation: those of
// PostgreSQL are deterministic unless made otherwise.
func (w sqlWriter) comparison(e *comparison) string {
	left := w.write(e.l)
	if e.l.typ() == String && e.op != opEqual && e.op != opNotEqual {
		left += ` COLLATE "C"`
	}
	return "(" + left + " " + e.op.String() + " " + w.write(e.r) + ")"
}

func (w sqlWriter) membership(e *membership) string {
	x := w.write(e.x)
	if values, ok := w.constants(e.list, e.x.typ()); ok {
		return "(" + x + " = ANY(" + values + "))"
	}
	return "(" + x + " IN (" + strings.Join(w.each(e.list, ""), ", ") + "))"
}

// constants passes a list of constants as one array parameter, so that a long
// list costs one placeholder and the text of the statement stays the same.
func (w sqlWriter) constants(list []expr, kind Type) (string, bool) {
	for _, e := range list {
		if _, ok := e.(*constant); !ok {
			return "", false
		}
	}
	var values any
	switch kind {
	case Boolean:
		values = constantsOf[bool](list)
	case Integer:
		values = constantsOf[int64](list)
	case Number:
		values = constantsOf[float64](list)
	case Date, Timestamp:
		values = constantsOf[time.Time](list)
	default:
		values = constantsOf[string](list)
	}
	return w.args.Add(values) + "::" + kind.sqlName() + "[]", true
}

func constantsOf[T any](list []expr) []T {
	values := make([]T, len(list))
	for i, e := range list {
		values[i], _ = e.(*constant).value().(T)
	}
	return values
}

func (w sqlWriter) relation(e *relation) string {
	arguments := "(" + w.write(e.l) + ", " + w.write(e.r) + ")"
	switch e.op {
	case opEquals:
		return "ST_Equals" + arguments
	case opTouches:
		return "ST_Touches" + arguments
	case opWithin:
		return "ST_Within" + arguments
	case opOverlaps:
		return "ST_Overlaps" + arguments
	case opCrosses:
		return "ST_Crosses" + arguments
	case opContains:
		return "ST_Contains" + arguments
	default:
		return "ST_Intersects" + arguments
	}
}

func (w sqlWriter) set(s *set) string {
	if s.items == nil {
		return w.setProperty(s)
	}
	if values, ok := w.constants(s.items, s.kind); ok {
		return values
	}
	return "ARRAY[" + strings.Join(w.each(s.items, ""), ", ") + "]::" + s.kind.sqlName() + "[]"
}

func (w sqlWriter) setProperty(s *set) string {
	name := w.column(s.property)
	switch {
	case s.property.Type == s.kind:
		return name
	case s.kind == Date:
		return "(CASE WHEN " + name + " IS NOT NULL THEN ARRAY(SELECT " + w.cast(Date, "item") + " FROM unnest(" + name + ") AS item) END)"
	default:
		return name + "::float8[]"
	}
}

func (w sqlWriter) setRelation(e *setRelation) string {
	l, r := w.write(e.l), w.write(e.r)
	switch e.op {
	case opArrayContains:
		return "(" + l + " @> " + r + ")"
	case opArrayContainedBy:
		return "(" + l + " <@ " + r + ")"
	case opArrayOverlaps:
		return "(" + l + " && " + r + ")"
	default:
		return "(" + l + " @> " + r + " AND " + l + " <@ " + r + ")"
	}
}
