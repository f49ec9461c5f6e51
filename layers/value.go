package layers

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Coerce turns a value as files have it into the Go type that PropertyType lists
// for p, and checks it against p's bounds. It takes nil, string, bool, int64,
// float64, time.Time, and any other type as a thing that no column holds. What
// loses nothing is allowed: 3.0 and "3" are integers, 12 is the string "12",
// "yes" and "是" are true, 20060102 is a date. An empty string is null for all
// but strings without an enum. An error is an InputError that names the property.
func (p *Property) Coerce(v any) (any, error) {
	if s, ok := v.(string); ok && (p.Type != String || len(p.Enum) > 0) && strings.TrimSpace(s) == "" {
		v = nil
	}
	if v == nil {
		if p.Required {
			return nil, p.fault("is required and missing")
		}
		return nil, nil //nolint:nilnil // null is a value
	}
	switch p.Type {
	case String:
		return p.coerceString(v)
	case Integer:
		return p.coerceInteger(v)
	case Number:
		return p.coerceNumber(v)
	case Boolean:
		return p.coerceBoolean(v)
	case Date:
		return p.coerceDate(v)
	case DateTime:
		return p.coerceDateTime(v)
	}
	return nil, p.fault("has the unknown type %q", p.Type)
}

func (p *Property) coerceString(v any) (any, error) {
	var s string
	switch v := v.(type) {
	case string:
		s = v
	case int64:
		s = strconv.FormatInt(v, 10)
	case float64:
		s = strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return nil, p.wrongType(v, "a string")
	}
	if err := CheckText(s); err != nil {
		return nil, p.fault("%v", err)
	}
	if p.Required && strings.TrimSpace(s) == "" {
		return nil, p.fault("is required and empty")
	}
	most := p.MaxLength
	if most == 0 {
		most = MaxStringLength
	}
	// A string of n bytes has at most n characters, so most need no count.
	if len(s) > most {
		if n := utf8.RuneCountInString(s); n > most {
			return nil, p.fault("%s has %d characters, the most is %d", Shown(s), n, most)
		}
	}
	if len(p.Enum) > 0 && !slices.Contains(p.Enum, s) {
		return nil, p.fault("%s is none of %s", Shown(s), strings.Join(p.Enum, ", "))
	}
	return s, nil
}

func (p *Property) coerceInteger(v any) (any, error) {
	const want = "a whole number"
	var n int64
	switch v := v.(type) {
	case int64:
		n = v
	case float64:
		// 2^63 is the first float64 that int64 does not hold.
		if v != math.Trunc(v) || v < -1<<63 || v >= 1<<63 {
			return nil, p.wrongType(v, want)
		}
		n = int64(v)
	case string:
		text := strings.TrimSpace(v)
		var err error
		if n, err = strconv.ParseInt(text, 10, 64); err != nil {
			f, ferr := strconv.ParseFloat(text, 64) // "3.0", "1e6"
			if ferr != nil || f != math.Trunc(f) || f < -1<<63 || f >= 1<<63 {
				return nil, p.wrongType(v, want)
			}
			n = int64(f)
		}
	default:
		return nil, p.wrongType(v, want)
	}
	if err := p.checkRange(float64(n)); err != nil {
		return nil, err
	}
	return n, nil
}

func (p *Property) coerceNumber(v any) (any, error) {
	var f float64
	switch v := v.(type) {
	case float64:
		f = v
	case int64:
		f = float64(v)
	case string:
		var err error
		if f, err = strconv.ParseFloat(strings.TrimSpace(v), 64); err != nil {
			return nil, p.wrongType(v, "a number")
		}
	default:
		return nil, p.wrongType(v, "a number")
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, p.fault("%v is not a finite number", f)
	}
	if err := p.checkRange(f); err != nil {
		return nil, err
	}
	return f, nil
}

func (p *Property) checkRange(f float64) error {
	if p.Minimum != nil && f < *p.Minimum {
		return p.fault("%v is below the minimum %v", f, *p.Minimum)
	}
	if p.Maximum != nil && f > *p.Maximum {
		return p.fault("%v is above the maximum %v", f, *p.Maximum)
	}
	return nil
}

func (p *Property) coerceBoolean(v any) (any, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case int64:
		if v == 0 || v == 1 {
			return v == 1, nil
		}
	case float64:
		if v == 0 || v == 1 {
			return v == 1, nil
		}
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "true", "t", "yes", "y", "1", "是":
			return true, nil
		case "false", "f", "no", "n", "0", "否":
			return false, nil
		}
	}
	return nil, p.wrongType(v, "true or false")
}

func (p *Property) coerceDate(v any) (any, error) {
	var text string
	switch v := v.(type) {
	case time.Time:
		return time.Date(v.Year(), v.Month(), v.Day(), 0, 0, 0, 0, time.UTC), nil
	case string:
		text = strings.TrimSpace(v)
	case int64:
		text = strconv.FormatInt(v, 10)
	default:
		return nil, p.wrongType(v, "a date")
	}
	for _, layout := range [...]string{"2006-1-2", "2006/1/2", "20060102"} {
		if d, err := time.Parse(layout, text); err == nil && d.Year() > 0 {
			return d, nil
		}
	}
	// Exports write dates as timestamps; the date is the one that is written.
	if d, err := parseTime(text); err == nil && d.Year() > 0 {
		return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC), nil
	}
	return nil, p.wrongType(v, "a date such as 2026-11-21, 2026/11/21 or 20261121")
}

func (p *Property) coerceDateTime(v any) (any, error) {
	switch v := v.(type) {
	case time.Time:
		return v, nil
	case string:
		text := strings.TrimSpace(v)
		if d, err := parseTime(text); err == nil && d.UTC().Year() > 0 && d.UTC().Year() < 10000 {
			return d, nil
		}
		for _, layout := range [...]string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006/01/02 15:04:05"} {
			if _, err := time.Parse(layout, text); err == nil {
				return nil, p.fault("%s has no time zone: write %s+08:00", Shown(v), text)
			}
		}
	}
	return nil, p.wrongType(v, "a time such as 2026-11-21T20:00:00+08:00")
}

// parseTime reads RFC 3339, and the same with a blank for the T.
func parseTime(text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	return time.Parse("2006-01-02 15:04:05.999999999Z07:00", text)
}

// CheckText refuses what PostgreSQL cannot store as text: bytes that are not
// UTF-8, and the character NUL.
func CheckText(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s is not valid UTF-8", Shown(s))
	}
	if strings.IndexByte(s, 0) >= 0 {
		return fmt.Errorf("%s holds a NUL character", Shown(s))
	}
	return nil
}

func (p *Property) fault(format string, args ...any) error {
	return InputErrorf(p.Name, format, args...)
}

func (p *Property) wrongType(v any, want string) error {
	switch v := v.(type) {
	case string:
		return p.fault("%s is not %s", Shown(v), want)
	case bool, int64, float64, time.Time:
		return p.fault("%v is not %s", v, want)
	}
	return p.fault("an object or a list is not %s", want)
}

// Shown quotes a string for a message, cut to a length that a line can bear.
func Shown(s string) string {
	const most = 40
	n := 0
	for i := range s {
		if n++; n > most {
			return strconv.Quote(s[:i]) + "…"
		}
	}
	return strconv.Quote(s)
}
