package layers_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/layers"
)

func TestCoerce(t *testing.T) {
	t.Parallel()
	limit := func(f float64) *float64 { return &f }
	day := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	evening := time.Date(2026, 11, 21, 20, 0, 0, 0, time.FixedZone("", 8*3600))
	var (
		name   = layers.Property{Name: "name", Type: layers.String, MaxLength: 5}
		note   = layers.Property{Name: "note", Type: layers.String}
		must   = layers.Property{Name: "must", Type: layers.String, Required: true}
		state  = layers.Property{Name: "state", Type: layers.String, Enum: []string{"完好", "破损"}}
		floors = layers.Property{Name: "floors", Type: layers.Integer, Minimum: limit(0), Maximum: limit(200)}
		count  = layers.Property{Name: "count", Type: layers.Integer, Required: true}
		height = layers.Property{Name: "height", Type: layers.Number, Minimum: limit(0), Maximum: limit(1000)}
		open   = layers.Property{Name: "open", Type: layers.Boolean}
		built  = layers.Property{Name: "built", Type: layers.Date}
		seen   = layers.Property{Name: "seen", Type: layers.DateTime}
	)
	for _, tt := range []struct {
		name     string
		property layers.Property
		in       any
		want     any
		err      string
	}{
		{name: "string", property: name, in: "外滩", want: "外滩"},
		{name: "empty string stays", property: name, in: "", want: ""},
		{name: "null", property: name, in: nil, want: nil},
		{name: "integer as string", property: name, in: int64(12), want: "12"},
		{name: "number as string", property: name, in: 1.5, want: "1.5"},
		{name: "length counts characters", property: name, in: "一二三四五", want: "一二三四五"},
		{name: "over-long", property: name, in: "一二三四五六", err: `name: "一二三四五六" has 6 characters, the most is 5`},
		{name: "over-long by default", property: note, in: strings.Repeat("a", 1001), err: `note: "` + strings.Repeat("a", 40) + `"… has 1001 characters, the most is 1000`},
		{name: "bool as string", property: name, in: true, err: "name: true is not a string"},
		{name: "list as string", property: name, in: []int{1}, err: "name: an object or a list is not a string"},
		{name: "not UTF-8", property: name, in: "a\xff", err: `name: "a\xff" is not valid UTF-8`},
		{name: "NUL", property: name, in: "a\x00b", err: `name: "a\x00b" holds a NUL character`},
		{name: "required null", property: must, in: nil, err: "must: is required and missing"},
		{name: "required empty", property: must, in: " ", err: "must: is required and empty"},
		{name: "enum", property: state, in: "破损", want: "破损"},
		{name: "empty is null for an enum", property: state, in: "", want: nil},
		{name: "not in enum", property: state, in: "坏", err: `state: "坏" is none of 完好, 破损`},

		{name: "integer", property: floors, in: int64(61), want: int64(61)},
		{name: "whole float", property: floors, in: 3.0, want: int64(3)},
		{name: "digits", property: floors, in: " 12 ", want: int64(12)},
		{name: "float digits", property: floors, in: "3.0", want: int64(3)},
		{name: "empty is null", property: floors, in: " ", want: nil},
		{name: "fraction", property: floors, in: 3.5, err: "floors: 3.5 is not a whole number"},
		{name: "fraction in digits", property: floors, in: "3.5", err: `floors: "3.5" is not a whole number`},
		{name: "word as integer", property: floors, in: "many", err: `floors: "many" is not a whole number`},
		{name: "NaN as integer", property: floors, in: math.NaN(), err: "floors: NaN is not a whole number"},
		{name: "too big for int64", property: floors, in: "9223372036854775808", err: `floors: "9223372036854775808" is not a whole number`},
		{name: "infinite digits", property: floors, in: "1e999", err: `floors: "1e999" is not a whole number`},
		{name: "bool as integer", property: floors, in: false, err: "floors: false is not a whole number"},
		{name: "below", property: floors, in: int64(-1), err: "floors: -1 is below the minimum 0"},
		{name: "above", property: floors, in: int64(201), err: "floors: 201 is above the maximum 200"},
		{name: "required empty integer", property: count, in: "", err: "count: is required and missing"},

		{name: "number", property: height, in: 270.5, want: 270.5},
		{name: "integer as number", property: height, in: int64(270), want: 270.0},
		{name: "number in digits", property: height, in: "270.5", want: 270.5},
		{name: "number with unit", property: height, in: "270 m", err: `height: "270 m" is not a number`},
		{name: "NaN in digits", property: height, in: "NaN", err: "height: NaN is not a finite number"},
		{name: "infinite", property: height, in: math.Inf(1), err: "height: +Inf is not a finite number"},
		{name: "list as number", property: height, in: []int{1}, err: "height: an object or a list is not a number"},
		{name: "number above", property: height, in: 5000.0, err: "height: 5000 is above the maximum 1000"},

		{name: "bool", property: open, in: true, want: true},
		{name: "yes", property: open, in: "Yes", want: true},
		{name: "否", property: open, in: "否", want: false},
		{name: "one", property: open, in: int64(1), want: true},
		{name: "zero", property: open, in: 0.0, want: false},
		{name: "two", property: open, in: int64(2), err: "open: 2 is not true or false"},
		{name: "maybe", property: open, in: "maybe", err: `open: "maybe" is not true or false`},

		{name: "date with dashes", property: built, in: "2026-11-21", want: day},
		{name: "date with slashes", property: built, in: "2026/11/21", want: day},
		{name: "date in digits", property: built, in: "20261121", want: day},
		{name: "date as integer", property: built, in: int64(20261121), want: day},
		{name: "date of a time", property: built, in: "2026-11-21T20:00:00+08:00", want: day},
		{name: "date of a time value", property: built, in: evening, want: day},
		{name: "no such day", property: built, in: "2026-02-30", err: `built: "2026-02-30" is not a date such as 2026-11-21, 2026/11/21 or 20261121`},
		{name: "year zero", property: built, in: "0000-01-01", err: `built: "0000-01-01" is not a date such as 2026-11-21, 2026/11/21 or 20261121`},
		{name: "fraction as date", property: built, in: 1.5, err: "built: 1.5 is not a date"},

		{name: "time", property: seen, in: "2026-11-21T20:00:00+08:00", want: evening},
		{name: "time with a blank", property: seen, in: "2026-11-21 20:00:00+08:00", want: evening},
		{name: "time value", property: seen, in: evening, want: evening},
		{name: "time without zone", property: seen, in: "2026-11-21 20:00:00", err: `seen: "2026-11-21 20:00:00" has no time zone: write 2026-11-21 20:00:00+08:00`},
		{name: "not a time", property: seen, in: "tonight", err: `seen: "tonight" is not a time such as 2026-11-21T20:00:00+08:00`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.property.Coerce(tt.in)
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("got − want +\n%s", diff)
			}
			msg := ""
			if err != nil {
				msg = err.Error()
			}
			if msg != tt.err {
				t.Errorf("got error %q, want %q", msg, tt.err)
			}
		})
	}
}

// FuzzCoerce checks that what Coerce accepts, it accepts again unchanged, and
// that text never passes which PostgreSQL refuses.
func FuzzCoerce(f *testing.F) {
	for _, s := range []string{"", "12", "3.0", "1e400", "20261121", "2026-11-21T20:00:00Z", "yes", "a\x00", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, kind := range []layers.PropertyType{
			layers.String, layers.Integer, layers.Number, layers.Boolean, layers.Date, layers.DateTime,
		} {
			p := layers.Property{Name: "p", Type: kind}
			v, err := p.Coerce(s)
			if err != nil {
				continue
			}
			again, err := p.Coerce(v)
			if err != nil || !cmp.Equal(v, again) {
				t.Errorf("%s: %q gave %v, and that gave %v, %v", kind, s, v, again, err)
			}
			if text, ok := v.(string); ok && layers.CheckText(text) != nil {
				t.Errorf("%q passed", s)
			}
		}
	})
}
