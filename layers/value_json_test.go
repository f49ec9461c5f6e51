package layers_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/layers"
)

func TestCoerceJSON(t *testing.T) {
	t.Parallel()
	least, most := 0.0, 200.0
	number := func(s string) json.Number { return json.Number(s) }
	properties := map[string]layers.Property{
		"text":    {Name: "p", Type: layers.String, MaxLength: 3},
		"enum":    {Name: "p", Type: layers.String, Enum: []string{"a", "b"}},
		"whole":   {Name: "p", Type: layers.Integer},
		"floors":  {Name: "p", Type: layers.Integer, Minimum: &least, Maximum: &most},
		"height":  {Name: "p", Type: layers.Number},
		"open":    {Name: "p", Type: layers.Boolean},
		"day":     {Name: "p", Type: layers.Date},
		"instant": {Name: "p", Type: layers.DateTime},
		"needed":  {Name: "p", Type: layers.String, Required: true},
	}
	instant := time.Date(2026, 11, 21, 20, 0, 0, 0, time.FixedZone("", 8*3600))
	tests := []struct {
		property string
		in       any
		want     any
		fault    string
	}{
		{"text", "外滩1", "外滩1", ""},
		{"text", "", "", ""},
		{"text", nil, nil, ""},
		{"text", "外滩12", nil, "has 4 characters, the most is 3"},
		{"text", number("12"), nil, "12 is not a string"},
		{"text", true, nil, "true is not a string"},
		{"text", "a\x00", nil, "NUL"},
		{"text", map[string]any{}, nil, "an object or a list is not a string"},
		{"enum", "b", "b", ""},
		{"enum", "c", nil, `"c" is none of a, b`},
		{"enum", "", nil, `"" is none of a, b`},
		{"whole", number("9007199254740993"), int64(9007199254740993), ""},
		{"whole", number("3.0"), int64(3), ""},
		{"whole", number("1e3"), int64(1000), ""},
		{"whole", number("3.5"), nil, "3.5 is not a whole number"},
		{"whole", number("9223372036854775808"), nil, "is not a whole number"},
		{"whole", "3", nil, `"3" is not a whole number`},
		{"floors", number("200"), int64(200), ""},
		{"floors", number("-1"), nil, "below the minimum 0"},
		{"floors", number("201"), nil, "above the maximum 200"},
		{"height", number("3"), 3.0, ""},
		{"height", number("1e400"), nil, "out of range"},
		{"height", "3.5", nil, `"3.5" is not a number`},
		{"open", false, false, ""},
		{"open", "yes", nil, `"yes" is not true or false`},
		{"open", number("1"), nil, "1 is not true or false"},
		{"day", "2026-11-21", time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), ""},
		{"day", "2026/11/21", nil, "is not a date"},
		{"day", "2026-02-30", nil, "is not a date"},
		{"day", "0000-01-01", nil, "is not a date"},
		{"day", number("20261121"), nil, "is not a date"},
		{"instant", "2026-11-21T20:00:00+08:00", instant, ""},
		{"instant", "2026-11-21 20:00:00", nil, "is not a time"},
		{"instant", "", nil, "is not a time"},
		{"needed", nil, nil, "is required and missing"},
		{"needed", " ", nil, "is required and empty"},
	}
	for _, tt := range tests {
		p := properties[tt.property]
		got, err := p.CoerceJSON(tt.in)
		if tt.fault != "" {
			if err == nil || !strings.HasPrefix(err.Error(), "p: ") || !strings.Contains(err.Error(), tt.fault) {
				t.Errorf("%s of %#v: %v, %v; want a fault with %q", tt.property, tt.in, got, err, tt.fault)
			}
			continue
		}
		if diff := cmp.Diff(got, tt.want); err != nil || diff != "" {
			t.Errorf("%s of %#v: %v (-got +want):\n%s", tt.property, tt.in, err, diff)
		}
	}
}
