package layers

import (
	"encoding/json"
	"strings"
	"time"
)

// CoerceJSON turns a JSON value (nil, bool, string or json.Number) into the Go
// type that PropertyType lists for p, and checks it against p's bounds. Unlike
// Coerce, which reads files of all kinds, it takes a value only in the JSON type
// that answers give it: "3" is no number, 3 no text, and dates are RFC 3339.
func (p *Property) CoerceJSON(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return p.Coerce(nil)
	case bool:
		if p.Type == Boolean {
			return v, nil
		}
	case json.Number:
		if p.Type == Integer || p.Type == Number {
			return p.coerceJSONNumber(v)
		}
	case string:
		switch p.Type {
		case String:
			if strings.TrimSpace(v) == "" && len(p.Enum) > 0 {
				return nil, p.fault("%s is none of %s", Shown(v), strings.Join(p.Enum, ", "))
			}
			return p.Coerce(v)
		case Date:
			if _, err := time.Parse(time.DateOnly, v); err != nil {
				return nil, p.wrongType(v, "a date such as 2026-11-21")
			}
			return p.Coerce(v)
		case DateTime:
			if _, err := time.Parse(time.RFC3339Nano, v); err != nil {
				return nil, p.wrongType(v, "a time such as 2026-11-21T20:00:00+08:00")
			}
			return p.Coerce(v)
		default:
		}
	}
	return nil, p.wrongJSON(v)
}

// coerceJSONNumber keeps whole numbers exact: as float64 they would be rounded
// above 2^53.
func (p *Property) coerceJSONNumber(v json.Number) (any, error) {
	if n, err := v.Int64(); err == nil {
		return p.Coerce(n)
	}
	f, err := v.Float64()
	if err != nil {
		return nil, p.fault("%s is out of range", Shown(v.String()))
	}
	return p.Coerce(f)
}

func (p *Property) wrongJSON(v any) error {
	want := map[PropertyType]string{
		String: "a string", Integer: "a whole number", Number: "a number", Boolean: "true or false",
		Date: "a date such as \"2026-11-21\"", DateTime: "a time such as \"2026-11-21T20:00:00+08:00\"",
	}[p.Type]
	if n, ok := v.(json.Number); ok {
		return p.fault("%.40s is not %s", n.String(), want)
	}
	return p.wrongType(v, want)
}
