package layertable

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"

	"yiping/layers"
	"yiping/layers/image"
	"yiping/stream"
)

// column writes one property.
type column struct {
	image.Column
	name []byte // `,"name":`
}

// Writer writes rows as flat objects. ver is the state of the database that the view
// shows, which never goes back, and t its time: the row's own are not in memory. Null
// is left out.
func (v view) Writer(fields []string) func(b []byte, r stream.Row) []byte {
	var columns []column
	for _, c := range v.Columns() {
		if fields == nil || slices.Contains(fields, c.Property.Name) {
			quoted, _ := json.Marshal(c.Property.Name) // a string always marshals
			columns = append(columns, column{c, append(append([]byte{','}, quoted...), ':')})
		}
	}
	cut := v.Cut()
	return func(b []byte, r stream.Row) []byte {
		row := row(r)
		p := stream.PlaceOf(v.View.Anchor(row))
		b = strconv.AppendInt(append(b, `{"k":"`...), v.View.ID(row), 10)
		b = strconv.AppendUint(append(b, `","ver":`...), cut.Xmin, 10)
		b = strconv.AppendInt(append(b, `,"t":`...), cut.Time.UnixMilli(), 10)
		b = strconv.AppendFloat(append(b, `,"lon":`...), p[0], 'f', -1, 64)
		b = strconv.AppendFloat(append(b, `,"lat":`...), p[1], 'f', -1, 64)
		for i := range columns {
			if c := &columns[i]; !c.Null(row) {
				b = c.append(append(b, c.name...), row)
			}
		}
		return append(b, '}')
	}
}

func (c *column) append(b []byte, row image.Row) []byte {
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
