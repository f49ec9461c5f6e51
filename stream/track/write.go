package track

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
)

// writer writes rows.
type writer struct {
	speed, heading, state, synthetic, stale bool
	fields                                  []writtenField
}

type writtenField struct {
	index int
	name  []byte // `,"name":`
}

// writer is for some members, or of nil for all.
func (d *Definition) writer(members []string) *writer {
	wanted := func(name string) bool { return members == nil || slices.Contains(members, name) }
	w := &writer{
		speed: d.Mover && wanted(memberSpeed), heading: d.Mover && wanted(memberHeading), state: d.Mover && wanted(memberState),
		synthetic: wanted(memberSynthetic), stale: wanted(memberStale),
	}
	for i, f := range d.Fields {
		if wanted(f.Name) {
			w.fields = append(w.fields, writtenField{i, []byte(`,"` + f.Name + `":`)})
		}
	}
	return w
}

// append appends a row as a flat object.
func (w *writer) append(b []byte, r *row) []byte {
	b = appendText(append(b, `{"k":`...), r.key)
	b = strconv.AppendUint(append(b, `,"ver":`...), r.ver, 10)
	b = strconv.AppendInt(append(b, `,"t":`...), r.time, 10)
	p := r.place()
	b = strconv.AppendFloat(append(b, `,"lon":`...), p[0], 'f', -1, 64)
	b = strconv.AppendFloat(append(b, `,"lat":`...), p[1], 'f', -1, 64)
	return append(w.properties(b, r), '}')
}

// properties appends what rows have beside key, version, time and place; each with a
// comma before it.
func (w *writer) properties(b []byte, r *row) []byte {
	if w.speed && r.speed != unknown {
		b = strconv.AppendFloat(append(b, `,"s":`...), unscaled(r.speed, speedUnits), 'f', -1, 64)
	}
	if w.heading && r.heading != unknown {
		b = strconv.AppendFloat(append(b, `,"h":`...), unscaled(r.heading, headingUnits), 'f', -1, 64)
	}
	if w.state {
		b = strconv.AppendUint(append(b, `,"st":`...), uint64(r.state), 10)
	}
	for _, f := range w.fields {
		if r.fields != nil && r.fields[f.index] != nil {
			b = appendValue(append(b, f.name...), r.fields[f.index])
		}
	}
	if w.synthetic {
		b = strconv.AppendBool(append(b, `,"synthetic":`...), r.flags.has(synthetic))
	}
	if w.stale {
		b = strconv.AppendBool(append(b, `,"stale":`...), r.flags.has(stale))
	}
	return b
}

// appendValue appends a value of a field.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendText(b, v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) { // not from Decode, which has no such number
			return append(b, "null"...)
		}
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case bool:
		return strconv.AppendBool(b, v)
	}
	return append(b, "null"...)
}

// appendText appends a JSON string.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x80 {
			quoted, _ := json.Marshal(s) // a string always marshals
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// AppendFields appends the fields of a report that have a value, as a JSON object.
func (d *Definition) AppendFields(b []byte, fields []any) []byte {
	b = append(b, '{')
	for i, v := range fields {
		if v == nil {
			continue
		}
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		b = appendValue(append(appendText(b, d.Fields[i].Name), ':'), v)
	}
	return append(b, '}')
}

// AppendReport appends a report as Decode reads it.
func (d *Definition) AppendReport(b []byte, r *Report) []byte {
	b = appendText(append(b, `{"k":`...), r.Key)
	b = strconv.AppendInt(append(b, `,"t":`...), r.Time.UnixMilli(), 10)
	b = strconv.AppendFloat(append(b, `,"lon":`...), r.Place[0], 'f', -1, 64)
	b = strconv.AppendFloat(append(b, `,"lat":`...), r.Place[1], 'f', -1, 64)
	if d.Mover && !math.IsNaN(r.Speed) {
		b = strconv.AppendFloat(append(b, `,"s":`...), r.Speed, 'f', -1, 64)
	}
	if d.Mover && !math.IsNaN(r.Heading) {
		b = strconv.AppendFloat(append(b, `,"h":`...), r.Heading, 'f', -1, 64)
	}
	if d.Mover && r.State != 0 {
		b = strconv.AppendUint(append(b, `,"st":`...), uint64(r.State), 10)
	}
	for i, v := range r.Fields {
		if v != nil {
			b = appendValue(append(appendText(append(b, ','), d.Fields[i].Name), ':'), v)
		}
	}
	if r.Synthetic {
		b = append(b, `,"synthetic":true`...)
	}
	return append(b, '}')
}
