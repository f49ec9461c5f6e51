//go:build e2e

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/postgis/postgistest"
)

// sharedFile finds a file of the shared sample data, or skips the test.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("YIPING_TEST_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the shared sample data is not here (set YIPING_TEST_DATA): %v", err)
	}
	return path
}

// A whole real map goes in by one command, and going in again changes nothing.
func TestImportMonaco(t *testing.T) {
	monaco := sharedFile(t, "osm-monaco/monaco-latest.osm.pbf")
	data, rejects := postgistest.Dir(t), filepath.Join(t.TempDir(), "rejects")
	type counts struct{ Inserted, Updated, Unchanged int }
	run := func() map[string]counts {
		t.Helper()
		out, code := runProgram(t, "--data", data, "--log-level", "error", "import", "osm", "--admin-level", "8=district;10=street", "--json", "--rejects", rejects, monaco)
		if code != exitRejected {
			t.Fatalf("exit code %d, want %d: nine areas of the extract are incomplete\n%s", code, exitRejected, out)
		}
		answer, _, _ := strings.Cut(out, "\n")
		var files []struct {
			Rejected int
			Layers   []struct {
				Layer string
				counts
			}
		}
		if err := json.Unmarshal([]byte(answer), &files); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if files[0].Rejected != 9 {
			t.Errorf("%d rejected, want 9", files[0].Rejected)
		}
		all := map[string]counts{}
		for _, l := range files[0].Layers {
			all[l.Layer] = l.counts
		}
		return all
	}
	want := map[string]counts{
		"building": {Inserted: 1207}, "component": {Inserted: 1073}, "heritage": {Inserted: 2}, "place": {Inserted: 93},
		"road": {Inserted: 2345}, "street": {Inserted: 6}, "water": {Inserted: 18},
	}
	if diff := cmp.Diff(run(), want); diff != "" {
		t.Errorf("first import (-got +want):\n%s", diff)
	}
	for layer, c := range want {
		want[layer] = counts{Unchanged: c.Inserted}
	}
	if diff := cmp.Diff(run(), want); diff != "" {
		t.Errorf("second import (-got +want):\n%s", diff)
	}
	lines, err := os.ReadFile(rejects)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(lines), "\n"); n != 9 {
		t.Errorf("the reject file has %d lines, want 9", n)
	}
}

// What is wrong with a file or a command is said, with the exit code of its
// kind, and nothing gets into the layer.
func TestImportFaults(t *testing.T) {
	data := postgistest.Dir(t)
	mustRun(t, "--data", data, "import", "--layer", "place", "--datum", "wgs84", "--source", "s", places(t, 3))
	file := func(text string) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const good = `{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[121,31]},"properties":{"name":"a","kind":"other"}}`
	collection := func(features string) string { return `{"type":"FeatureCollection","features":[` + features + `]}` }
	tests := []struct {
		name string
		args []string
		code int
		says string
	}{
		{"unknown layer", []string{"--layer", "dragons", "--datum", "wgs84", file(good)}, exitUsage, `layer "dragons"`},
		{"SQL for a layer", []string{"--layer", "place; DROP TABLE city.place", "--datum", "wgs84", file(good)}, exitUsage, "not found"},
		{"no datum", []string{"--layer", "place", file(good)}, exitUsage, "--datum"},
		{"unknown datum", []string{"--layer", "place", "--datum", "mars", file(good)}, exitUsage, "wgs84, cgcs2000, gcj02, bd09 or EPSG:n"},
		{"unknown system", []string{"--layer", "place", "--datum", "EPSG:777777", file(good)}, exitUsage, "EPSG:777777"},
		{"no such file", []string{"--layer", "place", "--datum", "wgs84", "/nowhere"}, exitUsage, "/nowhere"},
		{"empty file", []string{"--layer", "place", "--datum", "wgs84", file("")}, exitUsage, "empty"},
		{"not a map", []string{"--layer", "place", "--datum", "wgs84", file("\x7fELF and so on")}, exitUsage, "file"},
		{"truncated", []string{"--layer", "place", "--datum", "wgs84", file(collection(good + "," + good[:60]))}, exitUsage, "line 1"},
		{"wrong geometry", []string{"--layer", "road", "--datum", "wgs84", "--set", "class=path", file(collection(good))}, exitRejected, "1"},
		{"outside the world", []string{"--layer", "place", "--datum", "wgs84", file(strings.Replace(good, "121", "1210", 1))}, exitRejected, "1"},
		{"strict", []string{"--strict", "--layer", "place", "--datum", "wgs84", file(collection(good + "," + strings.Replace(good, "31", "310", 1)))}, exitUsage, "--strict"},
		{"SQL for a value", []string{"--strict", "--layer", "place", "--datum", "wgs84", file(strings.Replace(good, `"other"`, `"other'); DROP TABLE city.place;--"`, 1))}, exitUsage, "kind"},
		{"property that the layer lacks", []string{"--layer", "place", "--datum", "wgs84", "--map", "colour=name", file(good)}, exitUsage, "colour"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, code := runProgram(t, append([]string{"--data", data, "import"}, tt.args...)...)
			if code != tt.code || !strings.Contains(out, tt.says) {
				t.Errorf("exit code %d, want %d with %q:\n%s", code, tt.code, tt.says, out)
			}
			if got := countPlaces(t, data); got != 3 {
				t.Errorf("the layer holds %d places, want the 3 that it held", got)
			}
		})
	}
}
