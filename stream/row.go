package stream

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"

	"yiping/layers"
	"yiping/layers/image"
)

// reader finds and writes the rows of a subscription in one view.
type reader struct {
	*query
	view       *image.View
	selections []*image.Selection
	columns    []namedColumn
}

type namedColumn struct {
	image.Column
	name []byte // `,"name":`
}

// reader is nil, with a fault, while there is no view that fits.
func (q *query) reader(v *image.View) (*reader, *RequestError) {
	if v == nil {
		return nil, &RequestError{Code: Unavailable, Msg: "the layer is being loaded", Retry: 2 * time.Second}
	}
	r := &reader{query: q, view: v}
	filters := q.filters
	if len(filters) == 0 {
		filters = append(filters, nil)
	}
	for _, f := range filters {
		s, err := v.Select(f)
		if err != nil { // the layer has lost a property since the filter was checked
			return nil, faultf(BadWhere, "where: %v", err)
		}
		r.selections = append(r.selections, s)
	}
	for _, c := range v.Columns() {
		if q.fields == nil || slices.Contains(q.fields, c.Property.Name) {
			quoted, _ := json.Marshal(c.Property.Name) // a string always marshals
			r.columns = append(r.columns, namedColumn{c, append(append([]byte{','}, quoted...), ':')})
		}
	}
	return r, nil
}

// takes reports whether a row is a member.
func (r *reader) takes(row image.Row) bool {
	for _, s := range r.selections {
		if !s.Has(row) {
			return false
		}
	}
	return r.area.holds(placeOf(r.view.Anchor(row)))
}

// members lists all rows, at most limit; more says that there are others.
func (r *reader) members(limit int) (rows []image.Row, more bool) {
	r.selections[0].Within(r.area.box, func(row image.Row) bool {
		if !r.takes(row) {
			return true
		}
		if len(rows) == limit {
			more = true
			return false
		}
		rows = append(rows, row)
		return true
	})
	return rows, more
}

// append writes a row. ver is the state of the database that the view shows, which
// never goes back: the row's own version is not in memory. Null is left out.
func (r *reader) append(b []byte, row image.Row) []byte {
	p := placeOf(r.view.Anchor(row))
	b = strconv.AppendInt(append(b, `{"k":"`...), r.view.ID(row), 10)
	b = strconv.AppendUint(append(b, `","ver":`...), r.view.Cut().Xmin, 10)
	b = strconv.AppendInt(append(b, `,"t":`...), r.view.Cut().Time.UnixMilli(), 10)
	b = strconv.AppendFloat(append(b, `,"lon":`...), p[0], 'f', -1, 64)
	b = strconv.AppendFloat(append(b, `,"lat":`...), p[1], 'f', -1, 64)
	for _, c := range r.columns {
		if !c.Null(row) {
			b = c.append(append(b, c.name...), row)
		}
	}
	return append(b, '}')
}

func (c *namedColumn) append(b []byte, row image.Row) []byte {
	switch c.Kind {
	case image.Text:
		quoted, _ := json.Marshal(c.Dictionary()[c.Code(row)]) // a string always marshals
		return append(b, quoted...)
	case image.Float:
		return appendFloat(b, c.Float(row))
	case image.Bool:
		return strconv.AppendBool(b, c.Bool(row))
	default:
	}
	switch n := c.Int(row); c.Property.Type {
	case layers.Date:
		return append(time.Unix(n*24*60*60, 0).UTC().AppendFormat(append(b, '"'), time.DateOnly), '"')
	case layers.DateTime:
		return append(time.UnixMicro(n).UTC().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
	default:
		return strconv.AppendInt(b, n, 10)
	}
}

// appendFloat writes what JSON has no number for as null.
func appendFloat(b []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}
