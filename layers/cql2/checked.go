package cql2

import "github.com/peterstace/simplefeatures/geom"

// expr is a checked expression: names are resolved, types are settled, and what
// an operator means has been decided, so that the SQL writer and the matcher
// only carry it out. The set is closed.
type expr interface{ typ() Type }

type (
	// constant is a scalar literal. An end beyond all instants has infinite -1
	// or 1.
	constant struct {
		kind     Type
		boolean  bool
		text     string
		integer  int64 // Integer, Date, Timestamp
		number   float64
		infinite int
	}
	// column is a property that is no array.
	column struct{ Property }
	// cast makes an integer a number, or a timestamp its date in UTC.
	cast struct {
		to Type
		x  expr
	}
	// logic is AND, OR or NOT.
	logic struct {
		op   op
		args []expr
	}
	// comparison compares two values of one type.
	comparison struct {
		op   op
		l, r expr
	}
	// membership is IN, with a list of the type of x.
	membership struct {
		x    expr
		list []expr
	}
	// likeness is LIKE with a pattern that is already folded.
	likeness struct {
		x       expr
		pattern string
	}
	// nullness is true if any of its operands is null.
	nullness struct{ args []expr }
	// arithmetic computes on numbers.
	arithmetic struct {
		op   op
		l, r expr
	}
	// folding is CASEI or ACCENTI of a text.
	folding struct {
		op op
		x  expr
	}
	// shapeConstant is a literal geometry, valid and on the plane.
	shapeConstant struct{ value geom.Geometry }
	// relation is a spatial predicate.
	relation struct {
		op   op
		l, r expr
	}
	// set is an array of values of one type: a property, or a list of values.
	set struct {
		property Property // if items is nil
		items    []expr
		kind     Type
	}
	// setRelation is an array predicate.
	setRelation struct {
		op   op
		l, r *set
	}
	// application calls a function of the schema.
	application struct {
		function Function
		args     []expr
	}
)

func (e *constant) typ() Type      { return e.kind }
func (e *column) typ() Type        { return e.Type }
func (e *cast) typ() Type          { return e.to }
func (e *logic) typ() Type         { return Boolean }
func (e *comparison) typ() Type    { return Boolean }
func (e *membership) typ() Type    { return Boolean }
func (e *likeness) typ() Type      { return Boolean }
func (e *nullness) typ() Type      { return Boolean }
func (e *arithmetic) typ() Type    { return Number }
func (e *folding) typ() Type       { return String }
func (e *shapeConstant) typ() Type { return Geometry }
func (e *relation) typ() Type      { return Boolean }
func (e *set) typ() Type           { return e.kind }
func (e *setRelation) typ() Type   { return Boolean }
func (e *application) typ() Type   { return e.function.Result }

// operands lists what stands directly below e.
func operands(e expr) []expr {
	switch e := e.(type) {
	case *cast:
		return []expr{e.x}
	case *logic:
		return e.args
	case *comparison:
		return []expr{e.l, e.r}
	case *membership:
		return append([]expr{e.x}, e.list...)
	case *likeness:
		return []expr{e.x}
	case *nullness:
		return e.args
	case *arithmetic:
		return []expr{e.l, e.r}
	case *folding:
		return []expr{e.x}
	case *relation:
		return []expr{e.l, e.r}
	case *set:
		return e.items
	case *setRelation:
		return []expr{e.l, e.r}
	case *application:
		return e.args
	default:
		return nil
	}
}

// eachProperty visits the properties of e, repetitions included.
func eachProperty(e expr, visit func(Property)) {
	switch e := e.(type) {
	case *column:
		visit(e.Property)
	case *set:
		if e.items == nil {
			visit(e.property)
		}
	}
	for _, o := range operands(e) {
		eachProperty(o, visit)
	}
}
