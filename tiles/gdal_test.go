//go:build e2e

package tiles_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/tiles"
)

// GDAL's decoder reads the tiles, and its sums are ours.
func TestGDALReadsTiles(t *testing.T) {
	t.Parallel()
	rows := lamps(5000)
	w := newWorld(t, map[string][]feature{"lamp": rows, "house": houses(100)})
	e := w.engine()
	for _, z := range []geo.Zoom{0, 9, 13, 16} {
		id := geo.TileAt(orb.Point{121.5, 31.2}, z)
		want := 0
		for _, f := range rows {
			if geo.TileAt(f.geometry.(orb.Point), z) == id {
				want++
			}
		}
		data, err := e.Tile(t.Context(), tiles.Whole(w.catalog.Layers()...), id)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "tile.mvt")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		ask := func(sql string) string {
			out, err := exec.CommandContext(t.Context(), "ogrinfo", "-ro", "-q", file, "-sql", sql).CombinedOutput()
			if err != nil {
				t.Fatalf("ogrinfo: %v: %s", err, out)
			}
			return string(out)
		}
		if out := ask("SELECT SUM(point_count) AS n FROM lamp"); !strings.Contains(out, fmt.Sprintf("= %d\n", want)) {
			t.Errorf("tile %v: want a sum of %d:\n%s", id, want, out)
		}
		if out := ask("SELECT total FROM \"_meta\" WHERE layer = 'lamp'"); !strings.Contains(out, fmt.Sprintf("= %d\n", want)) {
			t.Errorf("tile %v: want a total of %d:\n%s", id, want, out)
		}
		if z < 8 {
			continue
		}
		if out := ask("SELECT COUNT(*) AS n FROM house WHERE OGR_GEOM_AREA > 0"); strings.Contains(out, "= 0\n") {
			t.Errorf("tile %v: GDAL finds no house:\n%s", id, out)
		}
	}
}
