package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which packages of ours each package may import: the house's
// table of ARCHITECTURE.md. Packages below internal belong to their parent.
func allowed() map[string][]string {
	return map[string][]string{
		"cmd/yiping":                 nil, // knows everybody
		"frontend":                   {},
		"geo":                        {},
		"geo/cell":                   {},
		"heatmap":                    {"geo", "geo/cell"},
		"heatmap/replay":             {"heatmap"},
		"heatmap/compact":            {"geo/cell"},
		"heatmap/wire":               {},
		"heatmap/counter":            {"heatmap"},
		"heatmap/relay":              {"heatmap", "heatmap/wire", "stream/bus"},
		"heatmap/window":             {"heatmap", "geo", "geo/cell"},
		"heatmap/api":                {"heatmap", "heatmap/alarm", "heatmap/compact", "heatmap/counter", "heatmap/forecast", "heatmap/history", "heatmap/hotspot", "heatmap/place", "heatmap/replay", "heatmap/tile", "heatmap/window", "heatmap/wire", "layers", "layers/api", "geo", "geo/cell"},
		"heatmap/forecast":           {"heatmap"},
		"heatmap/hotspot":            {"heatmap", "geo/cell"},
		"heatmap/history":            {"heatmap", "geo/cell"},
		"heatmap/postgis":            {"heatmap", "heatmap/history", "heatmap/replay", "layers"},
		"heatmap/place":              {"heatmap", "layers", "geo"},
		"heatmap/alarm":              {"heatmap", "layers", "stream"},
		"heatmap/tile":               {"heatmap", "geo", "geo/cell", "tiles/mvt"},
		"heatmap/live":               {"heatmap", "layers", "layers/cql2", "geo", "geo/cell", "stream"},
		"layers":                     {"layers/cql2", "geo"},
		"layers/cql2":                {"geo"},
		"layers/cql2/cql2test":       {"layers/cql2", "geo"},
		"layers/image":               {"layers", "layers/cql2", "geo"},
		"layers/api":                 {"layers", "layers/cql2", "geo"},
		"layers/postgis":             {"layers", "layers/image", "layers/cql2", "geo"},
		"layers/postgis/postgistest": {"layers/postgis"},
		"layers/load":                {"layers", "geo"},
		"layers/export":              {"layers", "geo"},
		"layers/city":                {"layers", "geo"},
		"stream":                     {"layers", "layers/cql2", "geo", "geo/cell"},
		"stream/layertable":          {"layers", "layers/image", "layers/cql2", "geo", "stream"},
		"stream/client":              {},
		"stream/indicator":           {"layers", "layers/cql2", "geo", "stream"},
		"stream/bus":                 {},
		"stream/replica":             {"layers", "geo", "stream/bus", "stream/track"},
		"stream/track":               {"layers", "layers/api", "layers/cql2", "geo", "stream"},
		"stream/postgis":             {"heatmap", "heatmap/alarm", "heatmap/place", "layers", "geo", "stream", "stream/fence", "stream/track"},
		"stream/fence":               {"layers", "layers/api", "layers/cql2", "geo", "geo/cell", "stream"},
		"tiles":                      {"layers", "layers/api", "layers/image", "layers/cql2", "geo", "tiles/mvt"},
		"tiles/mvt":                  {},
		"tiles/mvt/mvttest":          {"tiles/mvt"},
	}
}

// soleImporters are the packages that alone may use a library.
func soleImporters() map[string][]string {
	return map[string][]string{
		"github.com/jackc/pgx":         {"layers/postgis", "layers/postgis/postgistest", "stream/postgis", "heatmap/postgis"},
		"github.com/uber/h3-go":        {"geo/cell"},
		"github.com/gorilla/websocket": {"stream", "stream/client"},
		"github.com/nats-io":           {"stream/bus"},
	}
}

func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "yiping/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg := strings.TrimPrefix(fields[0], "yiping/")
		owner, _, inside := strings.Cut(pkg, "/internal/")
		may, known := allowed()[owner]
		if !known {
			t.Errorf("%s is not in the table of packages: say what it may import", pkg)
			continue
		}
		for _, imported := range fields[1:] {
			ours, ok := strings.CutPrefix(imported, "yiping/")
			its := strings.HasPrefix(ours, owner+"/internal/") || inside && ours == owner
			if ok && may != nil && !its && !slices.Contains(may, ours) {
				t.Errorf("%s imports %s, which it may not", pkg, ours)
			}
			for library, users := range soleImporters() {
				if strings.HasPrefix(imported, library) && !slices.Contains(users, pkg) {
					t.Errorf("%s imports %s, which belongs to %v", pkg, imported, users)
				}
			}
		}
	}
}
