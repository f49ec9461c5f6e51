package load_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/load"
)

func updateFlag() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

// TestMain adds -update, which rewrites the golden files, and wants no goroutine
// left when the tests are over.
func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite the golden files")
	flag.Parse()
	goleak.VerifyTestMain(m)
}

// found is what a golden file holds of one import.
type found struct {
	Format load.Format `json:"format"`
	Report load.Report `json:"report"`
	// Values counts the values of a telling property of a layer.
	Values map[string]map[string]int `json:"values,omitempty"`
	// Reasons counts rejections by reason, with the digits masked.
	Reasons map[string]int `json:"reasons,omitempty"`
	// First are the first rejections whole.
	First []layers.Rejection `json:"first_rejections,omitempty"`
}

// TestSharedData imports every folder of the shared data that is a layer, and
// compares what comes of it with testdata/shared. To accept a change:
// go test ./layers/load -run SharedData -update.
func TestSharedData(t *testing.T) {
	t.Parallel()
	catalog := standard(t)
	for _, tt := range []struct {
		file    string
		layer   string // "" is OSM
		options load.Options
	}{
		{file: "osm-monaco/monaco-latest.osm.pbf", options: load.Options{AdminLevels: map[string]string{"8": "district", "10": "street"}}},
		{file: "osm-monaco/bremen-trams.osm.pbf"},
		{file: "shanghai-osm-sample/shanghai_sample.osm"},
		{file: "shanghai-huangpu-roads/shanghai-huangpu-drive.osm"},
		{file: "shanghai-huangpu-roads/roads.geojson", layer: "road", options: load.Options{
			IDProperty: "osm_way_id", Mapping: map[string]string{"class": "highway"},
			Values: map[string]map[string]string{"class": {
				"trunk_link": "trunk", "primary_link": "primary", "secondary_link": "secondary", "tertiary_link": "tertiary",
				"living_street": "residential", "unclassified": "residential",
			}},
		}},
		{file: "shanghai-huangpu-roads/tagged_nodes.geojson", layer: "component", options: load.Options{
			Mapping: map[string]string{"class": "highway"}, Defaults: map[string]string{"state": "完好"},
			Values: map[string]map[string]string{"class": {"traffic_signals": "02014"}},
		}},
		{file: "shanghai-admin/districts.geojson", layer: "district"},
		{file: "shanghai-admin/streets.geojson", layer: "street"},
		{file: "shanghai-admin/neighbourhoods_partial.geojson", layer: "village"},
		{file: "shanghai-admin/shanghai_admin_boundary_raw.geojson", layer: "street"},
		{file: "shanghai-metro/stations.geojson", layer: "metro_station", options: load.Options{Mapping: map[string]string{"name_en": "name:en"}}},
		{file: "shanghai-metro/metro_lines.geojson", layer: "metro_line", options: load.Options{Mapping: map[string]string{"ref": "route"}}},
		{file: "shanghai-metro/stationInfo.csv", layer: "metro_station", options: load.Options{IDProperty: "stationID"}},
		{file: "shanghai-metro/stations_shanghai.csv", layer: "metro_station", options: load.Options{IDProperty: "node_id", Mapping: map[string]string{"name": "station_name", "lines": "line"}}},
		{file: "shanghai-lujiazui/buildings.geojson", layer: "building", options: load.Options{Mapping: map[string]string{"height_metres": "height"}}},
		{file: "shanghai-lujiazui/road_segments.geojson", layer: "road", options: load.Options{
			IDProperty: "seg_id", Mapping: map[string]string{"class": "type"},
			Values: map[string]map[string]string{"class": {"urban": "residential"}},
		}},
		{file: "shanghai-poi/osm_heritage_tourism.geojson", layer: "heritage", options: load.Options{Mapping: map[string]string{"name_en": "name:en", "grade": "heritage"}}},
		{file: "nyc-benches/nyc_city_benches.geojson", layer: "component", options: load.Options{
			Mapping:  map[string]string{"installed": "Installati"},
			Defaults: map[string]string{"class": "04007", "state": "完好"},
		}},
		{file: "nyc-benches/benches_2263.geojson", layer: "bench", options: load.Options{Datum: geo.Datum(2263), Planar: true, Mapping: map[string]string{"kind": "Type", "installed": "Installati", "borough": "Borough"}}},
		{file: "milan-grid/milano-grid.geojson", layer: "grid", options: load.Options{Mapping: map[string]string{"cell": "cellId"}}},
		{file: "trajectory-liverpool-bus/route14_outbound.csv", layer: "fix"},
	} {
		t.Run(strings.ReplaceAll(tt.file, "/", "_"), func(t *testing.T) {
			t.Parallel()
			own := map[string]*layers.Layer{
				"bench": thing(layers.Point,
					layers.Property{Name: "kind", Type: layers.String},
					layers.Property{Name: "installed", Type: layers.Date},
					layers.Property{Name: "borough", Type: layers.Integer, Minimum: new(1.0), Maximum: new(5.0)}),
				"grid": thing(layers.MultiPolygon, layers.Property{Name: "cell", Type: layers.Integer, Required: true}),
				"fix": thing(layers.Point,
					layers.Property{Name: "trip_id", Type: layers.Integer, Required: true},
					layers.Property{Name: "bearing", Type: layers.Integer, Minimum: new(0.0), Maximum: new(360.0)},
					layers.Property{Name: "direction", Type: layers.String}),
			}
			f := shared(t, tt.file)
			format, err := load.Detect(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			got := found{Format: format}
			sink := newMemory()
			layer := own[tt.layer]
			if layer == nil && tt.layer != "" {
				layer, _ = catalog(tt.layer)
			}
			switch format {
			case load.FormatOSMPBF, load.FormatOSMXML:
				got.Report, err = load.OSM(t.Context(), f, catalog, tt.options, sink)
			case load.FormatGeoJSON:
				got.Report, err = load.GeoJSON(t.Context(), f, layer, tt.options, sink)
			case load.FormatGeoJSONSeq:
				got.Report, err = load.GeoJSONSeq(t.Context(), f, layer, tt.options, sink)
			case load.FormatCSV:
				got.Report, err = load.CSV(t.Context(), f, layer, tt.options, sink)
			}
			if err != nil {
				t.Fatal(err)
			}
			got.Values = values(catalog, sink)
			got.Reasons, got.First = reasons(sink.rejected)
			golden(t, filepath.Join("testdata", "shared", strings.ReplaceAll(tt.file, "/", "_")+".golden.json"), got)
			checkFeatures(t, sink)
		})
	}
}

// values counts component classes, road classes, and so on.
func values(catalog load.Catalog, sink *memory) map[string]map[string]int {
	all := map[string]map[string]int{}
	for layer, property := range map[string]string{
		"component": "class", "road": "class", "building": "use", "water": "kind", "place": "kind",
		"heritage": "grade", "metro_line": "ref", "metro_station": "status",
	} {
		l, _ := catalog(layer)
		_, i, _ := l.Property(property)
		for _, f := range sink.features[layer] {
			v, ok := f.Properties[i].(string)
			if !ok {
				v = "null"
			}
			if all[layer+"."+property] == nil {
				all[layer+"."+property] = map[string]int{}
			}
			all[layer+"."+property][v]++
		}
	}
	return all
}

func reasons(rejected []layers.Rejection) (map[string]int, []layers.Rejection) {
	const first = 3
	all := map[string]int{}
	for _, r := range rejected {
		masked := strings.Map(func(c rune) rune {
			if c >= '0' && c <= '9' {
				return '#'
			}
			return c
		}, r.Reason)
		for strings.Contains(masked, "##") {
			masked = strings.ReplaceAll(masked, "##", "#")
		}
		all[strings.TrimSpace(r.Layer+" "+masked)]++
	}
	return all, rejected[:min(first, len(rejected))]
}

func golden(t *testing.T, file string, got any) {
	t.Helper()
	data, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	data = append(data, '\n')
	if updateFlag() {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(strings.Split(string(data), "\n"), strings.Split(string(want), "\n")); diff != "" {
		t.Errorf("got − want + (accept with -update)\n%s", diff)
	}
}

// checkFeatures tests what must hold for all features of any import.
func checkFeatures(t *testing.T, sink *memory) {
	t.Helper()
	for layer, features := range sink.features {
		for _, f := range features {
			if f.SourceID == "" || f.Geometry == nil || (f.At == layers.Position{}) {
				t.Fatalf("%s: %+v", layer, f)
			}
		}
		// Ids of one layer repeat only if the source repeats them.
		ids := slices.SortedFunc(slices.Values(features), func(a, b layers.Feature) int { return cmp.Compare(a.SourceID, b.SourceID) })
		repeats := len(ids) - len(slices.CompactFunc(slices.Clone(ids), func(a, b layers.Feature) bool { return a.SourceID == b.SourceID }))
		if repeats > 0 {
			t.Logf("%s: %d ids repeat", layer, repeats)
		}
	}
}
