package stream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/cql2"
)

// sieve decides which events a query takes. It belongs to one goroutine.
type sieve struct {
	area    area
	filters []itemFilter
}

// itemFilter is a filter on one item, whose values are put into row.
type itemFilter struct {
	*cql2.Matcher
	fields []layers.Property
	row    []any
}

func newSieve(q *query) (*sieve, error) {
	s := &sieve{area: q.area}
	for _, f := range q.filters {
		i := itemFilter{}
		for _, p := range f.Properties() {
			own, ok := q.about.field(p.Name)
			if !ok {
				return nil, fmt.Errorf("%s is not among the fields of the stream", p.Name)
			}
			i.fields = append(i.fields, own)
		}
		i.row = make([]any, len(i.fields))
		var err error
		if i.Matcher, err = f.Compile(cql2.NewRows(f.Properties(), [][]any{i.row})); err != nil {
			return nil, err
		}
		s.filters = append(s.filters, i)
	}
	return s, nil
}

// after reports whether the item is a member after an event, before whether it was
// before: what is in a final state is none.
func (s *sieve) after(e *Event) bool  { return !e.Final && s.takes(e.Is, e.Body) }
func (s *sieve) before(e *Event) bool { return s.takes(e.Was, e.Before) }

// takes reports whether the query takes an item by its place and its row.
func (s *sieve) takes(at *orb.Point, row json.RawMessage) bool {
	if at == nil || row == nil || !s.area.holds(rounded(*at)) {
		return false
	}
	if len(s.filters) == 0 {
		return true
	}
	values := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(row))
	d.UseNumber()
	if err := d.Decode(&values); err != nil {
		return false
	}
	for _, f := range s.filters {
		if !f.takes(values) {
			return false
		}
	}
	return true
}

// takes matches one item. What does not fit its field counts as null.
func (f *itemFilter) takes(values map[string]any) bool {
	for i, p := range f.fields {
		p.Required = false
		v, err := p.CoerceJSON(values[p.Name])
		if err != nil {
			v = nil
		}
		f.row[i] = v
	}
	return f.Match(0) == cql2.True
}

// rounding is how far, in degrees, a place may lie from where frames tell it; more
// than that does no harm.
const rounding = 1e-7

// rounded is a place as frames tell it, which decides about membership.
func rounded(p orb.Point) orb.Point {
	return orb.Point{math.Round(p[0]*1e7) / 1e7, math.Round(p[1]*1e7) / 1e7}
}
