package fence_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/stream/fence"
)

// drawn is a feature with all properties.
const drawn = `{"type":"Feature","id":"F-7","geometry":{"type":"Polygon","coordinates":[[[121,31],[121.1,31],[121.1,31.1],[121,31]]]},
	"properties":{"title":"外滩","streams":["vehicles"],"kinds":["enter","exit"],"hysteresis_m":5,"settle_s":1.5,"dwell_s":60,"absence_s":3600,"synthetic":true,"version":3}}`

func TestParse(t *testing.T) {
	got, err := fence.Parse([]byte(drawn))
	if err != nil {
		t.Fatal(err)
	}
	want := fence.Definition{
		Title: "外滩", Geometry: orb.Polygon{{{121, 31}, {121.1, 31}, {121.1, 31.1}, {121, 31}}}, Streams: []string{"vehicles"},
		Kinds: []fence.Kind{fence.Enter, fence.Exit}, Hysteresis: 5, Settle: 1500 * time.Millisecond, Dwell: time.Minute,
		Absence: time.Hour, Synthetic: true,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Error(diff)
	}
}

func TestParseRefuses(t *testing.T) {
	replace := func(old, by string) string {
		if !strings.Contains(drawn, old) {
			t.Fatalf("%q is not in the feature", old)
		}
		return strings.Replace(drawn, old, by, 1)
	}
	const ring = `"Polygon","coordinates":[[[121,31],[121.1,31],[121.1,31.1],[121,31]]]`
	for _, tt := range []struct{ name, body, field string }{
		{"nothing", "", "body"},
		{"no JSON", "{", "body"},
		{"more behind it", drawn + "{}", "body"},
		{"an unknown member", replace(`"title"`, `"titel"`), "body"},
		{"a geometry alone", `{"type":"Polygon","coordinates":[]}`, "body"},
		{"another type", replace(`"Feature"`, `"FeatureCollection"`), "type"},
		{"no geometry", `{"type":"Feature","geometry":null,"properties":{}}`, "geometry"},
		{"a point", replace(ring, `"Point","coordinates":[121,31]`), "geometry"},
		{"an open ring", replace("[121.1,31.1],[121,31]]", "[121.1,31.1],[121,31.1]]"), "geometry"},
		{"a short ring", replace(ring, `"Polygon","coordinates":[[[121,31],[121.1,31],[121,31]]]`), "geometry"},
		{"no ring", replace(ring, `"Polygon","coordinates":[]`), "geometry"},
		{"no area", replace("[121.1,31.1]", "[121.05,31]"), "geometry"},
		{"latitude first", replace(ring, `"Polygon","coordinates":[[[31,121],[31.1,121],[31.1,121.1],[31,121]]]`), "geometry"},
		{"half the world", replace("[121.1,31.1]", "[-121.1,31.1]"), "geometry"},
		{"at the pole", replace(ring, `"Polygon","coordinates":[[[121,88],[121.1,88],[121.1,88.1],[121,88]]]`), "geometry"},
		{"too many corners", replace("[121,31],", strings.Repeat("[121,31],", fence.MaxVertices)), "geometry"},
		{"a polygon with a buffer", replace(`"hysteresis_m"`, `"buffer_m":5,"hysteresis_m"`), "properties.buffer_m"},
		{"a line without", replace(ring, `"LineString","coordinates":[[121,31],[121.1,31]]`), "properties.buffer_m"},
		{"a line without length", replace(ring, `"LineString","coordinates":[[121,31],[121,31]]`), "geometry"},
		{"no title", replace("外滩", ""), "properties.title"},
		{"a long title", replace("外滩", strings.Repeat("滩", 70)), "properties.title"},
		{"no stream", replace(`["vehicles"]`, `[]`), "properties.streams"},
		{"an empty stream", replace(`["vehicles"]`, `[""]`), "properties.streams"},
		{"an unknown kind", replace(`"enter"`, `"far"`), "properties.kinds"},
		{"a wide band", replace(`"hysteresis_m":5`, `"hysteresis_m":1001`), "properties.hysteresis_m"},
		{"a negative band", replace(`"hysteresis_m":5`, `"hysteresis_m":-1`), "properties.hysteresis_m"},
		{"a negative distance", replace(`"hysteresis_m"`, `"near_m":-1,"hysteresis_m"`), "properties.near_m"},
		{"near from far away", replace(`"hysteresis_m"`, `"near_m":10001,"hysteresis_m"`), "properties.near_m"},
		{"near within the band", replace(`"hysteresis_m"`, `"near_m":5,"hysteresis_m"`), "properties.near_m"},
		{"a long filter", replace(`"hysteresis_m"`, `"where":"`+strings.Repeat(" ", 8<<10)+`1","hysteresis_m"`), "properties.where"},
		{"no time at all", replace(`"settle_s":1.5`, `"settle_s":-1.5`), "properties.settle_s"},
		{"more than a week", replace(`"dwell_s":60`, `"dwell_s":1e300`), "properties.dwell_s"},
		{"a little more than a week", replace(`"absence_s":3600`, `"absence_s":604801`), "properties.absence_s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := fence.Parse([]byte(tt.body))
			input, ok := errors.AsType[*layers.InputError](err)
			if !ok || input.Field != tt.field {
				t.Errorf("error %v, want one of %s", err, tt.field)
			}
		})
	}
}

// FuzzParse looks for definitions that are taken and then cannot be watched.
func FuzzParse(f *testing.F) {
	f.Add([]byte(drawn))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[null]},"properties":{"title":"a","streams":["s"]}}`))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"LineString","coordinates":[[121,31],[121.001,31.001]]},"properties":{"title":"a","streams":["s"],"buffer_m":20}}`))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[0,0],[0,0],[0,0],[0,0]]]]},"properties":{"title":"a","streams":["s"]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := fence.Parse(data)
		if err != nil {
			if !json.Valid(data) && errors.As(err, new(*layers.InputError)) {
				return
			}
			if !errors.As(err, new(*layers.InputError)) {
				t.Fatalf("%v is no fault of the client", err)
			}
			return
		}
		d.Where = "" // it is checked with the streams
		e := fence.New(fence.Config{})
		if _, err := e.Put(d); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		e.Observe(d.Streams[0], []fence.Fix{{Key: "v", Time: start(), Place: d.Geometry.Bound().Center()}})
	})
}
