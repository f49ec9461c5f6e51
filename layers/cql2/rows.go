package cql2

import (
	"fmt"
	"time"

	"github.com/paulmach/orb"
)

// Rows presents rows of Go values as columns, to match one changed feature or a
// few. A packed image has readers of its own, which are faster.
type Rows struct {
	properties []Property
	values     [][]any
}

// NewRows takes rows whose values stand in the order of the properties. Values
// are of the Go types that Type lists; a date or a timestamp may be a time.Time
// too, an array is a []any, nil is null. It keeps the slices.
func NewRows(properties []Property, values [][]any) *Rows { return &Rows{properties, values} }

// Column returns the reader of a property.
func (r *Rows) Column(p Property) (Column, error) {
	for i, q := range r.properties {
		if q.Name == p.Name {
			return rowsColumn{r.values, i, p.Type == Date}, nil
		}
	}
	return nil, fmt.Errorf("the rows have no property %q", p.Name)
}

// rowsColumn is a reader of every type but points and dictionaries.
type rowsColumn struct {
	values [][]any
	index  int
	date   bool
}

func (c rowsColumn) at(row int) any { return c.values[row][c.index] }

func (c rowsColumn) Nulls(row, n int, null *Bits) {
	for i := range n {
		if c.at(row+i) == nil {
			null.Set(i)
		}
	}
}

func (c rowsColumn) Bools(row, n int, dst *Bits) {
	for i := range n {
		if v, _ := c.at(row + i).(bool); v {
			dst.Set(i)
		}
	}
}

func (c rowsColumn) Ints(row int, dst []int64) {
	for i := range dst {
		dst[i], _ = c.scalar(c.at(row + i)).(int64)
	}
}

func (c rowsColumn) Floats(row int, dst []float64) {
	for i := range dst {
		dst[i], _ = c.at(row + i).(float64)
	}
}

func (c rowsColumn) Texts(row int, dst []string) {
	for i := range dst {
		dst[i], _ = c.at(row + i).(string)
	}
}

func (c rowsColumn) Bounds(row int, dst []orb.Bound) {
	for i := range dst {
		if g, ok := c.at(row + i).(orb.Geometry); ok {
			dst[i] = g.Bound()
		}
	}
}

func (c rowsColumn) Geometry(row int) orb.Geometry {
	g, _ := c.at(row).(orb.Geometry)
	return g
}

func (c rowsColumn) Array(row int) []any {
	items, _ := c.at(row).([]any)
	out := make([]any, len(items))
	for i, v := range items {
		out[i] = c.scalar(v)
	}
	return out
}

// scalar makes a time the integer that Type lists.
func (c rowsColumn) scalar(v any) any {
	t, ok := v.(time.Time)
	switch {
	case !ok:
		return v
	case c.date:
		return daysOf(t)
	default:
		return t.UnixMicro()
	}
}
