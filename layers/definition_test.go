package layers_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers"
)

const hydrant = `name: hydrant
title: {zh: 消火栓, en: Hydrants}
geometry: Point
zoom: {min: 14, max: 20}
datum: CGCS2000
owner: 市水务局
licence: internal
schema:
  type: object
  required: [state]
  properties:
    state: {type: string, enum: [ok, broken], tiles: true}
    bar: {type: number, minimum: 0, unit: bar, title: {zh: 压力, en: Pressure}}
    checked: {type: date}
`

func TestParseDefinition(t *testing.T) {
	got, err := layers.ParseDefinition([]byte(hydrant))
	if err != nil {
		t.Fatal(err)
	}
	zero := 0.0
	want := &layers.Layer{
		Name: "hydrant", Title: layers.Text{Zh: "消火栓", En: "Hydrants"}, Geometry: layers.Point,
		Zoom: layers.ZoomRange{Min: 14, Max: 20}, Datum: "CGCS2000", Owner: "市水务局", Licence: "internal",
		Properties: []layers.Property{
			{Name: "state", Title: layers.Text{Zh: "state", En: "state"}, Type: layers.String, Enum: []string{"ok", "broken"}, Required: true, InTiles: true},
			{Name: "bar", Title: layers.Text{Zh: "压力", En: "Pressure"}, Type: layers.Number, Unit: "bar", Minimum: &zero},
			{Name: "checked", Title: layers.Text{Zh: "checked", En: "checked"}, Type: layers.Date},
		},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("layer (-got +want):\n%s", diff)
	}
}

func TestParseDefinitionFaults(t *testing.T) {
	edit := func(old, with string) string {
		if !strings.Contains(hydrant, old) {
			t.Fatalf("the definition has no %q", old)
		}
		return strings.Replace(hydrant, old, with, 1)
	}
	tests := []struct {
		name, text, field string
		line              int64
		reason            string
	}{
		{"not YAML", "name: [", "", 0, "not readable as YAML"},
		{"empty", "", "", 0, "null"},
		{"list", "- a\n- b\n", "", 1, "object"},
		{"unknown member", edit("owner:", "color: red\nowner:"), "", 1, "color"},
		{"name with SQL in it", edit("name: hydrant", `name: 'x"; drop table city.road'`), "name", 1, "pattern"},
		{"no such geometry", edit("geometry: Point", "geometry: Dot"), "geometry", 3, "Point"},
		{"zoom out of range", edit("max: 20", "max: 40"), "zoom.max", 4, "22"},
		{"zoom upside down", edit("min: 14", "min: 21"), "zoom", 4, "min is above max"},
		{"zoom property missing", edit("max: 20", "max: 20, property: rank"), "zoom.property", 4, "rank"},
		{"property type", edit("type: number", "type: float"), "schema.properties.bar.type", 13, "number"},
		{"reserved property", edit("    state:", "    geom: {type: string}\n    state:"), "schema.properties.geom", 12, "every layer has"},
		{"required unknown", edit("[state]", "[state, colour]"), "schema.required", 10, "colour"},
		{"bounds of a string", edit("enum: [ok, broken]", "minimum: 3"), "schema.properties.state", 12, "integer and number"},
		{"enum of a number", edit("minimum: 0", "enum: [a]"), "schema.properties.bar", 13, "for string"},
		{"bounds upside down", edit("minimum: 0", "minimum: 3, maximum: 1"), "schema.properties.bar", 13, "above maximum"},
		{"counts of lines", edit("geometry: Point", "geometry: LineString\ntiles: {count_by: state}"), "tiles.count_by", 4, "layers of Point"},
		{"counts without an enum", edit("datum:", "tiles: {count_by: bar}\ndatum:"), "tiles.count_by", 5, "enum"},
		{"merging of points", edit("datum:", "tiles: {merge_by: [state]}\ndatum:"), "tiles.merge_by", 5, "layers of lines"},
		{"merging by what tiles lack", edit("geometry: Point", "geometry: LineString\ntiles: {merge_by: [bar]}"), "tiles.merge_by", 4, "goes into tiles"},
		{"weight of nothing", edit("datum:", "tiles: {weight: bar}\ndatum:"), "tiles.weight", 5, "merge_by"},
		{"weight that is no number", edit("geometry: Point", "geometry: LineString\ntiles: {merge_by: [state], weight: state}"), "tiles.weight", 4, "not a number"},
		{"unknown rule for tiles", edit("datum:", "tiles: {drop: all}\ndatum:"), "tiles", 5, "drop"},
		{"sum of a date", edit("type: date", "type: date, sum: true"), "schema.properties.checked", 14, "sum is for integer, number and boolean"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := layers.ParseDefinition([]byte(tt.text))
			var fault *layers.InputError
			if !errors.As(err, &fault) {
				t.Fatalf("error = %v, want an InputError", err)
			}
			if fault.Field != tt.field || fault.At.Line != tt.line || !strings.Contains(fault.Reason, tt.reason) {
				t.Errorf("fault = %q at line %d: %q, want %q at line %d with %q",
					fault.Field, fault.At.Line, fault.Reason, tt.field, tt.line, tt.reason)
			}
		})
	}
}

func TestStandardLayers(t *testing.T) {
	all, err := layers.Standard()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range all {
		got = append(got, l.Name)
	}
	if diff := cmp.Diff(got, layers.StandardNames()); diff != "" {
		t.Errorf("layers (-got +want):\n%s", diff)
	}
}
