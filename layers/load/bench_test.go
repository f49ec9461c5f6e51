package load_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"testing"

	"yiping/layers/load"
)

// Readers alone, into a sink that keeps nothing:
//
//	go test ./layers/load -run '^$' -bench . -benchtime 3s
//
// features/s is the figure that issue 2 asks for: at least 400,000 simple points of
// CSV and 60,000 features of GeoJSON a second on one core.

func BenchmarkCSV(b *testing.B) {
	var file bytes.Buffer
	const rows = 100_000
	file.WriteString("id,lon,lat,class,state\n")
	for i := range rows {
		fmt.Fprintf(&file, "%d,%.7f,%.7f,01037,完好\n", i, 121+float64(i)*1e-6, 31+float64(i)*1e-6)
	}
	layer := standardLayer(b, "component")
	benchmark(b, file.Bytes(), rows, func(r io.Reader) (load.Report, error) {
		return load.CSV(b.Context(), r, layer, load.Options{}, sieve{})
	})
}

func BenchmarkGeoJSON(b *testing.B) {
	var file bytes.Buffer
	const rows = 50_000
	file.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range rows {
		if i > 0 {
			file.WriteString(",\n")
		}
		fmt.Fprintf(&file, `{"type":"Feature","id":%d,"properties":{"class":"01037","state":"完好","name":"灯 %d"},"geometry":{"type":"Point","coordinates":[%.7f,%.7f]}}`,
			i, i, 121+float64(i)*1e-6, 31+float64(i)*1e-6)
	}
	file.WriteString("]}")
	component := standardLayer(b, "component")
	b.Run("points", func(b *testing.B) {
		benchmark(b, file.Bytes(), rows, func(r io.Reader) (load.Report, error) {
			return load.GeoJSON(b.Context(), r, component, load.Options{}, sieve{})
		})
	})
	b.Run("polygons of the Milan grid", func(b *testing.B) {
		data, err := os.ReadFile(shared(b, "milan-grid/milano-grid.geojson").Name())
		if err != nil {
			b.Fatal(err)
		}
		compound := standardLayer(b, "compound")
		o := load.Options{Mapping: map[string]string{"name": "cellId"}}
		benchmark(b, data, 10_000, func(r io.Reader) (load.Report, error) {
			return load.GeoJSON(b.Context(), r, compound, o, sieve{})
		})
	})
}

func BenchmarkOSM(b *testing.B) {
	catalog := standard(b)
	for _, name := range []string{"osm-monaco/monaco-latest.osm.pbf", "shanghai-osm-sample/shanghai_sample.osm"} {
		b.Run(name, func(b *testing.B) {
			data, err := os.ReadFile(shared(b, name).Name())
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := load.OSM(b.Context(), bytes.NewReader(data), catalog, load.Options{}, sieve{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchmark(b *testing.B, file []byte, features int, read func(io.Reader) (load.Report, error)) {
	b.Helper()
	b.ReportAllocs()
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		report, err := read(bytes.NewReader(file))
		if err != nil || report.Added != int64(features) {
			b.Fatalf("%+v, %v", report, err)
		}
	}
	b.ReportMetric(float64(features)*float64(b.N)/b.Elapsed().Seconds(), "features/s")
}
