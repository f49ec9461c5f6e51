package main

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"yiping/layers"
)

// What is asked wrongly gets a 400 that names the parameter and says what is
// wrong; nothing is guessed.
func TestItemsInputFaults(t *testing.T) {
	t.Parallel()
	root, _ := newOGC(t, 0)
	cursor := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	long := "POLYGON((0 0" + strings.Repeat(",1 1,2 2", 2500) + ",0 0))"
	tests := []struct {
		name       string
		parameters []string
		field      string
		reason     string
	}{
		{"unknown parameter", []string{"kind", "a"}, "kind", "is not a parameter here"},
		{"box of words", []string{"bbox", "a,b,c,d"}, "bbox", `"a" is not a number`},
		{"box of three", []string{"bbox", "1,2,3"}, "bbox", "3 numbers"},
		{"box with NaN", []string{"bbox", "NaN,1,2,3"}, "bbox", ""},
		{"infinite box", []string{"bbox", "-Inf,1,2,3"}, "bbox", ""},
		{"box upside down", []string{"bbox", "121,32,122,31"}, "bbox", "above its north"},
		{"box as lat, lon", []string{"bbox", "31,121,32,122"}, "bbox", "121"},
		{"box in a system that does not exist", []string{"bbox", "1,2,3,4", "bbox-crs", "http://www.opengis.net/def/crs/EPSG/0/99999"}, "bbox-crs", "none of the systems"},
		{"box outside Web Mercator", []string{"bbox", "0,0,1e300,1", "bbox-crs", layers.EPSG3857.URI()}, "bbox", "cannot be transformed"},
		{"box as lon, lat in EPSG:4326", []string{"bbox", "121,31,122,32", "bbox-crs", layers.EPSG4326.URI()}, "bbox", "latitude, longitude"},
		{"answer in no system", []string{"crs", "EPSG:4326"}, "crs", "none of the systems"},
		{"filter in no system", []string{"filter", "id = 1", "filter-crs", ""}, "filter-crs", "none of the systems"},
		{"broken filter", []string{"filter", "kind = "}, "filter", "line 1, column 8"},
		{"unknown property", []string{"filter", "knd = 'a'"}, "filter", "kind"},
		{"wrong type", []string{"filter", "floors = 'many'"}, "filter", "column"},
		{"broken JSON filter", []string{"filter", "{", "filter-lang", "cql2-json"}, "filter", "line 1"},
		{"unknown filter language", []string{"filter", "id = 1", "filter-lang", "ecql"}, "filter-lang", "ecql"},
		{"self-crossing polygon", []string{"filter", "S_INTERSECTS(geom, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))"}, "filter", ""},
		{"too many vertices", []string{"filter", "S_INTERSECTS(geom, " + long + ")"}, "filter", "more than 5000 vertices"},
		{"deep filter", []string{"filter", strings.Repeat("(", 500) + "TRUE" + strings.Repeat(")", 500)}, "filter", "64 levels"},
		{"NUL", []string{"filter", "label = 'a\x00'"}, "filter", "NUL"},
		{"not UTF-8", []string{"filter", "label = '\xff'"}, "filter", "UTF-8"},
		{"day as time", []string{"datetime", "2026-11-21"}, "datetime", "is not a time"},
		{"three ends", []string{"datetime", "../../.."}, "datetime", "is not a time"},
		{"interval backwards", []string{"datetime", "2026-02-01T00:00:00Z/2026-01-01T00:00:00Z"}, "datetime", "before it begins"},
		{"no limit", []string{"limit", "0"}, "limit", "from 1"},
		{"negative limit", []string{"limit", "-5"}, "limit", "from 1"},
		{"limit of words", []string{"limit", "all"}, "limit", "from 1"},
		{"absurd limit", []string{"limit", "99999999999999999999"}, "limit", "from 1"},
		{"negative offset", []string{"offset", "-1"}, "offset", "from 0"},
		{"unknown column", []string{"properties", "kind,colour"}, "properties", "colour"},
		{"column twice", []string{"properties", "kind,kind"}, "properties", "twice"},
		{"no column", []string{"properties", ""}, "properties", "no property"},
		{"geometry as a column", []string{"properties", "geom"}, "properties", "geom"},
		{"sort by geometry", []string{"sortby", "geom"}, "sortby", "geom"},
		{"sort with SQL", []string{"sortby", "kind;DROP TABLE city.sample"}, "sortby", "no property"},
		{"sort twice", []string{"sortby", "kind,-kind"}, "sortby", "twice"},
		{"two signs", []string{"sortby", "--kind"}, "sortby", "sign"},
		{"unknown format", []string{"f", "xml"}, "f", "xml"},
		{"unknown count", []string{"count", "all"}, "count", "all"},
		{"cursor of nonsense", []string{"cursor", "!"}, "cursor", "follow the next links"},
		{"cursor of JSON", []string{"cursor", cursor(`{"i":"1"}`)}, "cursor", "follow the next links"},
		{"cursor with more", []string{"cursor", cursor(`{"i":1} {}`)}, "cursor", "follow the next links"},
		{"cursor of another order", []string{"cursor", cursor(`{"i":1}`), "sortby", "kind"}, "cursor", "another order"},
		{"cursor of another type", []string{"cursor", cursor(`{"s":"floors","k":["x"],"i":1}`), "sortby", "floors"}, "cursor", "follow the next links"},
		{"cursor with NUL", []string{"cursor", cursor(`{"s":"label","k":["\u0000"],"i":1}`), "sortby", "label"}, "cursor", "follow the next links"},
		{"cursor of a box without one", []string{"cursor", cursor(`{"s":"@place","k":["wtw3s00"],"i":1}`)}, "cursor", "another order"},
		{"cursor of ids with a box", []string{"cursor", cursor(`{"i":1}`), "bbox", "121,31,122,32"}, "cursor", "another order"},
		{"cursor of a box without place", []string{"cursor", cursor(`{"s":"@place","k":[null],"i":1}`), "bbox", "121,31,122,32"}, "cursor", "follow the next links"},
		{"place is no property", []string{"sortby", "@place"}, "sortby", "no property"},
		{"cursor with offset", []string{"cursor", cursor(`{"i":1}`), "offset", "1"}, "offset", "together"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ask(t, "GET", root+"/collections/sample/items"+query(tt.parameters...), nil)
			var p problem
			if err := json.Unmarshal(got.body, &p); err != nil {
				t.Fatalf("%d %s", got.status, got.body)
			}
			if got.status != 400 || p.Field != tt.field || !strings.Contains(p.Detail, tt.reason) {
				t.Errorf("%d %s, want 400 of %q with %q", got.status, got.body, tt.field, tt.reason)
			}
		})
	}
	t.Run("parameter twice", func(t *testing.T) {
		if got := ask(t, "GET", root+"/collections/sample/items?limit=1&limit=2", nil); got.status != 400 {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
	t.Run("broken escape", func(t *testing.T) {
		if got := ask(t, "GET", root+"/collections/sample/items?limit=%zz", nil); got.status != 400 {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
	for _, path := range []string{"", "/conformance", "/api", "/collections", "/collections/sample", "/collections/sample/schema", "/collections/sample/queryables"} {
		if got := ask(t, "GET", root+path+"?x=1", nil); got.status != 400 {
			t.Errorf("%s with an unknown parameter: %d %s", path, got.status, got.body)
		}
	}
	for _, path := range []string{"/collections/dragon", "/collections/dragon/items", "/collections/dragon/schema", "/collections/dragon/queryables", "/nothing"} {
		if got := ask(t, "GET", root+path, nil); got.status != 404 {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}
