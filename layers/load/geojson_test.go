package load_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/load"
)

// lamp is the layer that most tests of readers read into.
func lamp() *layers.Layer {
	return thing(layers.Point,
		layers.Property{Name: "name", Type: layers.String, MaxLength: 10},
		layers.Property{Name: "height", Type: layers.Number, Minimum: new(0.0), Maximum: new(50.0)},
		layers.Property{Name: "bulbs", Type: layers.Integer},
	)
}

func anything() *layers.Layer { return thing(layers.AnyGeometry) }

// seen is what a test compares: features in short, rejections whole.
type seen struct {
	Features []string
	Rejected []string
	Ignored  []string
	Unseen   []string
	Stated   geo.Datum
	Err      string
}

func summary(sink *memory, r load.Report, err error) seen {
	s := seen{Ignored: r.Ignored, Unseen: r.Unseen, Stated: r.Stated, Err: message(err)}
	for _, f := range sink.features["thing"] {
		s.Features = append(s.Features, fmt.Sprintf("%s %s %v %v line %d %s", f.SourceID, f.Code, f.Geometry, f.Properties, f.At.Line, f.At.Thing))
	}
	for _, r := range sink.rejected {
		s.Rejected = append(s.Rejected, fmt.Sprintf("line %d %s %s: %s", r.At.Line, r.At.Thing, r.ID, r.Reason))
	}
	return s
}

func TestGeoJSON(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		file    string
		layer   *layers.Layer
		options load.Options
		want    seen
	}{
		{
			name: "collection",
			file: `{"type":"FeatureCollection","features":[
{"type":"Feature","id":"a","properties":{"name":"灯","height":8,"bulbs":2.0,"owner":"x","code":"C1"},"geometry":{"type":"Point","coordinates":[121.5,31.2]}},
{"type":"Feature","id":7,"properties":{"height":"9.5"},"geometry":{"type":"Point","coordinates":[121.6,31.3,4.2]}}
]}`,
			want: seen{
				Features: []string{"a C1 [121.5 31.2] [灯 8 2] line 2 feature 1", "7  [121.6 31.3] [<nil> 9.5 <nil>] line 3 feature 2"},
				Ignored:  []string{"owner"},
			},
		},
		{
			name: "members in another order, and unknown ones",
			file: "\ufeff" + `{"features":[{"geometry":{"coordinates":[1,2],"type":"Point"},"properties":null,"id":1,"type":"Feature","bbox":[1,2,1,2]}],
"note":{"deep":[[["]}"]]]},"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}},"n":1.5,"type":"FeatureCollection"}`,
			want: seen{Features: []string{"1  [1 2] [<nil> <nil> <nil>] line 1 feature 1"}, Stated: geo.CGCS2000},
		},
		{
			name: "one Feature, its type last",
			file: `{"geometry":{"type":"Point","coordinates":[1,2]},"properties":{"name":"a"},"id":"f","type":"Feature"}`,
			want: seen{Features: []string{"f  [1 2] [a <nil> <nil>] line 1 feature 1"}},
		},
		{
			name: "bare geometry",
			file: `{"coordinates":[1,2],"type":"Point"}`,
			want: seen{Features: []string{"sha256:10a39f36ce6fbfdb4ad86e3d96a0fcd0  [1 2] [<nil> <nil> <nil>] line 1 feature 1"}},
		},
		{
			name:    "mapping, code, id, values and defaults",
			file:    `{"type":"FeatureCollection","features":[{"type":"Feature","id":"x","properties":{"NAME":"a","No":12,"KEY":"k","h":"tall"},"geometry":{"type":"Point","coordinates":[1,2]}}]}`,
			options: load.Options{Mapping: map[string]string{"name": "NAME", "height": "h"}, CodeProperty: "No", IDProperty: "KEY", Values: map[string]map[string]string{"height": {"tall": "20"}}, Defaults: map[string]string{"bulbs": "3"}},
			want:    seen{Features: []string{"k 12 [1 2] [a 20 3] line 1 feature 1"}},
		},
		{
			name:    "names that no feature has",
			file:    `{"type":"Feature","id":1,"properties":{"h":1},"geometry":{"type":"Point","coordinates":[1,2]}}`,
			options: load.Options{Mapping: map[string]string{"name": "NAME", "height": "h"}, CodeProperty: "No"},
			want:    seen{Features: []string{"1  [1 2] [<nil> 1 <nil>] line 1 feature 1"}, Unseen: []string{"NAME", "No"}},
		},
		{
			name:    "GCJ-02 is converted",
			file:    `{"type":"Feature","id":1,"properties":{},"geometry":{"type":"Point","coordinates":[121.4948,31.2360]}}`,
			options: load.Options{Datum: geo.GCJ02},
			want:    seen{Features: []string{fmt.Sprintf("1  %v [<nil> <nil> <nil>] line 1 feature 1", geo.GCJ02.ToWGS84(orb.Point{121.4948, 31.2360}))}},
		},
		{
			name:    "planar coordinates pass as they are",
			file:    `{"type":"Feature","id":1,"properties":{},"geometry":{"type":"Point","coordinates":[993908.8,232934.6]}}`,
			options: load.Options{Datum: geo.Datum(2263), Planar: true},
			want:    seen{Features: []string{"1  [993908.8 232934.6] [<nil> <nil> <nil>] line 1 feature 1"}},
		},
		{
			name: "@id, and names and strings with escapes",
			file: `{"type":"Feature","properties":{"\u0040id":"way/1","n\u0061me":"\u706f\n\"","heigh\t":1},"geometry":{"type":"Point","coordinates":[1,2]}}`,
			want: seen{
				Features: []string{"way/1  [1 2] [灯\n\" <nil> <nil>] line 1 feature 1"},
				Ignored:  []string{"heigh\t"},
			},
		},
		{
			name:  "all types of geometry",
			layer: anything(),
			file: `{"type":"FeatureCollection","features":[
{"type":"Feature","id":1,"properties":{},"geometry":{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}},
{"type":"Feature","id":2,"properties":{},"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]}},
{"type":"Feature","id":3,"properties":{},"geometry":{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]]}},
{"type":"Feature","id":4,"properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}},
{"type":"Feature","id":5,"properties":{},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}},
{"type":"Feature","id":6,"properties":{},"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}}]}`,
			want: seen{Features: []string{
				"1  [[1 2] [3 4]] [] line 2 feature 1",
				"2  [[1 2] [3 4]] [] line 3 feature 2",
				"3  [[[1 2] [3 4]]] [] line 4 feature 3",
				"4  [[[0 0] [1 0] [1 1] [0 0]]] [] line 5 feature 4",
				"5  [[[[0 0] [1 0] [1 1] [0 0]]]] [] line 6 feature 5",
				"6  [[1 2]] [] line 7 feature 6",
			}},
		},
		{
			name: "multi with one member into a single layer",
			file: `{"type":"Feature","id":1,"properties":{},"geometry":{"type":"MultiPoint","coordinates":[[1,2]]}}`,
			want: seen{Features: []string{"1  [1 2] [<nil> <nil> <nil>] line 1 feature 1"}},
		},
		{
			name: "empty collection",
			file: `{"type":"FeatureCollection","features":[]}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			layer := tt.layer
			if layer == nil {
				layer = lamp()
			}
			sink := newMemory()
			report, err := load.GeoJSON(t.Context(), reader(tt.file), layer, tt.options, sink)
			if diff := cmp.Diff(summary(sink, report, err), tt.want); diff != "" {
				t.Errorf("got − want +\n%s", diff)
			}
		})
	}
}

// TestGeoJSONBadFeatures has one bad feature between two good ones: it is rejected
// with its reason, and the others are added.
func TestGeoJSONBadFeatures(t *testing.T) {
	t.Parallel()
	good := func(id string) string {
		return `{"type":"Feature","id":"` + id + `","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}`
	}
	properties := func(p string) string {
		return `{"type":"Feature","id":"bad","properties":` + p + `,"geometry":{"type":"Point","coordinates":[1,2]}}`
	}
	geometry := func(g string) string { return `{"type":"Feature","id":"bad","properties":{},"geometry":` + g + `}` }
	lines := thing(layers.MultiLineString)
	polygons := thing(layers.Polygon)
	for _, tt := range []struct {
		name    string
		layer   *layers.Layer
		feature string
		options load.Options
		want    string
	}{
		{name: "not a Feature", feature: `42`, want: "is no Feature but 42"},
		{name: "no type", feature: `{"id":"bad","geometry":null}`, want: "has the type missing, a Feature is wanted"},
		{name: "other type", feature: `{"id":"bad","type":"Topology"}`, want: `has the type "Topology", a Feature is wanted`},
		{name: "properties are a list", feature: properties(`[1]`), want: "has properties that are no object but [1]"},
		{name: "wrong type", feature: properties(`{"height":"tall"}`), want: `height: "tall" is not a number`},
		{name: "object as value", feature: properties(`{"name":{"zh":"灯"}}`), want: "name: an object or a list is not a string"},
		{name: "out of range", feature: properties(`{"height":51}`), want: "height: 51 is above the maximum 50"},
		{name: "over-long", feature: properties(`{"name":"一二三四五六七八九十一"}`), want: `name: "一二三四五六七八九十一" has 11 characters, the most is 10`},
		{name: "NUL in a string", feature: properties(`{"name":"a\u0000b"}`), want: `name: "a\x00b" holds a NUL character`},
		{name: "not UTF-8", feature: properties("{\"name\":\"a\xffb\"}"), want: `name: "a\xffb" is not valid UTF-8`},
		{name: "number beyond all bounds", feature: properties(`{"height":1e999}`), want: `height: "1e999" is not a number`},
		{name: "no id where one is named", feature: properties(`{}`), options: load.Options{IDProperty: "KEY"}, want: "KEY: is the id property and is missing"},
		{name: "long id", feature: `{"type":"Feature","id":"` + strings.Repeat("x", 201) + `","geometry":{"type":"Point","coordinates":[1,2]}}`, want: "id: has 201 bytes, the most is 200"},
		{name: "null geometry", feature: geometry(`null`), want: "has no geometry"},
		{name: "no geometry", feature: `{"type":"Feature","id":"bad","properties":{}}`, want: "has no geometry"},
		{name: "geometry is text", feature: geometry(`"POINT(1 2)"`), want: `has a geometry that is no object but "POINT(1 2)"`},
		{name: "unknown geometry", feature: geometry(`{"type":"Circle","coordinates":[1,2]}`), want: `has a geometry of the unknown type "Circle"`},
		{name: "no coordinates", feature: geometry(`{"type":"Point"}`), want: "has coordinates that are nested wrongly: missing where a position is wanted"},
		{name: "empty position", feature: geometry(`{"type":"Point","coordinates":[]}`), want: "has a position of 0 numbers, the least is 2"},
		{name: "one number", feature: geometry(`{"type":"Point","coordinates":[1]}`), want: "has a position of 1 numbers, the least is 2"},
		{name: "null in a position", feature: geometry(`{"type":"Point","coordinates":[null,2]}`), want: "has a position with null in it, numbers are wanted"},
		{name: "text in a position", feature: geometry(`{"type":"Point","coordinates":["1","2"]}`), want: `has a position with "1" in it, numbers are wanted`},
		{name: "infinite coordinate", feature: geometry(`{"type":"Point","coordinates":[1e999,2]}`), want: "has a coordinate 1e999, which is out of range"},
		{name: "too deep", feature: geometry(`{"type":"Point","coordinates":[[1,2]]}`), want: "has a position with [1,2] in it, numbers are wanted"},
		{name: "too shallow", layer: lines, feature: geometry(`{"type":"LineString","coordinates":[1,2]}`), want: "has coordinates that are nested wrongly: 1 where a position is wanted"},
		{name: "outside the world", feature: geometry(`{"type":"Point","coordinates":[200,91]}`), want: "coordinate (200, 91) is outside the world, longitude −180..180, latitude −90..90"},
		{name: "lat, lon", feature: geometry(`{"type":"Point","coordinates":[31.2,121.5]}`), want: "coordinate (31.2, 121.5) is outside the world but would fit as lat, lon: longitude must come first"},
		{name: "wrong type of geometry", feature: geometry(`{"type":"LineString","coordinates":[[1,2],[3,4]]}`), want: "is a LineString, the layer holds Point"},
		{name: "two into a single", feature: geometry(`{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`), want: "is a MultiPoint, the layer holds Point"},
		{name: "collection into a typed layer", feature: geometry(`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}`), want: "is a GeometryCollection, the layer holds Point"},
		{name: "empty line", layer: lines, feature: geometry(`{"type":"LineString","coordinates":[]}`), want: "a line is empty"},
		{name: "empty multi", layer: lines, feature: geometry(`{"type":"MultiLineString","coordinates":[]}`), want: "a MultiLineString is empty"},
		{name: "line of one", layer: lines, feature: geometry(`{"type":"LineString","coordinates":[[1,2]]}`), want: "a line has 1 positions, the least is 2"},
		{name: "short ring", layer: polygons, feature: geometry(`{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}`), want: "a ring has 3 positions, the least is 4"},
		{name: "open ring", layer: polygons, feature: geometry(`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}`), want: "a ring is not closed: it starts at [0 0] and ends at [0 1]"},
		{name: "polygon without rings", layer: polygons, feature: geometry(`{"type":"Polygon","coordinates":[]}`), want: "a Polygon is empty"},
		{name: "null in a collection", layer: anything(), feature: geometry(`{"type":"GeometryCollection","geometries":[null]}`), want: "has no geometry"},
		{name: "nested collections", layer: anything(), feature: geometry(strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 10) + strings.Repeat(`]}`, 10)), want: "has collections nested more than 8 deep"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			layer := tt.layer
			if layer == nil {
				layer = lamp()
			}
			file := `{"type":"FeatureCollection","features":[` + "\n" + good("first") + ",\n" + tt.feature + ",\n" + good("last") + "]}"
			sink := newMemory()
			report, err := load.GeoJSON(t.Context(), reader(file), layer, tt.options, sink)
			if err != nil {
				t.Fatal(err)
			}
			// Points are no good features of other layers; only the bad one counts here.
			for _, r := range sink.rejected {
				if r.At.Line != 3 {
					continue
				}
				if r.Reason != tt.want || r.At.Thing != "feature 2" || r.Layer != "thing" {
					t.Errorf("got %+v, want reason %q", r, tt.want)
				}
				if report.Read != 3 || report.Added+report.Rejected != 3 {
					t.Errorf("report %+v", report)
				}
				return
			}
			t.Errorf("feature 2 was not rejected: %+v", sink.rejected)
		})
	}
}

// TestGeoJSONBadFiles ends with an error that names the line.
func TestGeoJSONBadFiles(t *testing.T) {
	t.Parallel()
	point := `{"type":"Feature","id":1,"properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}`
	for _, tt := range []struct {
		name, file string
		options    load.Options
		want       string
	}{
		{name: "empty", file: "", want: "file: is empty"},
		{name: "blank", file: " \n\t", want: "file: is empty"},
		{name: "only a byte order mark", file: "\ufeff", want: "line 1: the file ends in the middle: it is truncated"},
		{name: "garbage", file: "hello", want: "line 1: the file has 'h' where JSON wants '{'"},
		{name: "array", file: "[1]", want: "line 1: the file has '[' where JSON wants '{'"},
		{name: "zip", file: "PK\x03\x04rest", want: "file: is a zip archive (or an Excel or KMZ file): unpack it, or export it as CSV or GeoJSON"},
		{name: "gzip", file: "\x1f\x8brest", want: "file: is compressed with gzip: unpack it first"},
		{name: "UTF-16", file: "\xff\xfe{\x00", want: "file: is UTF-16 text: save it as UTF-8"},
		{name: "empty object", file: "{}", want: "type: is missing, which is no GeoJSON"},
		{name: "Esri JSON", file: `{"geometryType":"esriGeometryPoint","features":[]}`, want: `type: is missing; a file with "features" has the type "FeatureCollection"`},
		{name: "TopoJSON", file: `{"type":"Topology","arcs":[]}`, want: `type: is "Topology", which is no GeoJSON`},
		{name: "no features", file: `{"type":"FeatureCollection"}`, want: "features: the FeatureCollection has none of this member"},
		{name: "features is an object", file: `{"type":"FeatureCollection","features":{}}`, want: "line 1: the file has '{' where JSON wants '['"},
		{name: "cut in a feature", file: "{\"type\":\"FeatureCollection\",\"features\":[\n" + point[:40], want: "line 2: the file ends in the middle: it is truncated"},
		{name: "cut after a feature", file: "{\"type\":\"FeatureCollection\",\"features\":[\n" + point, want: "line 2: the file ends in the middle: it is truncated"},
		{name: "cut before the last brace", file: "{\"type\":\"FeatureCollection\",\"features\":[\n" + point + "]\n", want: "line 3: the file ends in the middle: it is truncated"},
		{name: "bad syntax in a feature", file: "{\"type\":\"FeatureCollection\",\"features\":[\n" + point + ",\n{\"type\":\"Feature\",\n\"id\":01}]}", want: "line 4: the file is not valid JSON: invalid character '1' after object key:value pair"},
		{name: "comma too many", file: "{\"type\":\"FeatureCollection\",\"features\":[\n" + point + ",]}", want: "line 2: the file is not valid JSON: unexpected end of JSON input"},
		{name: "comma missing", file: "{\"type\":\"FeatureCollection\",\"features\":[\n" + point + "\n" + point + "]}", want: "line 3: the file has '{' where JSON wants ',' or ']'"},
		{name: "a sequence", file: point + "\n" + point, want: "line 2: the file goes on with '{' after its end: if it is one feature a line, read it as a GeoJSON sequence"},
		{name: "name is a number", file: `{1:2}`, want: "line 1: the file has 1 where JSON wants the name of a member"},
		{name: "unknown crs", file: `{"crs":{"type":"name","properties":{"name":"local"}},"type":"FeatureCollection","features":[]}`, want: `line 1: crs: names "local", where urn:ogc:def:crs:OGC:1.3:CRS84 or urn:ogc:def:crs:EPSG::n is wanted`},
		{name: "a feature too long", options: load.Options{MaxFeatureBytes: 1 << 17}, file: "{\"type\":\"FeatureCollection\",\"features\":[\n{\"x\":\"" + strings.Repeat("a", 1<<18) + "\"}]}", want: "line 2: a value of the file is longer than the limit of 131072 bytes"},
		{name: "GBK", file: "{\"type\":\"FeatureCollection\",\n\"features\":[{\"name\":\"\xcd\xe2\xcc\xb2\"}\n]}\n", want: "line 2: encoding: is not UTF-8, but could be GBK or GB18030: say encoding gb18030, or convert the file to UTF-8"},
		{name: "unknown encoding", options: load.Options{Encoding: "latin1"}, file: "{}", want: `encoding: "latin1" is not known: utf-8 and gb18030 are`},
		{name: "mapping of no property", options: load.Options{Mapping: map[string]string{"naem": "NAME"}}, file: "{}", want: `mapping: the layer thing has no property "naem": it has name, height, bulbs`},
		{name: "default of the wrong type", options: load.Options{Defaults: map[string]string{"height": "tall"}}, file: "{}", want: `defaults: height: "tall" is not a number`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := load.GeoJSON(t.Context(), reader(tt.file), lamp(), tt.options, sieve{})
			if got := message(err); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if _, ok := errors.AsType[*layers.InputError](err); !ok {
				t.Errorf("%T is no InputError", err)
			}
		})
	}
}

// TestEndless gives each reader files without an end; each must stop by itself, soon.
func TestEndless(t *testing.T) {
	t.Parallel()
	const most = 4 << 20
	o := load.Options{MaxFeatureBytes: 1 << 20}
	for _, tt := range []struct {
		name, head, piece string
		read              func(context.Context, *endless) (load.Report, error)
	}{
		{"GeoJSON, a string", `{"type":"FeatureCollection","features":[{"name":"`, "a", func(ctx context.Context, e *endless) (load.Report, error) {
			return load.GeoJSON(ctx, e, lamp(), o, sieve{})
		}},
		{"GeoJSON, a polygon", `{"type":"FeatureCollection","features":[{"coordinates":[`, "[1,2],", func(ctx context.Context, e *endless) (load.Report, error) {
			return load.GeoJSON(ctx, e, lamp(), o, sieve{})
		}},
		{"CSV, a line", "lon,lat,name\n1,2,", "a", func(ctx context.Context, e *endless) (load.Report, error) {
			return load.CSV(ctx, e, lamp(), o, sieve{})
		}},
		{"CSV, a header", "", "lon,", func(ctx context.Context, e *endless) (load.Report, error) {
			return load.CSV(ctx, e, lamp(), o, sieve{})
		}},
		{"CSV, a quoted field", "lon,lat,name\n1,2,\"", "a\n", func(ctx context.Context, e *endless) (load.Report, error) {
			return load.CSV(ctx, e, lamp(), o, sieve{})
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := &endless{head: tt.head, piece: tt.piece}
			_, err := tt.read(t.Context(), e)
			if _, ok := errors.AsType[*layers.InputError](err); !ok || !strings.Contains(err.Error(), "longer than the limit of 1048576 bytes") {
				t.Errorf("got %v", err)
			}
			if e.read > most {
				t.Errorf("%d bytes were read", e.read)
			}
		})
	}
}

func TestStrictAndCancelled(t *testing.T) {
	t.Parallel()
	file := `{"type":"FeatureCollection","features":[{"type":"Feature"}]}`
	sink := newMemory()
	sink.strict = true
	if _, err := load.GeoJSON(t.Context(), reader(file), lamp(), load.Options{}, sink); !errors.Is(err, errStrict) {
		t.Errorf("strict: got %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	cancel(gone)
	if _, err := load.GeoJSON(ctx, reader(file), lamp(), load.Options{}, newMemory()); !errors.Is(err, gone) {
		t.Errorf("cancelled: got %v", err)
	}
}

func TestAxisOrder(t *testing.T) {
	t.Parallel()
	monaco := orb.Bound{Min: orb.Point{7.40, 43.72}, Max: orb.Point{7.45, 43.76}}
	file := `{"type":"Feature","id":1,"properties":{},"geometry":{"type":"Point","coordinates":[43.73,7.42]}}`
	_, err := load.GeoJSON(t.Context(), reader(file), lamp(), load.Options{Expected: &monaco}, newMemory())
	want := "coordinates: all 1 points lie outside the expected area and would lie inside it as lat, lon: swap the coordinates so that longitude comes first"
	if got := message(err); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestGeoJSONDatum(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, file string
		want       geo.Datum
		err        string
	}{
		{name: "none", file: `{"type":"FeatureCollection","features":[]}`},
		{name: "empty object", file: `{}`},
		{name: "null", file: `{"crs":null}`},
		{name: "CRS84", file: `{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}}`, want: geo.WGS84},
		{name: "short CRS84", file: `{"crs":{"type":"name","properties":{"name":"OGC:CRS84"}}}`, want: geo.WGS84},
		{name: "EPSG", file: `{"features":[{},{}],"crs":{"type":"name","properties":{"name":"EPSG:2263"}}}`, want: geo.Datum(2263)},
		{name: "URN", file: `{"a":1,"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG:6.6:4490"}}}`, want: geo.CGCS2000},
		{name: "link", file: `{"crs":{"type":"link","properties":{"href":"x"}}}`, err: `line 1: crs: names "", where urn:ogc:def:crs:OGC:1.3:CRS84 or urn:ogc:def:crs:EPSG::n is wanted`},
		{name: "trailing comma", file: `{"a":1,}`, err: "line 1: the file is not valid JSON: unexpected end of JSON input"},
		{name: "cut", file: `{"features":[{`, err: "line 1: the file ends in the middle: it is truncated"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := load.GeoJSONDatum(t.Context(), reader(tt.file), load.Options{})
			if got != tt.want || message(err) != tt.err {
				t.Errorf("got %v, %q; want %v, %q", got, message(err), tt.want, tt.err)
			}
		})
	}
}

// TestIdentity: the hash does not depend on the order of members, and does on
// everything else.
func TestIdentity(t *testing.T) {
	t.Parallel()
	id := func(properties, coordinates string) string {
		sink := newMemory()
		file := `{"type":"Feature","properties":` + properties + `,"geometry":{"type":"Point","coordinates":` + coordinates + `}}`
		if _, err := load.GeoJSON(t.Context(), reader(file), lamp(), load.Options{}, sink); err != nil {
			t.Fatal(err)
		}
		return sink.features["thing"][0].SourceID
	}
	first := id(`{"name":"a","x":1}`, `[1,2]`)
	if got := id(`{ "x":1 , "name":"a" }`, `[ 1.0,2 ]`); got != first {
		t.Errorf("order and spaces matter: %s, %s", got, first)
	}
	for _, other := range []string{
		id(`{"name":"a","x":2}`, `[1,2]`), id(`{"name":"b","x":1}`, `[1,2]`),
		id(`{"name":"a"}`, `[1,2]`), id(`{"name":"a","x":1}`, `[1,3]`),
	} {
		if other == first {
			t.Errorf("two features have the id %s", first)
		}
	}
}

// TestGeoJSONAgainstStandardLibrary writes random features with encoding/json and
// reads them back.
func TestGeoJSONAgainstStandardLibrary(t *testing.T) {
	t.Parallel()
	const seed, many = 20261121, 500
	r := rand.New(rand.NewPCG(seed, 0))
	layer := thing(layers.Point,
		layers.Property{Name: "s", Type: layers.String}, layers.Property{Name: "n", Type: layers.Number},
		layers.Property{Name: "i", Type: layers.Integer}, layers.Property{Name: "b", Type: layers.Boolean})
	features, want := make([]any, 0, many), make([][]any, 0, many)
	for i := range many {
		text := make([]rune, r.IntN(12))
		for i := range text {
			text[i] = []rune("a\"\\/\n\t<>&é外滩🏙\u2028")[r.IntN(14)]
		}
		values := []any{string(text), r.NormFloat64() * 1e6, r.Int64() - r.Int64(), r.IntN(2) == 0}
		p := orb.Point{r.Float64()*360 - 180, r.Float64()*180 - 90}
		want = append(want, append(slices.Clone(values), p))
		features = append(features, map[string]any{
			"type": "Feature", "id": i,
			"properties": map[string]any{"s": values[0], "n": values[1], "i": values[2], "b": values[3]},
			"geometry":   map[string]any{"type": "Point", "coordinates": p},
		})
	}
	data, err := json.MarshalIndent(map[string]any{"type": "FeatureCollection", "features": features}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	sink := newMemory()
	if _, err := load.GeoJSON(t.Context(), reader(string(data)), layer, load.Options{}, sink); err != nil {
		t.Fatal(err)
	}
	if len(sink.rejected) > 0 {
		t.Fatalf("rejected %v (seed %d)", sink.rejected[0], seed)
	}
	for i, f := range sink.features["thing"] {
		got := append(f.Properties, f.Geometry)
		if diff := cmp.Diff(got, want[i]); diff != "" {
			t.Fatalf("feature %d, seed %d: got − want +\n%s", i, seed, diff)
		}
	}
}
