package fence

import (
	"fmt"
	"slices"

	"yiping/layers"
	"yiping/layers/cql2"
)

// Values are what an object says of itself in a fix.
type Values interface {
	// Value is that of a field: string, float64, int64 or bool; nil if it is not known.
	Value(field string) any
}

// filter decides which objects of a stream a fence watches. It belongs to one
// goroutine.
type filter struct {
	matcher *cql2.Matcher
	// fields are those that are asked for, row their values.
	fields []string
	row    []any
}

// maxWhere is the length of a filter in bytes.
const maxWhere = 8 << 10

// newFilter prepares a filter, CQL2 text, on the rows of a stream. The error is a
// *layers.InputError.
func newFilter(rows *layers.Layer, where string) (*filter, error) {
	if rows == nil {
		return nil, layers.InputErrorf("properties.where", "the fields of the stream are not known")
	}
	parsed, err := layers.ParseFilter(rows, where, layers.CQL2Text, layers.CRS84)
	if err != nil {
		return nil, layers.InputErrorf("properties.where", "on the rows of %s: %.300s", rows.Name, err)
	}
	f := &filter{}
	for _, p := range parsed.Properties() {
		if !slices.ContainsFunc(rows.Properties, func(own layers.Property) bool { return own.Name == p.Name }) {
			return nil, layers.InputErrorf("properties.where", "%s is not among the fields of %s", p.Name, rows.Name)
		}
		f.fields = append(f.fields, p.Name)
	}
	f.row = make([]any, len(f.fields))
	if f.matcher, err = parsed.Compile(cql2.NewRows(parsed.Properties(), [][]any{f.row})); err != nil {
		return nil, fmt.Errorf("prepare %s: %w", where, err)
	}
	return f, nil
}

// takes reports whether an object with the values is watched.
func (f *filter) takes(v Values) bool {
	for i, name := range f.fields {
		if f.row[i] = nil; v != nil {
			f.row[i] = v.Value(name)
		}
	}
	return f.matcher.Match(0) == cql2.True
}

// takes reports whether the fence watches an object of a stream with the values.
func (w *watched) takes(st *objects, v Values) bool {
	f := w.filters[st]
	return f == nil || f.takes(v)
}

// checkFilter holds the filter of a definition to the rows of its streams.
func (d *Definition) checkFilter(rows func(stream string) *layers.Layer) error {
	if d.Where == "" {
		return nil
	}
	for _, name := range d.Streams {
		if _, err := newFilter(rows(name), d.Where); err != nil {
			return err
		}
	}
	return nil
}
