//go:build e2e

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// runExamples runs the examples of docs/examples as somebody would who has read
// them, and looks for what they promise. The one of MapLibre is the browser's
// (frontend/e2e/docs.spec.ts).
func runExamples(t *testing.T, url string) {
	t.Helper()
	examples, err := filepath.Abs("../../docs/examples")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		command []string
		want    []string // regular expressions
	}{
		{[]string{"bash", "items.sh"}, []string{
			`"floors":128`, `"numberMatched":[1-9]`, `[1-9]\d* broken\.csv`, `district,310101,黄浦区,破损,[1-9]`, `"district":\{"id":\d+,"code":"3101\d\d"`,
		}},
		{[]string{"bash", "gdal.sh"}, []string{`\d+: component`, `Feature Count: [1-9]`, `Geometry: Multi Polygon`}},
		// Debian's own interpreter is the one that has Debian's OWSLib.
		{[]string{"/usr/bin/python3", "layers.py"}, []string{
			`component +城市部件 City components`, `示意 · 合成数据`, `[1-9]\d* buildings of 30 floors`, `400 filter: line 1, column 1: .*did you mean "floors"`,
		}},
		{[]string{"/usr/bin/python3", "owslib_layers.py"}, []string{`'component'`, `'diameter_mm'`, `[1-9]\d* pipelines`, `LineString \{.*'medium': 'gas'`}},
	}
	names := map[string]bool{"maplibre.html": true}
	for _, tt := range tests {
		name := tt.command[1]
		names[name] = true
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), tt.command[0], filepath.Join(examples, name))
			cmd.Dir = t.TempDir()
			cmd.Env = append(os.Environ(), "YIPING_URL="+url, "PYTHONDONTWRITEBYTECODE=1")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			for _, want := range tt.want {
				if !regexp.MustCompile(want).Match(out) {
					t.Errorf("no %s in:\n%.3000s", want, out)
				}
			}
		})
	}
	files, err := os.ReadDir(examples)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !names[f.Name()] {
			t.Errorf("nothing runs the example %s", f.Name())
		}
	}
}

// lintOpenAPI holds what the service answers to the rules of a linter, warnings
// included.
func lintOpenAPI(t *testing.T, url string) {
	t.Helper()
	arguments := []string{"--prefix", "../../frontend", "run", "lint:api", "--"}
	for name, path := range map[string]string{"openapi.json": "/openapi.json", "openapi30.json": "/ogc/api?f=openapi30"} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, ask(t, "GET", url+path, nil).body, 0o600); err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, file)
	}
	if out, err := exec.CommandContext(t.Context(), "npm", arguments...).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// walkWithGDAL reads every layer over many pages, with a box and a filter.
func walkWithGDAL(t *testing.T, url string) {
	t.Helper()
	var catalog struct{ Collections []struct{ ID string } }
	if err := json.Unmarshal(ask(t, "GET", url+"/ogc/collections", nil).body, &catalog); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, c := range catalog.Collections {
		t.Run(c.ID, func(t *testing.T) {
			parameters := query("bbox", "121.48,31.22,121.5,31.24", "filter", "synthetic = TRUE AND version >= 1", "sortby", "id", "limit", "10000")
			want := askItems(t, url+"/ogc/collections/"+c.ID+"/items"+parameters).ids()
			arguments := []string{"-ro", "-q", "OAPIF:" + url + "/ogc", c.ID, "-oo", "PAGE_SIZE=40", "-spat", "121.48", "31.22", "121.5", "31.24"}
			if c.ID != "village" { // which the city has none of; GDAL learns the columns from features
				arguments = append(arguments, "-where", "synthetic = 1 AND version >= 1")
			}
			out, err := exec.CommandContext(t.Context(), "ogrinfo", arguments...).CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			got := []int64{}
			for _, m := range regexp.MustCompile(`OGRFeature\(\w+\):(\d+)`).FindAllSubmatch(out, -1) {
				id, err := strconv.ParseInt(string(m[1]), 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, id)
			}
			slices.Sort(got) // points of a box come by place
			found += len(got)
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("features (-GDAL +API):\n%.2000s", diff)
			}
		})
	}
	if found < 500 {
		t.Errorf("only %d features in all", found)
	}
}
