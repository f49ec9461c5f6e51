package cql2

import (
	"fmt"
	"strings"
)

// Type is the type of a value in a filter.
type Type uint8

// The types, each with the Go type and the PostgreSQL type that hold its values.
const (
	Boolean   Type = iota + 1 // bool, boolean
	String                    // string, text
	Integer                   // int64, bigint or a smaller integer
	Number                    // float64, double precision
	Date                      // days since 1970-01-01, date
	Timestamp                 // microseconds since 1970-01-01T00:00:00Z, timestamptz
	Geometry                  // orb.Geometry in lon, lat, geometry with SRID 4326
)

// String names the type with its article, for messages.
func (t Type) String() string {
	switch t {
	case Boolean:
		return "a boolean"
	case String:
		return "a text"
	case Integer:
		return "an integer"
	case Number:
		return "a number"
	case Date:
		return "a date"
	case Timestamp:
		return "a timestamp"
	case Geometry:
		return "a geometry"
	default:
		return fmt.Sprintf("type %d", uint8(t))
	}
}

// sqlName is the PostgreSQL type that values of t are passed as.
func (t Type) sqlName() string {
	switch t {
	case Boolean:
		return "boolean"
	case Integer:
		return "bigint"
	case Number:
		return "float8"
	case Date:
		return "date"
	case Timestamp:
		return "timestamptz"
	case Geometry:
		return "geometry"
	default:
		return "text"
	}
}

// Property is a queryable: what a filter may name.
type Property struct {
	// Name is the name in filters.
	Name string
	// Column is the column in the database. Defaults to Name.
	Column string
	Type   Type
	// Array properties hold a set of values of the type (not of geometries).
	Array bool
}

// Function is a function beyond the standard's own. It is strict: with a null
// argument its result is null, in SQL and here.
type Function struct {
	// Name is matched exactly.
	Name string
	// Params are the types of the arguments; an integer may stand for a number.
	Params []Type
	Result Type
	// SQL writes the call from the arguments' SQL, which are of the types of
	// Params as PostgreSQL names them. It must be immutable.
	SQL func(args []string) string
	// Eval computes the same on values of the types of Params as Type lists
	// them (dates and timestamps as int64); nil is null. It must be pure and
	// safe for concurrent use.
	Eval func(args []any) any
}

// Schema is what filters are checked against. Names of columns come from here
// only, so that nothing of a filter's text reaches SQL but as a parameter.
type Schema struct {
	Properties []Property
	Functions  []Function
}

func (s *Schema) property(name string) (Property, bool) {
	for _, p := range s.Properties {
		if p.Name == name {
			if p.Column == "" {
				p.Column = p.Name
			}
			return p, true
		}
	}
	return Property{}, false
}

func (s *Schema) function(name string) (Function, bool) {
	for _, f := range s.Functions {
		if f.Name == name {
			return f, true
		}
	}
	return Function{}, false
}

// maxNearest bounds the work of looking for what a name may have meant.
const maxNearest = 100

// nearest finds the name that a mistyped one most likely means: at most a third
// of its letters away. Empty if none is near.
func nearest(name string, names []string) string {
	if len(name) > maxNearest {
		return ""
	}
	best, bestDistance := "", len([]rune(name))/3+1
	for _, n := range names {
		if d := editDistance(strings.ToLower(name), strings.ToLower(n)); d < bestDistance {
			best, bestDistance = n, d
		}
	}
	return best
}

// editDistance is Levenshtein's distance in code points.
func editDistance(a, b string) int {
	as, bs := []rune(a), []rune(b)
	row := make([]int, len(bs)+1)
	for j := range row {
		row[j] = j
	}
	for i, ra := range as {
		diagonal := row[0]
		row[0] = i + 1
		for j, rb := range bs {
			substitute := diagonal
			if ra != rb {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitute, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(bs)]
}
