package city_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"yiping/layers"
	"yiping/layers/city"
)

// FuzzOpen gives Open any manifest and any GeoJSON: it must answer with a map or
// with an InputError, and not panic.
func FuzzOpen(f *testing.F) {
	f.Add(smallManifest, smallRoads)
	f.Add(smallManifest, smallStations)
	f.Add("title: x\ncentre: [1, 2]\n", "")
	f.Add(`{"title":"x","centre":[1,2],"sources":{"s":{"title":"t","licence":"l","datum":"bd09"}},"districts":[{"file":"any.geojson","source":"s","fields":{"code":{"default":"123456"},"name":"n"}}],
"places":[{"file":"any.geojson","source":"s","fields":{"name":{"default":"a"},"kind":"b"}}],"metro_lines":[{"file":"any.geojson","source":"s","fields":{"name":{"default":"a"},"ref":{"default":"b"}}}]}`,
		`{"type":"FeatureCollection","features":[{"geometry":null},{"geometry":{"type":"Polygon","coordinates":[]}},{"geometry":{"type":"MultiLineString","coordinates":[[]]}}]}`)
	f.Fuzz(func(t *testing.T, manifest, features string) {
		dir := t.TempDir()
		for name, text := range map[string]string{
			"city.yaml": manifest, "any.geojson": features, "roads.geojson": features, "stations.geojson": features,
			"districts.geojson": smallDistricts, "streets.geojson": smallStreets, "villages.geojson": smallVillages,
			"lines.geojson": smallLines, "places.geojson": smallPlaces,
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := city.Open(dir, "")
		var fault *layers.InputError
		if err != nil && !errors.As(err, &fault) {
			t.Errorf("no InputError: %v", err)
		}
	})
}
