package tiles_test

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/image"
	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
	"yiping/tiles"
	"yiping/tiles/mvt"
	"yiping/tiles/mvt/mvttest"
)

func TestMain(m *testing.M) { postgistest.Main(m) }

// database is a real store and the images read from it.
type database struct {
	*postgis.Store
	conn   *pgx.Conn
	images map[string]*image.Image
}

func (d *database) View(name string) *image.View {
	if i := d.images[name]; i != nil {
		return i.View()
	}
	return nil
}

func openDatabase(t *testing.T, statements ...string) *database {
	t.Helper()
	address := postgistest.URL(t)
	d := &database{postgistest.Open(t, address), postgistest.Conn(t, address), map[string]*image.Image{}}
	for _, sql := range statements {
		if _, err := d.conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"component", "road", "building"} {
		l := d.layer(t, name)
		i := image.New(l)
		batches, cut, _, err := d.ReadImage(t.Context(), l, i.NewBatch)
		if err != nil {
			t.Fatal(err)
		}
		if err := i.Load(batches, cut, ""); err != nil {
			t.Fatal(err)
		}
		d.images[name] = i
	}
	return d
}

func (d *database) layer(t *testing.T, name string) *layers.Layer {
	t.Helper()
	l, err := d.Catalog().Layer(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (d *database) query(t *testing.T, names, parameters string) *tiles.Query {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/?"+parameters, nil)
	q, err := tiles.ReadQuery(r, d.Catalog(), names)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

const someComponents = `
	INSERT INTO city.component (class, state, installed, name, geom)
	SELECT '01' || lpad((i % 20)::text, 2, '0'), (ARRAY['完好', '破损', '丢失'])[1 + i % 3 % (1 + i % 5)],
		date '2020-01-01' + i % 1000, CASE WHEN i % 4 > 0 THEN '灯 ' || i END,
		ST_SetSRID(ST_MakePoint(121.4 + random() * random() / 5, 31.1 + random() * random() / 5), 4326)
	FROM generate_series(1, 6000) i`

const someRoads = `
	INSERT INTO city.road (class, name, min_zoom, geom)
	SELECT (ARRAY['motorway', 'residential', 'service'])[1 + i % 3], '路 ' || i % 7, (ARRAY[7, 12, 14])[1 + i % 3],
		ST_SetSRID(ST_MakeLine(ARRAY[ST_MakePoint(x, y), ST_MakePoint(x + 0.002, y + 0.001 * (random() - 0.5)), ST_MakePoint(x + 0.004, y + 0.001)]), 4326)
	FROM generate_series(1, 300) i, LATERAL (SELECT 121.4 + 0.02 * random() + 0 * i AS x, 31.1 + 0.02 * random() + 0 * i AS y) p`

const someBuildings = `
	INSERT INTO city.building (geom)
	SELECT ST_Multi(ST_Difference(b, ST_Buffer(ST_Centroid(b), 0.00005)))
	FROM (SELECT ST_Buffer(ST_SetSRID(ST_MakePoint(121.4 + 0.01 * random(), 31.1 + 0.01 * random()), 4326), 0.0002 + 0.0002 * random(), 3 + i % 3) AS b
		FROM generate_series(1, 300) i) x`

// At all zooms and with filters, also on what only the database knows, the counts
// of a tile are those of the database.
func TestSumsAreThoseOfTheDatabase(t *testing.T) {
	t.Parallel()
	d := openDatabase(t, "SELECT setseed(0.5)", someComponents)
	e := tiles.New(tiles.Config{Store: d, Images: d})
	filters := []struct{ filter, sql string }{
		{"", "true"},
		{"state='破损'", "state = '破损'"},
		{"class IN ('0103', '0107') AND installed > DATE('2021-06-01')", "class IN ('0103', '0107') AND installed > '2021-06-01'"},
		{
			"S_INTERSECTS(geom, POLYGON((121.4 31.1, 121.45 31.1, 121.4 31.15, 121.4 31.1)))",
			"ST_Intersects(geom, ST_GeomFromText('POLYGON((121.4 31.1, 121.45 31.1, 121.4 31.15, 121.4 31.1))', 4326))",
		},
		{"name LIKE '%7'", "name LIKE '%7'"},
		{"name IS NULL OR state='丢失'", "name IS NULL OR state = '丢失'"},
	}
	for _, tt := range filters {
		parameters := ""
		if tt.filter != "" {
			parameters = "filter=" + url.QueryEscape(tt.filter)
		}
		q := d.query(t, "component", parameters)
		for z := geo.Zoom(0); z <= 19; z++ {
			id := geo.TileAt(orb.Point{121.4101, 31.1101}, z)
			var want int
			sql := `SELECT count(*) FROM city.component, ST_TileEnvelope($1, $2, $3) box WHERE (` + tt.sql + `)
				AND ST_X(ST_Transform(geom, 3857)) >= ST_XMin(box) AND ST_X(ST_Transform(geom, 3857)) < ST_XMax(box)
				AND ST_Y(ST_Transform(geom, 3857)) > ST_YMin(box) AND ST_Y(ST_Transform(geom, 3857)) <= ST_YMax(box)`
			if err := d.conn.QueryRow(t.Context(), sql, int(z), int(id.X), int(id.Y)).Scan(&want); err != nil {
				t.Fatal(err)
			}
			decoded := tile(t, e, q, id)
			l, _ := decoded.Layer("component")
			sum := 0
			for _, f := range l.Features {
				sum += number(t, f.Properties["point_count"])
			}
			if sum != want {
				t.Errorf("%q, tile %v: points stand for %d, the database has %d", tt.filter, id, sum, want)
			}
			if m := metaOf(decoded, "component"); want > 0 && (number(t, m["total"]) != want || m["cut"] != false) {
				t.Errorf("%q, tile %v: _meta says %v, the database has %d", tt.filter, id, m, want)
			}
		}
	}
}

// Where nothing is thinned the tiles are those of ST_AsMVT, but for its buffer
// around points.
func TestTilesAreThoseOfTheDatabase(t *testing.T) {
	t.Parallel()
	d := openDatabase(t, "SELECT setseed(0.5)", someComponents, someRoads, someBuildings)
	e := tiles.New(tiles.Config{Store: d, Images: d})
	for _, name := range []string{"component", "road", "building"} {
		q := tiles.Whole(d.layer(t, name))
		compared := 0
		for z := geo.Zoom(16); z <= geo.MaxZoom; z++ {
			for _, p := range []orb.Point{{121.4051, 31.1051}, {121.4001, 31.1001}, {121.4102, 31.1077}} {
				id := geo.TileAt(p, z)
				data, err := d.Tile(context.Background(), q.Layers, id)
				if err != nil {
					t.Fatal(err)
				}
				theirs, err := mvttest.Decode(data)
				if err != nil {
					t.Fatal(err)
				}
				compared += compare(t, id, sorted(tile(t, e, q, id), name), sorted(theirs, name))
			}
		}
		if compared == 0 {
			t.Errorf("no features of %s were compared", name)
		}
	}
}

// sorted are the features of a layer by id, without points in the buffer and on the
// edge, where one rounds into the tile and the other out of it.
func sorted(decoded *mvttest.Tile, name string) []mvttest.Feature {
	l, _ := decoded.Layer(name)
	features := slices.DeleteFunc(slices.Clone(l.Features), func(f mvttest.Feature) bool {
		p := f.Parts[0][0]
		return f.Type == mvt.Points && (min(p.X, p.Y) <= 0 || max(p.X, p.Y) >= 4095)
	})
	slices.SortFunc(features, func(a, b mvttest.Feature) int { return cmp.Compare(a.ID, b.ID) })
	return features
}

// compare compares features and returns how many there were.
func compare(t *testing.T, id geo.TileID, ours, theirs []mvttest.Feature) int {
	t.Helper()
	ids := func(features []mvttest.Feature) (all []uint64) {
		for _, f := range features {
			all = append(all, f.ID)
		}
		return all
	}
	if diff := gocmp.Diff(ids(ours), ids(theirs)); diff != "" {
		t.Errorf("tile %v: features (-image +database):\n%s", id, diff)
		return 0
	}
	for i, f := range ours {
		delete(f.Properties, "point_count")
		for k, v := range f.Properties { // one writes unsigned, the other signed
			if n, ok := v.(uint64); ok {
				f.Properties[k] = int64(n)
			}
		}
		for k, v := range theirs[i].Properties {
			if n, ok := v.(uint64); ok {
				theirs[i].Properties[k] = int64(n)
			}
		}
		if diff := gocmp.Diff(f.Properties, theirs[i].Properties); diff != "" {
			t.Errorf("tile %v: %d says (-image +database):\n%s", id, f.ID, diff)
		}
		low, high := extent(f)
		theirLow, theirHigh := extent(theirs[i])
		off := max(math.Abs(low[0]-theirLow[0]), math.Abs(low[1]-theirLow[1]), math.Abs(high[0]-theirHigh[0]), math.Abs(high[1]-theirHigh[1]))
		// Positions are kept to 2^-32 of the world, shapes to half a pixel; where
		// an edge of the buffer cuts them slantwise that is more along the edge.
		tolerance := max(1, math.Exp2(float64(id.Z)-20))
		if f.Type != mvt.Points {
			tolerance += 12
		}
		if off > tolerance {
			t.Errorf("tile %v: %d lies in %v %v, in the database's tile in %v %v", id, f.ID, low, high, theirLow, theirHigh)
		}
	}
	return len(ours)
}

func extent(f mvttest.Feature) (low, high orb.Point) {
	low, high = orb.Point{math.Inf(1), math.Inf(1)}, orb.Point{math.Inf(-1), math.Inf(-1)}
	for _, part := range f.Parts {
		for _, p := range part {
			low = orb.Point{min(low[0], float64(p.X)), min(low[1], float64(p.Y))}
			high = orb.Point{max(high[0], float64(p.X)), max(high[1], float64(p.Y))}
		}
	}
	return low, high
}
