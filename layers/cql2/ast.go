package cql2

import (
	"slices"

	"github.com/peterstace/simplefeatures/geom"
)

// Expr is a parsed CQL2 expression whose names and types nobody has checked.
type Expr struct {
	root   node
	source source
}

// Properties lists the names of the properties that the expression mentions,
// sorted, each once.
func (e *Expr) Properties() []string {
	var names []string
	walk(e.root, func(n node) {
		if p, ok := n.(*property); ok {
			names = append(names, p.name)
		}
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// Transform returns the expression with f applied to every coordinate of its
// geometries and to the corners of its boxes, for filters that are not in
// lon, lat. A box becomes the box of its transformed corners. Heights stay.
func (e *Expr) Transform(f func(x, y float64) (lon, lat float64, err error)) (*Expr, error) {
	var fault error
	root := rewrite(e.root, func(n node) node {
		moved, err := transformed(n, f)
		if err != nil && fault == nil {
			fault = e.source.errorf(n.at(), "the coordinates cannot be transformed: %v", err)
		}
		return moved
	})
	if fault != nil {
		return nil, fault
	}
	return &Expr{root: root, source: e.source}, nil
}

// node is one part of an expression. The set is closed.
type node interface{ at() place }

func (p place) at() place { return p }

type (
	// property names a property of the feature.
	property struct {
		place
		name string
	}
	// boolean is TRUE or FALSE.
	boolean struct {
		place
		value bool
	}
	// number is a literal number. A whole number is exact in integer.
	number struct {
		place
		float   float64
		integer int64
		whole   bool
	}
	// text is a character literal.
	text struct {
		place
		value string
	}
	// instant is a date in days or a timestamp in microseconds since 1970.
	instant struct {
		place
		date  bool
		value int64
	}
	// openEnd is the '..' of an interval.
	openEnd struct{ place }
	// interval has an instant, a property, a function or an openEnd at each end.
	interval struct {
		place
		start, end node
	}
	// bbox has 4 numbers, or 6 with heights: lower corner, upper corner.
	bbox struct {
		place
		corners []float64
	}
	// geometry is a literal geometry, not validated.
	geometry struct {
		place
		value geom.Geometry
	}
	// array is a literal list, found only among the arguments of functions.
	array struct {
		place
		items []node
	}
	// call is an operator or a function with its operands. An IN has its list
	// flat behind its first operand.
	call struct {
		place
		op   op
		name string // of a function that is not the standard's
		args []node
	}
)

func children(n node) []node {
	switch n := n.(type) {
	case *call:
		return n.args
	case *array:
		return n.items
	case *interval:
		return []node{n.start, n.end}
	default:
		return nil
	}
}

// walk visits n and all below it, parents first.
func walk(n node, visit func(node)) {
	visit(n)
	for _, c := range children(n) {
		walk(c, visit)
	}
}

// rewrite builds a tree from f of each node, children first.
func rewrite(n node, f func(node) node) node {
	switch n := n.(type) {
	case *call:
		return f(&call{n.place, n.op, n.name, rewriteAll(n.args, f)})
	case *array:
		return f(&array{n.place, rewriteAll(n.items, f)})
	case *interval:
		return f(&interval{n.place, rewrite(n.start, f), rewrite(n.end, f)})
	default:
		return f(n)
	}
}

func rewriteAll(nodes []node, f func(node) node) []node {
	out := make([]node, len(nodes))
	for i, n := range nodes {
		out[i] = rewrite(n, f)
	}
	return out
}

func transformed(n node, f func(x, y float64) (float64, float64, error)) (node, error) {
	switch n := n.(type) {
	case *geometry:
		moved, err := n.value.Transform(func(ct geom.CoordinatesType, c []float64) error {
			for i := 0; i+1 < len(c); i += ct.Dimension() {
				x, y, err := f(c[i], c[i+1])
				if err != nil {
					return err
				}
				c[i], c[i+1] = x, y
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		return &geometry{n.place, moved}, nil
	case *bbox:
		return transformedBox(n, f)
	default:
		return n, nil
	}
}

func transformedBox(n *bbox, f func(x, y float64) (float64, float64, error)) (node, error) {
	box := &bbox{n.place, slices.Clone(n.corners)}
	half := len(box.corners) / 2
	for _, corner := range []int{0, half} {
		x, y, err := f(box.corners[corner], box.corners[corner+1])
		if err != nil {
			return n, err
		}
		box.corners[corner], box.corners[corner+1] = x, y
	}
	return box, nil
}
