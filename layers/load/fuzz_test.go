package load_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/load"
)

// check says what must hold whatever the bytes: the run ends with a result or an
// InputError, the counts agree, and what was added can be stored.
func check(t *testing.T, layer *layers.Layer, sink *memory, report load.Report, err error) {
	t.Helper()
	if _, ok := errors.AsType[*layers.InputError](err); err != nil && !ok {
		t.Errorf("%T: %v", err, err)
	}
	added := 0
	for _, features := range sink.features {
		added += len(features)
	}
	if report.Read != report.Added+report.Rejected || int(report.Added) != added || int(report.Rejected) != len(sink.rejected) {
		t.Errorf("report %+v, but %d and %d", report, added, len(sink.rejected))
	}
	for _, r := range sink.rejected {
		if r.Reason == "" {
			t.Errorf("no reason in %+v", r)
		}
	}
	for _, features := range sink.features {
		for _, f := range features {
			if f.SourceID == "" || layers.CheckText(f.SourceID) != nil || layers.CheckText(f.Code) != nil {
				t.Errorf("keys %q, %q", f.SourceID, f.Code)
			}
			checkStorable(t, f.Geometry)
			if layer == nil {
				continue
			}
			for i, v := range f.Properties {
				if _, err := layer.Properties[i].Coerce(v); err != nil {
					t.Errorf("property %v: %v", v, err)
				}
			}
		}
	}
}

// checkStorable tests a geometry that was added.
func checkStorable(t *testing.T, g orb.Geometry) {
	t.Helper()
	b := g.Bound()
	if err := geo.CheckPoint(b.Min); err != nil {
		t.Error(err)
	}
	if err := geo.CheckPoint(b.Max); err != nil {
		t.Error(err)
	}
	if p, ok := g.(orb.Polygon); ok {
		for _, r := range p {
			if len(r) < 4 || !r.Closed() {
				t.Errorf("ring %v", r)
			}
		}
	}
}

func fuzzLayer() *layers.Layer {
	l := lamp()
	l.Geometry = layers.AnyGeometry
	return l
}

func FuzzGeoJSON(f *testing.F) {
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","id":1,"properties":{"name":"a","height":1.5,"bulbs":"2","x":[{}]},"geometry":{"type":"Point","coordinates":[1,2]}}],"crs":null}`))
	f.Add([]byte(`{"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},"properties":null,"type":"Feature"}`))
	f.Add([]byte(`{"type":"GeometryCollection","geometries":[{"type":"MultiPoint","coordinates":[[1,2,3]]}]}`))
	f.Add([]byte("\ufeff{\"type\":\"Feature\",\"a\\u0062\":\"\\ud83c\\udfd9\\u0000\"}"))
	f.Add([]byte(`{"type":"FeatureCollection","features":[`))
	f.Fuzz(func(t *testing.T, file []byte) {
		layer, o := fuzzLayer(), load.Options{MaxFeatureBytes: 1 << 16}
		sink := newMemory()
		report, err := load.GeoJSON(t.Context(), bytes.NewReader(file), layer, o, sink)
		check(t, layer, sink, report, err)
		if _, err := load.GeoJSONDatum(t.Context(), bytes.NewReader(file), o); err != nil {
			if _, ok := errors.AsType[*layers.InputError](err); !ok {
				t.Errorf("%T: %v", err, err)
			}
		}
	})
}

func FuzzGeoJSONSeq(f *testing.F) {
	f.Add([]byte("{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}}\n\n{}\n"))
	f.Add([]byte("\x1e{\"type\":\"Point\",\n\"coordinates\":[1,2]}\n\x1e\x1e{"))
	f.Fuzz(func(t *testing.T, file []byte) {
		layer := fuzzLayer()
		sink := newMemory()
		report, err := load.GeoJSONSeq(t.Context(), bytes.NewReader(file), layer, load.Options{MaxFeatureBytes: 1 << 10}, sink)
		check(t, layer, sink, report, err)
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("id,lon,lat,name,height,bulbs\n1,1,2,a,3,4\n\"x\ny\",1,2,\"\"\"\",,\n,,\n"), false)
	f.Add([]byte("WKT;name\n\"POLYGON((0 0,1 0,1 1,0 0))\";a\nMULTIPOINT(1 2);b\n"), false)
	f.Add([]byte("id,\xbe\xad\xb6\xc8,\xce\xb3\xb6\xc8\n1,2,3\n"), true)
	f.Fuzz(func(t *testing.T, file []byte, gb18030 bool) {
		layer, o := fuzzLayer(), load.Options{MaxFeatureBytes: 1 << 16}
		if gb18030 {
			o.Encoding = "gb18030"
		}
		sink := newMemory()
		report, err := load.CSV(t.Context(), bytes.NewReader(file), layer, o, sink)
		check(t, layer, sink, report, err)
	})
}

func FuzzOSM(f *testing.F) {
	f.Add([]byte(osmXML(`<way id='1'>` + nd("11", "21", "22", "11") + tags("building=yes", "height=3", "heritage=2", "name=a") + `</way>
		<way id='2'>` + nd("11", "12", "11") + tags("highway=primary", "oneway=-1") + `</way>
		<relation id='1'><member type='way' ref='1' role='outer'/>` + tags("type=multipolygon", "natural=water") + `</relation>
		<relation id='2'><member type='way' ref='2' role=''/>` + tags("type=route", "route=subway", "name=b") + `</relation>`)))
	f.Add([]byte("<osm><way id='1'><nd ref='1'/>"))
	catalog := standard(f)
	f.Fuzz(func(t *testing.T, file []byte) {
		sink := newMemory()
		report, err := load.OSM(t.Context(), bytes.NewReader(file), catalog, load.Options{MaxFeatureBytes: 1 << 16}, sink)
		check(t, nil, sink, report, err)
	})
}
