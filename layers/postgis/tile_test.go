package postgis_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/postgis"
)

// decoded makes a tile of the named layers and reads it with another decoder.
func decoded(t *testing.T, s *postgis.Store, id geo.TileID, names ...string) mvt.Layers {
	t.Helper()
	var ls []*layers.Layer
	for _, name := range names {
		l, err := s.Catalog().Layer(name)
		if err != nil {
			t.Fatal(err)
		}
		ls = append(ls, l)
	}
	data, err := s.Tile(t.Context(), ls, id)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Tile(t.Context(), ls, id)
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != string(data) {
		t.Error("the same tile has other bytes the second time")
	}
	tile, err := mvt.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	return tile
}

// grid is where a point lies in a tile, by the formulas of the MVT and the tile
// matrix set standards and not of PostGIS.
func grid(p orb.Point, id geo.TileID) orb.Point {
	n := math.Exp2(float64(id.Z))
	y := (1 - math.Asinh(math.Tan(p[1]*math.Pi/180))/math.Pi) / 2 * n
	return orb.Point{((p[0]+180)/360*n - float64(id.X)) * 4096, (y - float64(id.Y)) * 4096}
}

// A tile holds exactly the points of its extent and buffer, where they belong.
func TestTileHoldsItsPoints(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	r := rand.New(rand.NewPCG(3, 4))
	points := make([]orb.Point, 5000)
	for i := range points {
		points[i] = orb.Point{121.4 + r.Float64()/5, 31.1 + r.Float64()/5}
	}
	points[0], points[1], points[2] = orb.Point{180, 0}, orb.Point{-180, 89.9}, orb.Point{121.5, -90}
	if _, err := s.ReplaceLayer(t.Context(), "place", nil, placesAt(points)); err != nil {
		t.Fatal(err)
	}
	for z := geo.Zoom(6); z <= geo.MaxZoom; z += 2 {
		id := geo.TileAt(points[10], z)
		within := func(margin float64) map[float64]orb.Point {
			inside := map[float64]orb.Point{}
			for i, p := range points {
				if g := grid(p, id); math.Min(g[0], g[1]) >= -margin && math.Max(g[0], g[1]) <= 4096+margin {
					inside[float64(i+1)] = g
				}
			}
			return inside
		}
		// The buffer's own edge may round either way.
		want, allowed := within(63), within(65)
		tile := decoded(t, s, id, "place")
		if len(tile) != 1 || tile[0].Name != "place" || tile[0].Extent != 4096 {
			t.Fatalf("tile %v has layers %+v", id, tile)
		}
		for _, f := range tile[0].Features {
			at, ok := allowed[f.ID.(float64)]
			delete(allowed, f.ID.(float64)) // each once
			delete(want, f.ID.(float64))
			p := f.Geometry.(orb.Point)
			if !ok || math.Abs(p[0]-at[0]) > 1 || math.Abs(p[1]-at[1]) > 1 {
				t.Errorf("tile %v: feature %v at %v, want %v", id, f.ID, p, at)
			}
			if diff := cmp.Diff(map[string]any(f.Properties), map[string]any{"name": "x", "kind": "other"}); diff != "" {
				t.Errorf("properties (-got +want):\n%s", diff)
			}
		}
		if len(want) > 0 {
			t.Errorf("tile %v lacks %d features", id, len(want))
		}
	}
}

func TestTileZoomsAndLayers(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	addRegions(t, conn)
	road := func(class string, zoom int) {
		execSQL(t, conn, "INSERT INTO city.road (class, min_zoom, geom) VALUES ($1, $2, 'SRID=4326;LINESTRING(121 31, 121.02 31.02)')", class, zoom)
	}
	road("motorway", 7)
	road("residential", 14)
	names := func(z geo.Zoom, layers ...string) map[string]int {
		counts := map[string]int{}
		for _, l := range decoded(t, s, geo.TileAt(orb.Point{121.01, 31.01}, z), layers...) {
			counts[l.Name] = len(l.Features)
		}
		return counts
	}
	tests := []struct {
		name   string
		zoom   geo.Zoom
		layers []string
		want   map[string]int
	}{
		{"below the layer's zoom", 6, []string{"road"}, map[string]int{}},
		{"large roads only", 9, []string{"road"}, map[string]int{"road": 1}},
		{"all roads", 14, []string{"road"}, map[string]int{"road": 2}},
		{"several layers", 14, []string{"road", "district", "component"}, map[string]int{"road": 2, "district": 2}},
		{"only those of the zoom", 7, []string{"village", "district", "street"}, map[string]int{"district": 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(names(tt.zoom, tt.layers...), tt.want); diff != "" {
				t.Errorf("features by layer (-got +want):\n%s", diff)
			}
		})
	}
}

// Shapes that have broken other servers.
func TestTileOddShapes(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	l, err := layers.ParseDefinition([]byte(`{name: odd, title: {zh: x, en: x}, geometry: Geometry, datum: WGS84, owner: x, licence: x,
		schema: {type: object, properties: {label: {type: string, tiles: true}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CreateLayer(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	shapes := []orb.Geometry{
		orb.LineString{{-180, -89}, {180, 89}},
		orb.Polygon{{{-180, -90}, {180, -90}, {180, 90}, {-180, 90}, {-180, -90}}},
		orb.LineString{{121, 31}, {121, 31}},
		orb.MultiPolygon{{{{121, 31}, {122, 31}, {122, 32}, {121, 32}, {121, 31}}, {{121.4, 31.4}, {121.4, 31.6}, {121.6, 31.6}, {121.6, 31.4}, {121.4, 31.4}}}},
		orb.MultiPoint{{121.5, 31.2}, {-121.5, -31.2}},
		orb.Point{0, 90},
	}
	_, err = s.ReplaceLayer(t.Context(), "odd", nil, func(yield func(*layers.Feature, error) bool) {
		for i, g := range shapes {
			if !yield(&layers.Feature{Source: "t", SourceID: itoa(i), Geometry: g, Properties: []any{`quote ' " \ ` + itoa(i)}}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for z := range geo.MaxZoom + 1 {
		for _, p := range []orb.Point{{121.5, 31.5}, {0, 0}, {-180, 85}, {180, -85}} {
			tile := decoded(t, s, geo.TileAt(p, z), "odd")
			if len(tile) != 1 || len(tile[0].Features) == 0 {
				t.Errorf("tile %v: the shape that covers the world is missing", geo.TileAt(p, z))
			}
		}
	}
}
