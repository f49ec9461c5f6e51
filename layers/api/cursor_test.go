package api_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/layers"
	"yiping/layers/api"
)

// everyType are sort keys of all types.
func everyType() []layers.SortKey {
	return []layers.SortKey{
		{Column: layers.Property{Name: "text", Type: layers.String}},
		{Column: layers.Property{Name: "whole", Type: layers.Integer}, Descending: true},
		{Column: layers.Property{Name: "number", Type: layers.Number}},
		{Column: layers.Property{Name: "yes", Type: layers.Boolean}},
		{Column: layers.Property{Name: "day", Type: layers.Date}, Descending: true},
		{Column: layers.Property{Name: "time", Type: layers.DateTime}},
	}
}

func TestCursorKeepsItsPlace(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for name, place := range map[string]layers.Place{
		"usual":   {Keys: []any{"外滩 \"x\" \\", int64(7), 0.1, true, day, day.Add(123456 * time.Microsecond)}, ID: 42},
		"nulls":   {Keys: []any{nil, nil, nil, nil, nil, nil}, ID: -1},
		"extreme": {Keys: []any{strings.Repeat("城", 1000), int64(math.MinInt64), math.SmallestNonzeroFloat64, false, day.AddDate(-2000, 0, 0), day.AddDate(7000, 0, 0)}, ID: math.MaxInt64},
		"empty":   {Keys: []any{"", int64(math.MaxInt64), -math.MaxFloat64, false, day, day}, ID: 0},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := api.EncodeCursor(everyType(), place)
			if err != nil {
				t.Fatal(err)
			}
			got, err := api.DecodeCursor(everyType(), text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(*got, place); diff != "" {
				t.Errorf("place (-got +want):\n%s", diff)
			}
		})
	}
}

// FuzzCursor holds that what is taken is a place, and anything else the
// client's fault.
func FuzzCursor(f *testing.F) {
	place := layers.Place{Keys: []any{"a", int64(1), 1.5, true, time.Unix(0, 0).UTC(), time.Unix(0, 0).UTC()}, ID: 1}
	text, err := api.EncodeCursor(everyType(), place)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("")
	f.Add("eyJpIjoxfQ")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := api.DecodeCursor(everyType(), text)
		if err != nil {
			if _, ok := errors.AsType[*layers.InputError](err); !ok {
				t.Fatalf("%q: %v is not an InputError", text, err)
			}
			return
		}
		again, err := api.EncodeCursor(everyType(), *got)
		if err != nil {
			t.Fatalf("%q gives a place without a cursor: %v", text, err)
		}
		same, err := api.DecodeCursor(everyType(), again)
		if err != nil || !cmp.Equal(got, same) {
			t.Fatalf("%q gives another place the second time: %v, %v", text, same, err)
		}
	})
}
