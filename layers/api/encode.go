package api

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"yiping/layers"
)

// featureEncoder writes items as GeoJSON features. Whole layers pass through
// it, so it appends to one buffer and allocates nothing for common values.
type featureEncoder struct {
	columns []layers.Property
	names   [][]byte // `"name":`, with a comma before all but the first
}

func newFeatureEncoder(columns []layers.Property) *featureEncoder {
	e := &featureEncoder{columns: columns}
	for i, c := range columns {
		var name []byte
		if i > 0 {
			name = append(name, ',')
		}
		e.names = append(e.names, append(appendText(name, c.Name), ':'))
	}
	return e
}

func (e *featureEncoder) append(b []byte, item *layers.Item) []byte {
	b = append(b, `{"type":"Feature","id":`...)
	b = strconv.AppendInt(b, item.ID, 10)
	b = append(b, `,"geometry":`...)
	if len(item.Geometry) == 0 {
		b = append(b, "null"...)
	}
	b = append(b, item.Geometry...)
	b = append(b, `,"properties":{`...)
	for i, name := range e.names {
		b = append(b, name...)
		b = appendJSON(b, e.columns[i].Type, item.Values[i])
	}
	return append(b, "}}"...)
}

// appendJSON appends a value as GeoJSON carries it.
func appendJSON(b []byte, t layers.PropertyType, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendText(b, v)
	case time.Time:
		return append(appendTime(append(b, '"'), t, v), '"')
	default:
		return appendPlain(b, v)
	}
}

// appendPlain appends a number or a boolean, which JSON and CSV write alike.
func appendPlain(b []byte, v any) []byte {
	switch v := v.(type) {
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	case bool:
		return strconv.AppendBool(b, v)
	default:
		return append(b, "null"...) // infinite dates have no other form
	}
}

// appendTime appends a date as its day alone, without a time of day that nobody
// stated, and any other time in UTC.
func appendTime(b []byte, t layers.PropertyType, v time.Time) []byte {
	if t == layers.Date {
		return v.AppendFormat(b, time.DateOnly)
	}
	return v.UTC().AppendFormat(b, time.RFC3339Nano)
}

// appendText appends a JSON string. What needs no escape is copied as it is.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == 0x7f {
			return appendEscaped(b, s)
		}
	}
	if !utf8.ValidString(s) {
		return appendEscaped(b, s)
	}
	return append(append(append(b, '"'), s...), '"')
}

func appendEscaped(b []byte, s string) []byte {
	quoted, _ := json.Marshal(s) // a string always marshals
	return append(b, quoted...)
}
