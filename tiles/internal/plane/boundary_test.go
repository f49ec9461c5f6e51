package plane_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"yiping/geo"
	"yiping/tiles/internal/plane"
)

// The districts and streets of Shanghai, with all their vertices, are valid in
// every tile of every zoom, and the parts in the tiles add up to the whole.
func TestBoundariesOfShanghai(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"districts.geojson", "streets.geojson"} {
		for i, g := range areasIn(t, name) {
			for _, z := range []geo.Zoom{0, 5, 8, 10, 12} {
				checkTiles(t, g, z)
				if t.Failed() {
					t.Fatalf("feature %d of %s at zoom %d", i, name, z)
				}
			}
		}
	}
}

// checkTiles draws an area into all its tiles.
func checkTiles(t *testing.T, g orb.MultiPolygon, z geo.Zoom) {
	t.Helper()
	bound := g.Bound()
	first, last := geo.TileAt(bound.LeftTop(), z), geo.TileAt(bound.RightBottom(), z)
	whole := multiPolygon(t, draw(g, first, plane.Box{
		Min: plane.Point{X: -1 << 18, Y: -1 << 18}, Max: plane.Point{X: 1 << 18, Y: 1 << 18},
	}))
	var sum float64
	for x := first.X; x <= last.X; x++ {
		for y := first.Y; y <= last.Y; y++ {
			tile := geo.TileID{Z: z, X: x, Y: y}
			sum += multiPolygon(t, draw(g, tile, plane.TileBox(0))).Area()
			checkRings(t, draw(g, tile, plane.TileBox(plane.Buffer)))
		}
	}
	checkRings(t, draw(g, first, plane.TileBox(0)))
	if most := whole.Boundary().Length()/2 + 1; math.Abs(sum-whole.Area()) > most {
		t.Errorf("the tiles have area %g, the whole %g ± %g", sum, whole.Area(), most)
	}
}

func draw(g orb.MultiPolygon, tile geo.TileID, clip plane.Box) []ring {
	grid := plane.NewGrid(tile)
	var in []input
	for _, polygon := range g {
		for i, r := range polygon {
			var fixed []geo.Fixed
			for _, p := range r {
				fixed = append(fixed, geo.FixedAt(p))
			}
			in = append(in, input{grid.AppendPath(nil, fixed), i > 0})
		}
	}
	return rings(in, clip, 0)
}

func areasIn(t *testing.T, name string) (areas []orb.MultiPolygon) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sharedData(t), "shanghai-admin", name))
	if err != nil {
		t.Skipf("the boundaries are absent: %v", err)
	}
	all, err := geojson.UnmarshalFeatureCollection(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all.Features {
		switch g := f.Geometry.(type) {
		case orb.Polygon:
			areas = append(areas, orb.MultiPolygon{g})
		case orb.MultiPolygon:
			areas = append(areas, g)
		}
	}
	if len(areas) == 0 {
		t.Fatalf("no areas in %s", name)
	}
	return areas
}

// sharedData is the folder of the sample data: YIPING_TEST_DATA, or shared/data
// beside the tree.
func sharedData(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("YIPING_TEST_DATA"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", "data")
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("no go.mod above the working directory: set YIPING_TEST_DATA to the folder of the sample data")
		}
		dir = up
	}
}
