package city_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"yiping/layers"
	"yiping/layers/city"
)

// A town of one district with two streets, of which one has no code.
const (
	smallManifest = `
title: 小城
centre: [120.05, 30.05]
covered: [[120.0, 30.0, 120.1, 30.1]]
sources:
  survey: {title: 测绘, licence: internal, attribution: 某局, datum: cgcs2000}
  phone: {title: 手机地图, licence: unknown, datum: gcj02}
districts:
  - {file: districts.geojson, source: survey, id: key, fields: {code: code, name: name, population: people, population_year: {default: "2020"}}}
streets:
  - {file: streets.geojson, source: survey, id: key, fields: {code: code, name: name}}
villages:
  - {file: villages.geojson, source: survey, id: key, fields: {name: name}}
roads:
  - file: roads.geojson
    source: survey
    id: key
    bound: [120.0, 30.0, 120.1, 30.1]
    except: {highway: [proposed]}
    fields:
      name: {from: ["name:zh", name]}
      class: {from: [highway], values: {motorway_link: motorway, residential: residential, steps: null}}
      lanes: lanes
      oneway: oneway
metro_lines:
  - {file: lines.geojson, source: survey, id: ref, fields: {name: name, ref: ref}}
metro_stations:
  - {file: stations.geojson, source: survey, id: key, fields: {name: name, name_en: "name:en", status: {from: [construction], values: {"": open}, default: construction}}}
heritage:
  - {file: places.geojson, source: phone, id: key, only: {heritage: ["*"]}, fields: {name: name, built_year: start_date}}
`
	smallDistricts = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"key":1,"code":"330199","name":"东区","people":120000},"geometry":{"type":"Polygon","coordinates":[[[120,30],[120.1,30],[120.1,30.1],[120,30.1],[120,30]]]}}]}`
	smallStreets = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"key":1,"code":"330199002","name":"甲街道"},"geometry":{"type":"Polygon","coordinates":[[[120,30],[120.05,30],[120.05,30.1],[120,30.1],[120,30]]]}},
{"type":"Feature","properties":{"key":2,"code":null,"name":"乙镇"},"geometry":{"type":"Polygon","coordinates":[[[120.05,30],[120.1,30],[120.1,30.1],[120.05,30.1],[120.05,30]]]}},
{"type":"Feature","properties":{"key":3,"code":null,"name":"邻镇"},"geometry":{"type":"Polygon","coordinates":[[[120.2,30],[120.3,30],[120.3,30.1],[120.2,30.1],[120.2,30]]]}}]}`
	smallVillages = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"key":1,"name":"丙村"},"geometry":{"type":"MultiPolygon","coordinates":[[[[120.06,30.01],[120.07,30.01],[120.07,30.02],[120.06,30.02],[120.06,30.01]]]]}}]}`
	smallRoads = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"key":1,"name":"Lu","name:zh":"一路","highway":"residential","lanes":"2","oneway":"yes"},"geometry":{"type":"LineString","coordinates":[[120.01,30.01],[120.02,30.02]]}},
{"type":"Feature","properties":{"key":2,"name":"二路","highway":"motorway_link","oneway":false},"geometry":{"type":"LineString","coordinates":[[120.02,30.02],[120.03,30.02]]}},
{"type":"Feature","properties":{"key":3,"highway":"steps"},"geometry":{"type":"LineString","coordinates":[[120.02,30.02],[120.03,30.02]]}},
{"type":"Feature","properties":{"key":4,"highway":"proposed"},"geometry":{"type":"LineString","coordinates":[[120.02,30.02],[120.03,30.02]]}},
{"type":"Feature","properties":{"key":5},"geometry":{"type":"LineString","coordinates":[[120.02,30.02],[120.03,30.02]]}},
{"type":"Feature","properties":{"key":6,"highway":"residential"},"geometry":{"type":"LineString","coordinates":[[120.5,30.02],[120.6,30.02]]}}]}`
	smallLines = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"name":"1号线","ref":"1"},"geometry":{"type":"LineString","coordinates":[[120,30.05],[120.1,30.05]]}},
{"type":"Feature","properties":{"name":"2号线","ref":"2"},"geometry":{"type":"LineString","coordinates":[[120.05,30],[120.05,30.1]]}}]}`
	smallStations = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"key":1,"name":"中心"},"geometry":{"type":"Point","coordinates":[120.0495,30.05]}},
{"type":"Feature","properties":{"key":2,"name":"中心","name:en":"Centre"},"geometry":{"type":"Point","coordinates":[120.0505,30.05]}},
{"type":"Feature","properties":{"key":3,"name":"未来","construction":"subway"},"geometry":{"type":"Point","coordinates":[120.09,30.09]}},
{"type":"Feature","properties":{"key":4,"name":"远方（在建）"},"geometry":{"type":"Point","coordinates":[120.08,30.09]}},
{"type":"Feature","properties":{"key":5,"name":"火车站"},"geometry":{"type":"Point","coordinates":[120.01,30.09]}}]}`
	smallPlaces = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"key":1,"name":"老楼","heritage":"4","start_date":"1933-05"},"geometry":{"type":"Point","coordinates":[120.05,30.05]}},
{"type":"Feature","properties":{"key":2,"name":"古塔","heritage":"2","start_date":"宋"},"geometry":{"type":"Point","coordinates":[120.06,30.05]}},
{"type":"Feature","properties":{"key":3,"name":"新楼"},"geometry":{"type":"Point","coordinates":[120.05,30.05]}}]}`
)

// smallCity writes the small town to a folder; files replace or add to its own.
func smallCity(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	all := map[string]string{
		"city.yaml": smallManifest, "districts.geojson": smallDistricts, "streets.geojson": smallStreets,
		"villages.geojson": smallVillages, "roads.geojson": smallRoads, "lines.geojson": smallLines,
		"stations.geojson": smallStations, "places.geojson": smallPlaces,
	}
	maps.Copy(all, files)
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestOpenSmallCity(t *testing.T) {
	t.Parallel()
	b, err := city.Open(smallCity(t, nil), "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.Sources, []layers.Source{
		{Name: "phone", Title: "手机地图", Licence: "unknown", Datum: "GCJ02"},
		{Name: "survey", Title: "测绘", Licence: "internal", Attribution: "某局", Datum: "CGCS2000"},
	}); diff != "" {
		t.Errorf("sources (-got +want):\n%s", diff)
	}
	type area struct {
		Code, Name, Parent string
		Provisional        bool
		People             int64
		Year               int
	}
	var areas []area
	for _, a := range slices.Concat(b.Districts, b.Streets, b.Villages) {
		areas = append(areas, area{a.Code, a.Name, a.Parent, a.Provisional, a.Population, a.PopulationYear})
	}
	if diff := cmp.Diff(areas, []area{
		{"330199", "东区", "", false, 120000, 2020},
		{"330199002", "甲街道", "330199", false, 0, 0},
		{"330199901", "乙镇", "330199", true, 0, 0},
		{"330199901901", "丙村", "330199901", true, 0, 0},
	}); diff != "" {
		t.Errorf("areas (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(b.Roads, []city.Road{
		{Name: "一路", Class: "residential", Lanes: 2, Oneway: true, Source: "survey", SourceID: "1", Geometry: orb.LineString{{120.01, 30.01}, {120.02, 30.02}}},
		{Name: "二路", Class: "motorway", Source: "survey", SourceID: "2", Geometry: orb.LineString{{120.02, 30.02}, {120.03, 30.02}}},
	}); diff != "" {
		t.Errorf("roads (-got +want):\n%s", diff)
	}
	type station struct{ Name, NameEn, Lines, Status string }
	var stations []station
	for _, s := range b.MetroStations {
		stations = append(stations, station{s.Name, s.NameEn, s.Lines, s.Status})
	}
	if diff := cmp.Diff(stations, []station{
		{"中心", "Centre", "1,2", "open"}, {"未来", "", "", "construction"}, {"远方", "", "", "construction"},
	}); diff != "" {
		t.Errorf("stations (-got +want):\n%s", diff)
	}
	type listed struct {
		Name string
		Year int
	}
	var heritage []listed
	for _, h := range b.Heritage {
		heritage = append(heritage, listed{h.Name, h.BuiltYear})
		// GCJ-02 lies some 500 m to the east and south or north of the truth.
		if p := h.Geometry.Bound().Min; p[0] > 120.0575 {
			t.Errorf("%s at %v was not converted from GCJ-02", h.Name, p)
		}
	}
	if diff := cmp.Diff(heritage, []listed{{"老楼", 1933}, {"古塔", 0}}); diff != "" {
		t.Errorf("heritage (-got +want):\n%s", diff)
	}
}

func TestOpenTakesManifestAndRootApart(t *testing.T) {
	t.Parallel()
	dir := smallCity(t, nil)
	manifest := filepath.Join(t.TempDir(), "other.yaml")
	if err := os.WriteFile(manifest, []byte(smallManifest), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := city.Open(manifest, dir)
	if err != nil {
		t.Fatal(err)
	}
	if b.Title != "小城" {
		t.Errorf("got the title %q", b.Title)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	in := func(old, replacement string) map[string]string {
		if !strings.Contains(smallManifest, old) {
			panic("the small manifest has no " + old)
		}
		return map[string]string{"city.yaml": strings.Replace(smallManifest, old, replacement, 1)}
	}
	for name, tt := range map[string]struct {
		files map[string]string
		want  []string // each must be in the message
	}{
		"no YAML":                {map[string]string{"city.yaml": "title: [小城"}, []string{"city.yaml", "line 1"}},
		"empty":                  {map[string]string{"city.yaml": ""}, []string{"title", "is missing"}},
		"unknown key":            {in("covered:", "cover:"), []string{"line 4", "cover"}},
		"unknown key below":      {in("licence: internal", "license: internal"), []string{"line 6", "license"}},
		"unknown key in a field": {in("highway], values", "highway], valeus"), []string{"valeus"}},
		"key twice":              {in("title: 小城", "title: 小城\ntitle: 大城"), []string{"line 3"}},
		"no title":               {in("title: 小城", ""), []string{"title: is missing"}},
		"centre swapped":         {in("[120.05, 30.05]", "[30.05, 120.05]"), []string{"line 3", "centre", "longitude must come first"}},
		"centre of one number":   {in("[120.05, 30.05]", "[120.05]"), []string{"line 3", "centre", "[longitude, latitude]"}},
		"bound upside down":      {in("covered: [[120.0, 30.0", "covered: [[120.0, 30.2"), []string{"line 4", "covered[0]", "[west, south, east, north]"}},
		"no datum":               {in(", datum: gcj02", ""), []string{"sources.phone", "no datum"}},
		"unknown datum":          {in("gcj02", "mars"), []string{"line 7", "mars"}},
		"projected datum":        {in("gcj02", "EPSG:4549"), []string{"line 7", "sources.phone", "convert the files"}},
		"no licence":             {in("licence: unknown, ", ""), []string{"line 7", "sources.phone", "licence"}},
		"unknown source":         {in("source: phone", "source: fone"), []string{"heritage[0]", `"fone"`}},
		"unknown field":          {in("lanes: lanes", "lane: lanes"), []string{"roads[0].fields.lane", "it has name, name_en, class"}},
		"required field":         {in("fields: {name: name, ref: ref}", "fields: {name: name}"), []string{"metro_lines[0]", "ref"}},
		"field from nowhere":     {in("from: [construction], values: {\"\": open}, default: construction", "values: {\"\": open}"), []string{"status", "neither"}},
		"unlisted value":         {in("motorway_link: motorway, ", ""), []string{"roads[0]", "feature 2", "class", `"motorway_link"`, "add it to values"}},
		"unknown part":           {in("covered:", "schematic: [sky]\ncovered:"), []string{"line 4", `"sky"`, "population"}},
		"unknown land":           {in("covered:", "land: flat\ncovered:"), []string{"line 4", "land", "flat"}},
		"missing file":           {in("file: roads.geojson", "file: road.geojson"), []string{"roads[0]", "road.geojson", "does not open"}},
		"file outside":           {in("file: roads.geojson", "file: ../roads.geojson"), []string{"roads[0]", "escapes"}},
		"no JSON":                {map[string]string{"roads.geojson": "{"}, []string{"roads.geojson", "not GeoJSON"}},
		"no collection":          {map[string]string{"roads.geojson": `{"type":"Feature"}`}, []string{"not a GeoJSON FeatureCollection"}},
		"no geometry that is known": {
			map[string]string{"roads.geojson": `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Curve","coordinates":[]}}]}`},
			[]string{"roads.geojson"},
		},
		"wrong geometry": {
			map[string]string{"roads.geojson": strings.ReplaceAll(smallStations, `"name"`, `"highway":"residential","name"`)},
			[]string{"roads[0]", "feature 1", "Point, not a line"},
		},
		"lat, lon": {
			map[string]string{"lines.geojson": strings.ReplaceAll(smallLines, "[120,30.05]", "[30.05,120]")},
			[]string{"metro_lines[0]", "feature 1", "longitude must come first"},
		},
		"district that crosses itself": {
			map[string]string{"districts.geojson": strings.ReplaceAll(smallDistricts, "[120.1,30],[120.1,30.1]", "[120.1,30.1],[120.1,30]")},
			[]string{"districts[0]", "feature 1", "not simple"},
		},
		"no number":          {map[string]string{"roads.geojson": strings.ReplaceAll(smallRoads, `"lanes":"2"`, `"lanes":"2;3"`)}, []string{"roads[0]", "feature 1", "lanes", `"2;3"`}},
		"neither yes nor no": {map[string]string{"roads.geojson": strings.ReplaceAll(smallRoads, `"oneway":"yes"`, `"oneway":"-1"`)}, []string{"feature 1", "oneway", "values"}},
		"short code":         {map[string]string{"districts.geojson": strings.ReplaceAll(smallDistricts, "330199", "3301")}, []string{"3301", "6 digits"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := city.Open(smallCity(t, tt.files), "")
			if err == nil {
				t.Fatal("no error")
			}
			if _, ok := errors.AsType[*layers.InputError](err); !ok {
				t.Errorf("%v is no InputError", err)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the message does not say %q: %v", want, err)
				}
			}
		})
	}
}

func TestOpenNoManifest(t *testing.T) {
	t.Parallel()
	if _, err := city.Open(t.TempDir(), ""); err == nil || !strings.Contains(err.Error(), "city.yaml") {
		t.Errorf("an empty folder: got %v", err)
	}
	if _, err := city.Open(filepath.Join(t.TempDir(), "none"), ""); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: got %v", err)
	}
}

// TestOpenShanghai reads the real data, with the manifest that is kept here, and
// makes a city on it.
func TestOpenShanghai(t *testing.T) {
	t.Parallel()
	b, err := city.Open(filepath.Join("testdata", "shanghai", city.ManifestName), sharedData(t))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{
		"districts": len(b.Districts), "streets": len(b.Streets), "villages": len(b.Villages),
		"metro lines": len(b.MetroLines),
	}
	// 209 streets, less the three of neighbouring provinces.
	want := map[string]int{"districts": 16, "streets": 206, "villages": 157, "metro lines": 19}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("counts (-got +want):\n%s", diff)
	}
	if n := len(b.Buildings); n < 500 {
		t.Errorf("got %d buildings, want those of Lujiazui", n)
	}
	sources := map[string]bool{}
	for _, r := range b.Roads {
		sources[r.Source] = true
	}
	if diff := cmp.Diff(sources, map[string]bool{"osm-roads": true, "osm-lujiazui": true, "schematic": true}); diff != "" {
		t.Errorf("sources of roads (-got +want):\n%s", diff)
	}
	for _, d := range b.Districts {
		if planar.MultiPolygonContains(d.Geometry, orb.Point{121.65, 31.36}) || planar.MultiPolygonContains(d.Geometry, orb.Point{121.6, 30.75}) {
			t.Errorf("%s reaches into the sea", d.Name)
		}
		if err := surface(d.Geometry).Validate(); err != nil {
			t.Errorf("%s: %v", d.Name, err)
		}
	}
	station := slices.IndexFunc(b.MetroStations, func(s city.MetroStation) bool { return s.Name == "世纪大道" })
	if station < 0 || b.MetroStations[station].Lines != "2,4,6,9" {
		t.Error("世纪大道 is not one station of the lines 2, 4, 6 and 9")
	}
	checkVocabulary(t, b)
	t.Run("city", func(t *testing.T) { checkCity(t, b, 0.01) })
}

// sharedData is the folder of the real data, which is no part of the project.
func sharedData(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("YIPING_TEST_DATA")
	if dir == "" {
		root, err := filepath.Abs(filepath.Join("..", ".."))
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(root, "..", "shared", "data")
	}
	if _, err := os.Stat(filepath.Join(dir, "shanghai-admin")); err != nil {
		t.Skip("the shared data is absent: set YIPING_TEST_DATA to its folder")
	}
	return dir
}

func BenchmarkOpen(b *testing.B) {
	dir := os.Getenv("YIPING_TEST_DATA")
	if dir == "" {
		b.Skip("set YIPING_TEST_DATA to the folder of the shared data")
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := city.Open(filepath.Join("testdata", "shanghai", city.ManifestName), dir); err != nil {
			b.Fatal(err)
		}
	}
}
