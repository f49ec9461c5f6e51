package tiles_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/layers/image"
	"yiping/tiles"
	"yiping/tiles/mvt/mvttest"
)

// feature is a row of the plain model that tiles are checked against. Values are
// by column of the image; what is missing is null.
type feature struct {
	id       int64
	geometry orb.Geometry
	values   map[string]any
}

// world is a city in memory: images, and the plain rows that they were made of.
type world struct {
	catalog *layers.Catalog
	images  map[string]*image.Image
	rows    map[string][]feature
	// find answers MatchingIDs.
	find func(l *layers.Layer, f *cql2.Filter) ([]int64, error)
}

func (w *world) Catalog() *layers.Catalog { return w.catalog }

func (w *world) Sources(context.Context) (map[string][]layers.Source, error) {
	return map[string][]layers.Source{"lamp": {{Name: "survey", Attribution: "© Survey"}}}, nil
}

func (w *world) Summaries(context.Context) (map[string]layers.Summary, error) {
	extent := [4]float64{121, 31, 122, 32}
	return map[string]layers.Summary{"lamp": {Extent: &extent}}, nil
}

func (w *world) MatchingIDs(_ context.Context, l *layers.Layer, f *cql2.Filter) ([]int64, layers.Cut, error) {
	ids, err := w.find(l, f)
	return ids, cut(), err
}

func (w *world) View(name string) *image.View {
	if i := w.images[name]; i != nil {
		return i.View()
	}
	return nil
}

func cut() layers.Cut { return layers.Cut{Time: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)} }

// definitions are layers of each kind.
func definitions() []string {
	return []string{
		`{name: lamp, geometry: Point, tiles: {count_by: state}, schema: {type: object, properties: {
			state: {type: string, enum: [ok, broken, gone], tiles: true}, class: {type: string, tiles: true},
			watts: {type: integer, tiles: true}, height: {type: number}, checked: {type: date, tiles: true},
			remark: {type: string}}}}`,
		`{name: pipe, geometry: LineString, zoom: {min: 6, max: 22, property: first}, tiles: {merge_by: [medium], weight: diameter}, schema: {type: object, properties: {
			medium: {type: string, enum: [water, gas], tiles: true}, diameter: {type: integer, tiles: true}, laid: {type: integer, tiles: true}, first: {type: integer}}}}`,
		`{name: house, geometry: MultiPolygon, zoom: {min: 8, max: 22}, schema: {type: object, properties: {floors: {type: integer, tiles: true}}}}`,
		`{name: relic, geometry: Geometry, schema: {type: object, properties: {name: {type: string, tiles: true}}}}`,
	}
}

func newWorld(tb testing.TB, rows map[string][]feature) *world {
	tb.Helper()
	w := &world{images: map[string]*image.Image{}, rows: rows}
	var all []*layers.Layer
	for _, text := range definitions() {
		const rest = "title: {zh: 某, en: Some}, datum: WGS84, owner: x, licence: x, "
		l, err := layers.ParseDefinition([]byte("{" + rest + text[1:]))
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, l)
		w.images[l.Name] = image.New(l)
		b := w.batch(tb, l.Name, rows[l.Name])
		if err := w.images[l.Name].Load([]*image.Batch{b}, cut(), ""); err != nil {
			tb.Fatal(err)
		}
	}
	w.catalog = layers.NewCatalog(all)
	return w
}

// batch is rows as the image takes them.
func (w *world) batch(tb testing.TB, layer string, rows []feature) *image.Batch {
	tb.Helper()
	b := w.images[layer].NewBatch()
	for _, f := range rows {
		data, err := ewkb.Marshal(f.geometry, 4326)
		if err != nil {
			tb.Fatal(err)
		}
		if err := b.Row(f.id, data); err != nil {
			tb.Fatal(err)
		}
		for _, c := range b.Columns() {
			switch v := f.values[c.Name].(type) {
			case nil:
				b.Null()
			case string:
				b.Text([]byte(v))
			case int:
				b.Int(int64(v))
			case float64:
				b.Float(v)
			case bool:
				b.Bool(v)
			}
		}
	}
	return b
}

// apply changes a layer and tells the engine.
func (w *world) apply(tb testing.TB, e *tiles.Engine, layer string, changed []feature, gone ...int64) {
	tb.Helper()
	b := w.batch(tb, layer, changed)
	for _, id := range gone {
		b.Delete(id)
	}
	touches, err := w.images[layer].Apply(b, cut(), "")
	if err != nil {
		tb.Fatal(err)
	}
	e.Invalidate(w.images[layer].Layer(), touches)
}

func (w *world) engine() *tiles.Engine { return tiles.New(tiles.Config{Store: w, Images: w}) }

// lamps are points, denser around a centre, some of them in one place.
func lamps(n int) []feature {
	r := rand.New(rand.NewPCG(1, 2))
	all := make([]feature, n)
	for i := range all {
		all[i] = feature{
			id: int64(i + 1), geometry: orb.Point{121.5 + r.NormFloat64()/20, 31.2 + r.NormFloat64()/20},
			values: map[string]any{
				"state": []any{"ok", "ok", "ok", "broken", "gone", nil}[r.IntN(6)], "class": fmt.Sprint("c", r.IntN(30)),
				"watts": r.IntN(200) - 50, "height": float64(r.IntN(100)) / 10, "checked": 20_000 + r.IntN(300), "synthetic": false,
			},
		}
		if i%10 == 1 {
			all[i].geometry = all[i-1].geometry
		}
	}
	return all
}

// grid is where a point lies in a tile, by the formulas of the MVT and the tile
// matrix set standards.
func grid(p orb.Point, id geo.TileID) orb.Point {
	n := math.Exp2(float64(id.Z))
	y := (1 - math.Asinh(math.Tan(p[1]*math.Pi/180))/math.Pi) / 2 * n
	return orb.Point{((p[0]+180)/360*n - float64(id.X)) * 4096, (y - float64(id.Y)) * 4096}
}

// tile makes a tile twice and reads it strictly.
func tile(tb testing.TB, e *tiles.Engine, q *tiles.Query, id geo.TileID) *mvttest.Tile {
	tb.Helper()
	data, err := e.Tile(tb.Context(), q, id)
	if err != nil {
		tb.Fatal(err)
	}
	again, err := e.Tile(tb.Context(), q, id)
	if err != nil {
		tb.Fatal(err)
	}
	if string(again) != string(data) {
		tb.Errorf("tile %v has other bytes the second time", id)
	}
	t, err := mvttest.Decode(data)
	if err != nil {
		tb.Fatalf("tile %v: %v", id, err)
	}
	if err := mvttest.Check(t, 64); err != nil {
		tb.Errorf("tile %v: %v", id, err)
	}
	return t
}

// metaOf is what _meta says of a layer; nil for nothing.
func metaOf(t *mvttest.Tile, layer string) map[string]any {
	m, _ := t.Layer("_meta")
	for _, f := range m.Features {
		if f.Properties["layer"] == layer {
			return f.Properties
		}
	}
	return nil
}

// query is what an address asks for.
func query(tb testing.TB, w *world, names, parameters string) *tiles.Query {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodGet, "/?"+parameters, nil)
	q, err := tiles.ReadQuery(r, w.catalog, names)
	if err != nil {
		tb.Fatal(err)
	}
	return q
}
