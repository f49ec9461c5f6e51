package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/api"
)

const thing = `
name: thing
title: {zh: 物, en: Things}
geometry: Geometry
datum: WGS84
owner: x
licence: x
schema:
  type: object
  required: [kind]
  properties:
    kind: {type: string, enum: [a, b]}
    floors: {type: integer, minimum: 0, maximum: 200}
    height: {type: number}
    open: {type: boolean}
    built: {type: date}
    seen: {type: date-time}
`

func thingLayer(tb testing.TB) *layers.Layer {
	tb.Helper()
	l, err := layers.ParseDefinition([]byte(thing))
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// Every type of geometry arrives as it was sent, and a patch of the type alone
// or of the coordinates alone has no stored type to lean on here.
func TestGeometriesOfWrites(t *testing.T) {
	t.Parallel()
	l := thingLayer(t)
	square := orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 0}}
	for text, want := range map[string]orb.Geometry{
		`{"type":"Point","coordinates":[1,2],"bbox":[1,2,1,2]}`:                             orb.Point{1, 2},
		`{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`:                                 orb.MultiPoint{{1, 2}, {3, 4}},
		`{"type":"LineString","coordinates":[[1,2],[3e0,4.5]]}`:                             orb.LineString{{1, 2}, {3, 4.5}},
		`{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]]}`:                          orb.MultiLineString{{{1, 2}, {3, 4}}},
		`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`:                      orb.Polygon{square},
		`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}`:               orb.MultiPolygon{{square}},
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}`: orb.Collection{orb.Point{1, 2}},
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1]}]}`:   nil,
		`{"type":"GeometryCollection","coordinates":[]}`:                                    nil,
		`{"coordinates":[1,2]}`:                  nil,
		`{"type":"Point"}`:                       nil,
		`{"type":["Point"],"coordinates":[1,2]}`: nil,
		`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[]]}`:                       nil,
		`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]],[[0,0],[181,0],[181,1],[0,0]]]}`:   nil,
		`{"type":"LineString","coordinates":[[1,2],[3,null]]}`:                                         nil,
		`{"type":"LineString","coordinates":{"0":[1,2]}}`:                                              nil,
		`{"type":"GeometryCollection","geometries":[{"type":"GeometryCollection","geometries":[{}]}]}`: nil,
	} {
		writes, faults, err := api.ReadBatch([]byte(`{"op":"patch","id":1,"if_match":1,"feature":{"geometry":`+text+`}}`), l, layers.CRS84)
		switch {
		case err != nil:
			t.Errorf("%s: %v", text, err)
		case want == nil:
			if fault, ok := errors.AsType[*layers.InputError](faults[0]); !ok || !strings.HasPrefix(fault.Field, "feature.geometry") {
				t.Errorf("%s: %v, want a fault of the geometry", text, faults[0])
			}
		case faults[0] != nil || !orb.Equal(writes[0].Geometry, want):
			t.Errorf("%s: %v %v, want %v", text, writes[0], faults[0], want)
		}
	}
}

func TestEntityTags(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lines []string
		want  []string
		fault bool
	}{
		{nil, nil, false},
		{[]string{`"7"`}, []string{`"7"`}, false},
		{[]string{` "7-ab" ,W/"8"`, `*`}, []string{`"7-ab"`, `W/"8"`, `*`}, false},
		{[]string{`"a,b"`, ``, `""`}, []string{`"a,b"`, `""`}, false},
		{[]string{`7`}, nil, true},
		{[]string{`"7`}, nil, true},
		{[]string{`W/7`}, nil, true},
		{[]string{`w/"7"`}, nil, true},
	} {
		got, err := api.EntityTags("If-Match", tt.lines)
		if diff := cmp.Diff(got, tt.want); diff != "" || (err != nil) != tt.fault {
			t.Errorf("%q: %v (-got +want):\n%s", tt.lines, err, diff)
		}
	}
}

// Whatever comes in, it is refused or makes writes that fit the layer.
func FuzzReadBatch(f *testing.F) {
	l := thingLayer(f)
	const feature = `{"type":"Feature","geometry":{"type":"Point","coordinates":[121,31]},"properties":{"kind":"a","floors":3,"height":1.5,"open":true,"built":"2026-11-21","seen":"2026-11-21T00:00:00Z"}}`
	for _, seed := range []string{
		`{"op":"insert","feature":` + feature + `}`,
		`[{"op":"replace","id":1,"if_match":1,"feature":` + feature + `},{"op":"delete","id":1,"if_match":"*"}]`,
		`{"op":"patch","id":2,"if_match":3,"feature":{"properties":{"code":"x","source_id":null}}}` + "\n" + `{"op":"delete"}`,
		`[`, `{"op":"insert","feature":` + strings.Repeat("[", 100), "\xff", `{"a":1,"a":2}`, `{} ]`,
	} {
		f.Add([]byte(seed), 0)
		f.Add([]byte(seed), 4)
	}
	f.Fuzz(func(t *testing.T, data []byte, system int) {
		crs := layers.CRSs()[uint(system)%uint(len(layers.CRSs()))]
		writes, faults, err := api.ReadBatch(data, l, crs)
		if err != nil {
			if status := api.ProblemOf(err).Status; status != http.StatusBadRequest && status != http.StatusRequestEntityTooLarge {
				t.Fatalf("status %d: %v", status, err)
			}
			return
		}
		for i, w := range writes {
			if faults[i] != nil {
				if status := api.ProblemOf(faults[i]).Status; status != http.StatusBadRequest && status != http.StatusPreconditionRequired {
					t.Fatalf("status %d: %v", status, faults[i])
				}
				continue
			}
			fits(t, l, w)
		}
	})
}

// fits fails unless a write is one that the store may take as it is.
func fits(t *testing.T, l *layers.Layer, w *layers.Write) {
	t.Helper()
	if len(w.Columns) != len(w.Values) {
		t.Fatalf("%d columns and %d values", len(w.Columns), len(w.Values))
	}
	for i, c := range w.Columns {
		if !slices.ContainsFunc(l.WritableColumns(), func(p layers.Property) bool { return p.Name == c.Name }) {
			t.Fatalf("%s is not writable", c.Name)
		}
		again, err := c.Coerce(w.Values[i])
		if diff := cmp.Diff(again, w.Values[i]); err != nil || diff != "" {
			t.Fatalf("%s: %v %s", c.Name, err, diff)
		}
	}
	if insert := w.Op == layers.Insert; insert && w.Geometry == nil || !insert && !w.Match.Any && len(w.Match.Versions) == 0 {
		t.Fatalf("%+v", w)
	}
	if w.Geometry == nil {
		return
	}
	for _, corner := range []orb.Point{w.Geometry.Bound().Min, w.Geometry.Bound().Max} {
		if err := geo.CheckPoint(corner); err != nil {
			t.Fatal(err)
		}
	}
}

// parseJSON takes what encoding/json does, less what nobody can have meant, and
// makes the same of it.
func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e3,null,true,"\u5916"]}`, `[[[]]]`, `{"a":1,"a":1}`, ` 7 `, `7 8`, `"\ud800"`, `{"a"`, "\xff", `-`, `01`, `[1,]`, `}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := api.ParseJSON(data)
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		var want any
		wantErr := d.Decode(&want)
		if err != nil {
			reason := err.Error()
			if !strings.HasPrefix(reason, "body: line ") {
				t.Fatalf("no place: %v", err)
			}
			ours := strings.Contains(reason, "given twice") || strings.Contains(reason, "levels deep") || !utf8.Valid(data)
			if wantErr == nil && !ours && json.Valid(data) {
				t.Fatalf("%q: %v", data, err)
			}
			return
		}
		if !json.Valid(data) {
			t.Fatalf("%q is no JSON and was taken", data)
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Fatalf("%q (-got +want):\n%s", data, diff)
		}
	})
}
