package track

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yiping/geo"
	"yiping/layers"
)

// SyntaxError says that a report is not JSON.
type SyntaxError struct {
	// Line of what was read, from 1; 0 if there is only one.
	Line int
	// Offset in bytes in the line.
	Offset int
	Err    error
}

// Error has the place and what is wrong there.
func (e *SyntaxError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("line %d, byte %d: %v", e.Line, e.Offset, e.Err)
	}
	return fmt.Sprintf("byte %d: %v", e.Offset, e.Err)
}

// Unwrap is the fault.
func (e *SyntaxError) Unwrap() error { return e.Err }

// Decode reads a report, a JSON object whose place is of a native datum. The error
// is a SyntaxError if it is no such object, otherwise an InputError that names the
// member at fault.
func (d *Definition) Decode(data []byte, datum geo.Datum) (Report, error) {
	s := scanner{data: data}
	r, err := d.read(&s, datum)
	if _, wrong := err.(*SyntaxError); !wrong && s.space() { //nolint:errorlint // read wraps none
		return Report{}, &SyntaxError{Offset: s.at, Err: errMore}
	}
	return r, err
}

// read reads the report that is next.
func (d *Definition) read(s *scanner, datum geo.Datum) (Report, error) {
	m := members{d: d, report: Report{Speed: math.NaN(), Heading: math.NaN()}}
	if err := s.object(m.member); err != nil {
		return Report{}, &SyntaxError{Offset: s.at, Err: err}
	}
	if m.fault != nil {
		return Report{}, m.fault
	}
	switch {
	case m.seen&seenLon == 0:
		return Report{}, layers.InputErrorf(memberLon, "is missing")
	case m.seen&seenLat == 0:
		return Report{}, layers.InputErrorf(memberLat, "is missing")
	}
	r := m.report
	if err := r.check(); err != nil {
		return Report{}, err
	}
	r.Place = rounded(datum.ToWGS84(r.Place))
	return r, nil
}

// The members that have been seen; those of fields follow.
const (
	seenKey uint64 = 1 << iota
	seenTime
	seenLon
	seenLat
	seenSpeed
	seenHeading
	seenState
	seenSynthetic
	seenFields
)

// members takes the members of an object into a report; fault is the first that
// cannot be taken.
type members struct {
	d      *Definition
	report Report
	seen   uint64
	fault  *layers.InputError
}

func (m *members) member(name, raw []byte, k kind, plain bool) {
	if m.fault != nil {
		return
	}
	bit, index := m.find(name)
	switch {
	case bit == 0:
		m.fault = layers.InputErrorf("", "the stream %s has no member %s; there are: %s", m.d.Name, layers.Shown(string(name)), m.d.names())
	case m.seen&bit != 0:
		m.fault = layers.InputErrorf(string(name), "is given twice")
	default:
		m.seen |= bit
		if reason := m.set(bit, index, raw, k, plain); reason != "" {
			m.fault = layers.InputErrorf(string(name), "%s", reason)
		}
	}
}

// find is the bit of a member, 0 if the stream has none of the name, and the index
// of a field.
func (m *members) find(name []byte) (bit uint64, index int) {
	switch string(name) {
	case memberKey:
		return seenKey, 0
	case memberTime:
		return seenTime, 0
	case memberLon:
		return seenLon, 0
	case memberLat:
		return seenLat, 0
	case memberSynthetic:
		return seenSynthetic, 0
	}
	if m.d.Mover {
		switch string(name) {
		case memberSpeed:
			return seenSpeed, 0
		case memberHeading:
			return seenHeading, 0
		case memberState:
			return seenState, 0
		}
	}
	for i := range m.d.Fields {
		if string(name) == m.d.Fields[i].Name {
			return seenFields << i, i
		}
	}
	return 0, 0
}

// names lists the members of reports.
func (d *Definition) names() string {
	list := []string{memberKey, memberTime, memberLon, memberLat}
	if d.Mover {
		list = append(list, memberSpeed, memberHeading, memberState)
	}
	for _, f := range d.Fields {
		list = append(list, f.Name)
	}
	return strings.Join(append(list, memberSynthetic), ", ")
}

// set takes the value of a member; reason says why it cannot be taken. Null leaves
// out what may be left out.
func (m *members) set(bit uint64, index int, raw []byte, k kind, plain bool) (reason string) {
	r := &m.report
	switch bit {
	case seenKey:
		if k != kindString {
			return "want a text"
		}
		r.Key = textOf(raw, plain)
	case seenTime:
		return m.time(raw, k)
	case seenLon:
		return number(&r.Place[0], raw, k)
	case seenLat:
		return number(&r.Place[1], raw, k)
	case seenSpeed, seenHeading:
		v := &r.Speed
		if bit == seenHeading {
			v = &r.Heading
		}
		if k == kindNull {
			return ""
		}
		return number(v, raw, k)
	case seenState:
		n, err := strconv.ParseUint(string(raw), 10, 8)
		if k != kindNumber || err != nil || n > maxState {
			return fmt.Sprintf("want a whole number from 0 to %d", maxState)
		}
		r.State = uint8(n)
	case seenSynthetic:
		if k != kindTrue && k != kindFalse {
			return "want true or false"
		}
		r.Synthetic = k == kindTrue
	default:
		if k == kindNull {
			return ""
		}
		if r.Fields == nil {
			r.Fields = make([]any, len(m.d.Fields))
		}
		r.Fields[index], reason = m.d.Fields[index].value(raw, k, plain)
	}
	return reason
}

func textOf(raw []byte, plain bool) string {
	if plain {
		return string(raw)
	}
	return unquote(raw)
}

func number(v *float64, raw []byte, k kind) (reason string) {
	var err error
	if *v, err = strconv.ParseFloat(string(raw), 64); k != kindNumber || err != nil {
		return "want a number"
	}
	return ""
}

// time reads milliseconds since 1970 or a time in the form of RFC 3339.
func (m *members) time(raw []byte, k kind) (reason string) {
	const want = "want milliseconds since 1970, UTC, or a time such as 2026-11-22T03:00:00Z"
	switch k {
	case kindNumber:
		ms, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil || ms <= 0 || ms > maxMillis {
			return want
		}
		m.report.Time = time.UnixMilli(ms)
	case kindString:
		if err := m.report.Time.UnmarshalText(raw); err != nil || m.report.Time.UnixMilli() <= 0 {
			return want
		}
		m.report.Time = m.report.Time.Truncate(time.Millisecond)
	default:
		return want
	}
	return ""
}

// maxMillis is the end of the year 9999, the last that RFC 3339 can write.
const maxMillis = 253402300799999

// value reads a field and holds it to the definition.
func (f *Field) value(raw []byte, k kind, plain bool) (v any, reason string) {
	switch f.Type {
	case layers.Boolean:
		if k != kindTrue && k != kindFalse {
			return nil, "want true or false"
		}
		return k == kindTrue, ""
	case layers.Integer:
		n, err := strconv.ParseInt(string(raw), 10, 64)
		if k != kindNumber || err != nil {
			return nil, "want a whole number"
		}
		return n, f.within(float64(n))
	case layers.Number:
		var n float64
		if reason := number(&n, raw, k); reason != "" {
			return nil, reason
		}
		return n, f.within(n)
	default:
		if k != kindString {
			return nil, "want a text"
		}
		s := textOf(raw, plain)
		return s, f.fits(s)
	}
}

func (f *Field) within(n float64) (reason string) {
	switch {
	case f.Minimum != nil && n < *f.Minimum:
		return fmt.Sprintf("%v is below %v", n, *f.Minimum)
	case f.Maximum != nil && n > *f.Maximum:
		return fmt.Sprintf("%v is above %v", n, *f.Maximum)
	}
	return ""
}

func (f *Field) fits(s string) (reason string) {
	limit := f.MaxLength
	if limit == 0 {
		limit = layers.MaxStringLength
	}
	switch {
	case len(s) > limit && utf8.RuneCountInString(s) > limit:
		return fmt.Sprintf("has more than %d characters", limit)
	case f.Enum != nil && !slices.Contains(f.Enum, s):
		return fmt.Sprintf("%s is none of the values of the field", layers.Shown(s))
	}
	if err := layers.CheckText(s); err != nil {
		return err.Error()
	}
	return ""
}
