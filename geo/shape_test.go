package geo_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
)

func TestShape(t *testing.T) {
	for _, tt := range []struct {
		text string
		want orb.Geometry
	}{
		{`{"type":"Point","coordinates":[121.5,31.2]}`, orb.Point{121.5, 31.2}},
		{`{"type":"LineString","coordinates":[[121,31],[122,32]]}`, orb.LineString{{121, 31}, {122, 32}}},
		{`{"type":"GeometryCollection","geometries":[null]}`, nil},
		{`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}`, nil},
		{`{"Type":"GeometryCollection","Geometries":[null]}`, nil},
		{`{"type":"Sphere"}`, nil},
		{`[]`, nil},
	} {
		var got geo.Shape
		err := json.Unmarshal([]byte(tt.text), &got)
		if diff := cmp.Diff(got.Geometry, tt.want); diff != "" || (err == nil) != (tt.want != nil) {
			t.Errorf("%s: error %v (-got +want):\n%s", tt.text, err, diff)
		}
		if err != nil {
			continue
		}
		if text, err := json.Marshal(got); err != nil || string(text) != tt.text {
			t.Errorf("%s is written as %s, error %v", tt.text, text, err)
		}
	}
}

func FuzzShape(f *testing.F) {
	f.Add([]byte(`{"type":"Polygon","coordinates":[[[121,31],[122,31],[122,32],[121,31]]]}`))
	f.Add([]byte(`{"type":"GeometryCollection","geometries":[null]}`))
	f.Add([]byte(`{"type":"MultiPolygon","coordinates":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s geo.Shape
		if json.Unmarshal(data, &s) == nil && s.Geometry != nil {
			if _, err := json.Marshal(s); err != nil {
				t.Errorf("%s was read and cannot be written: %v", data, err)
			}
		}
	})
}
