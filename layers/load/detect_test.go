package load_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yiping/layers/load"
)

func TestDetect(t *testing.T) {
	t.Parallel()
	feature := `{"type":"Feature","properties":{"x":"` + strings.Repeat("x", 1<<17) + `"},"geometry":null}`
	const known = "GeoJSON, GeoJSON sequences, CSV, OSM PBF and OSM XML are read"
	for _, tt := range []struct {
		name, file string
		want       load.Format
		err        string
	}{
		{name: "collection", file: ` {"type":"FeatureCollection","features":[]}`, want: load.FormatGeoJSON},
		{name: "long collection", file: `{"type":"FeatureCollection","features":[` + feature + `,` + feature + `]}`, want: load.FormatGeoJSON},
		{name: "one feature", file: feature, want: load.FormatGeoJSON},
		{name: "features in lines", file: "{\"a\":1}\n{\"a\":2}\n", want: load.FormatGeoJSONSeq},
		{name: "long features in lines", file: feature + "\n" + feature, want: load.FormatGeoJSONSeq},
		{name: "record separators", file: "\x1e{}", want: load.FormatGeoJSONSeq},
		{name: "cut collection", file: `{"type":"FeatureCollection","features":[{`, want: load.FormatGeoJSON},
		{name: "commas", file: "lon,lat\n1,2\n", want: load.FormatCSV},
		{name: "byte order mark and tabs", file: "\ufefflon\tlat\n", want: load.FormatCSV},
		{name: "OSM", file: "<?xml version='1.0'?>\n<osm version='0.6'>", want: load.FormatOSMXML},
		{name: "PBF", file: "\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c", want: load.FormatOSMPBF},
		{name: "empty", file: "", err: "file: is empty"},
		{name: "array", file: "[]", err: "file: is a JSON array: GeoJSON is an object, a FeatureCollection"},
		{name: "KML", file: "<kml/>", err: "file: is XML, but not of OpenStreetMap: convert it with ogr2ogr -f GeoJSONSeq"},
		{name: "shapefile", file: "\x00\x00\x27\x0a\x00", err: "file: is a shapefile: convert it with ogr2ogr -f GeoJSONSeq"},
		{name: "GeoPackage", file: "SQLite format 3\x00", err: "file: is a GeoPackage or SQLite database: convert it with ogr2ogr -f GeoJSONSeq"},
		{name: "gzip", file: "\x1f\x8b\x08", err: "file: is compressed with gzip: unpack it first"},
		{name: "binary", file: "\x7fELF\x00\x00", err: "file: is a binary file of no known kind: " + known},
		{name: "prose", file: "hello\nworld", err: "file: is text of no known kind: " + known},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, []byte(tt.file), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := load.Detect(path)
			if got != tt.want || message(err) != tt.err {
				t.Errorf("got %q, %q; want %q, %q", got, message(err), tt.want, tt.err)
			}
		})
	}
	if _, err := load.Detect(filepath.Join(t.TempDir(), "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent: got %v", err)
	}
}
