package postgis_test

import (
	"iter"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
)

// open returns a store and a plain client of one fresh database.
func open(t *testing.T) (*postgis.Store, *pgx.Conn) {
	t.Helper()
	url := postgistest.URL(t)
	return postgistest.Open(t, url), postgistest.Conn(t, url)
}

func execSQL(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// value asks for one value.
func value[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// square is a square of one hundredth of a degree, counted from 121 E 31 N.
func square(col, row, width, height float64) orb.Polygon {
	w, s := 121+col/100, 31+row/100
	e, n := w+width/100, s+height/100
	return orb.Polygon{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}
}

// addRegions makes two districts of two streets each, side by side; the first
// street has a village.
func addRegions(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	region := func(layer, code, parent string, shape orb.Polygon) {
		sql := "INSERT INTO city." + layer + " (code, name, geom) VALUES ($1, $1, ST_Multi(ST_GeomFromWKB($2, 4326)))"
		args := []any{code, wkbOf(t, shape)}
		if parent != "" {
			sql = "INSERT INTO city." + layer + " (code, name, geom, parent) VALUES ($1, $1, ST_Multi(ST_GeomFromWKB($2, 4326)), $3)"
			args = append(args, parent)
		}
		execSQL(t, conn, sql, args...)
	}
	region("district", "1", "", square(0, 0, 2, 2))
	region("district", "2", "", square(2, 0, 2, 2))
	region("street", "11", "1", square(0, 0, 2, 1))
	region("street", "12", "", square(0, 1, 2, 1)) // its district follows from where it lies
	region("street", "21", "2", square(2, 0, 2, 1))
	region("village", "111", "11", square(0, 0, 1, 1))
}

// regionsOf reads the regions of the features of place, by code.
func regionsOf(t *testing.T, conn *pgx.Conn) map[string]layers.Regions {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT code, coalesce(district, ''), coalesce(street, ''), coalesce(village, '') FROM city.place")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]layers.Regions{}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var code string
		var r layers.Regions
		err := row.Scan(&code, &r.District, &r.Street, &r.Village)
		all[code] = r
		return struct{}{}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryWriteKnowsItsRegions(t *testing.T) {
	t.Parallel()
	_, conn := open(t)
	addRegions(t, conn)
	place := func(code string, col, row float64) {
		execSQL(t, conn, "INSERT INTO city.place (code, name, kind, geom) VALUES ($1, $1, 'other', ST_SetSRID(ST_MakePoint($2, $3), 4326))", code, 121+col/100, 31+row/100)
	}
	place("village", 0.5, 0.5)
	place("street", 1.5, 0.5)
	place("own district", 0.5, 1.5)
	place("no street", 2.5, 1.5)
	place("nowhere", 9, 9)
	place("border", 2, 0.5) // of two streets: the smaller code
	want := map[string]layers.Regions{
		"village":      {District: "1", Street: "11", Village: "111"},
		"street":       {District: "1", Street: "11"},
		"own district": {District: "1", Street: "12"},
		"no street":    {District: "2"},
		"nowhere":      {},
		"border":       {District: "1", Street: "11"},
	}
	if diff := cmp.Diff(regionsOf(t, conn), want); diff != "" {
		t.Errorf("after insert (-got +want):\n%s", diff)
	}

	// Nobody can set them wrongly, and moving a feature moves its regions.
	execSQL(t, conn, "UPDATE city.place SET street = 'wrong' WHERE code = 'street'")
	execSQL(t, conn, "UPDATE city.place SET geom = ST_SetSRID(ST_MakePoint(121.035, 31.005), 4326) WHERE code = 'village'")
	want["village"] = layers.Regions{District: "2", Street: "21"}
	if diff := cmp.Diff(regionsOf(t, conn), want); diff != "" {
		t.Errorf("after update (-got +want):\n%s", diff)
	}

	// Regions that change take their features along.
	execSQL(t, conn, "UPDATE city.street SET geom = ST_Multi(ST_GeomFromWKB($1, 4326)) WHERE code = '21'", wkbOf(t, square(2, 0, 2, 2)))
	want["no street"] = layers.Regions{District: "2", Street: "21"}
	execSQL(t, conn, "DELETE FROM city.street WHERE code = '11'")
	want["street"] = layers.Regions{District: "1"}
	want["border"] = layers.Regions{District: "2", Street: "21"}
	if diff := cmp.Diff(regionsOf(t, conn), want); diff != "" {
		t.Errorf("after the regions changed (-got +want):\n%s", diff)
	}
	execSQL(t, conn, "UPDATE city.district SET code = '9' WHERE code = '1'")
	want["street"] = layers.Regions{District: "9"}
	want["own district"] = layers.Regions{District: "9", Street: "12"}
	if diff := cmp.Diff(regionsOf(t, conn), want); diff != "" {
		t.Errorf("after a district got another code (-got +want):\n%s", diff)
	}
	execSQL(t, conn, "TRUNCATE city.village, city.street, city.district")
	for code := range want {
		want[code] = layers.Regions{}
	}
	if diff := cmp.Diff(regionsOf(t, conn), want); diff != "" {
		t.Errorf("without regions (-got +want):\n%s", diff)
	}
}

func TestVersionsAndCodes(t *testing.T) {
	t.Parallel()
	_, conn := open(t)
	execSQL(t, conn, "INSERT INTO city.place (name, kind, geom) VALUES ('x', 'other', 'SRID=4326;POINT(121 31)')")
	if got := value[string](t, conn, "SELECT code FROM city.place"); got != "place:1" {
		t.Errorf("code = %q, want place:1", got)
	}
	execSQL(t, conn, "UPDATE city.place SET name = 'y'")
	execSQL(t, conn, "UPDATE city.place SET version = 77, name = 'z'")
	if got := value[int](t, conn, "SELECT version FROM city.place WHERE updated_at > (SELECT min(created_at) FROM yiping.layer)"); got != 3 {
		t.Errorf("version = %d, want 3", got)
	}
	if _, err := conn.Exec(t.Context(), "UPDATE city.place SET id = 5"); err == nil {
		t.Error("the id of a feature changed")
	}
}

// Bulk loads place features in Go and other writes in SQL. They must agree, on
// borders and corners too.
func TestBulkLoadPlacesAsTheDatabaseDoes(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	// Irregular regions with common borders, and a hole in the middle.
	execSQL(t, conn, "SELECT setseed(0.5)")
	execSQL(t, conn, `
		WITH site AS (SELECT ST_Collect(ST_MakePoint(121 + random(), 31 + random())) AS g FROM generate_series(1, 60)),
		cell AS (SELECT (ST_Dump(ST_VoronoiPolygons(g))).geom AS g FROM site)
		INSERT INTO city.district (code, name, geom)
		SELECT 'd' || row_number() OVER (), 'd', ST_Multi(ST_SetSRID(ST_Difference(g, ST_Buffer(ST_MakePoint(121.5, 31.5), 0.1)), 4326)) FROM cell`)
	execSQL(t, conn, `
		WITH cell AS (SELECT id, code, (ST_Dump(ST_VoronoiPolygons(ST_GeneratePoints(geom, 5, 7)))).geom AS g, geom FROM city.district)
		INSERT INTO city.street (code, name, parent, geom)
		SELECT 's' || row_number() OVER (), 's', CASE WHEN id % 3 > 0 THEN code END, ST_Multi(ST_CollectionExtract(ST_Intersection(g, geom), 3))
		FROM cell WHERE ST_Dimension(ST_Intersection(g, geom)) = 2`)
	execSQL(t, conn, `INSERT INTO city.village (code, name, parent, geom)
		SELECT 'v' || code, 'v', code, ST_Multi(ST_Buffer(ST_Centroid(geom), 0.02)) FROM city.street WHERE id % 2 = 0`)
	// A park that lies in a street and is none of it: a hole that stays in one part.
	execSQL(t, conn, `UPDATE city.street SET geom = ST_Multi(ST_Difference(geom, ST_Expand(ST_PointOnSurface(geom), 0.001))) WHERE id % 4 = 0`)
	corners, err := conn.Query(t.Context(), "SELECT ST_X(g), ST_Y(g) FROM (SELECT (ST_DumpPoints(geom)).geom AS g FROM city.street) p")
	if err != nil {
		t.Fatal(err)
	}
	points, err := pgx.CollectRows(corners, func(row pgx.CollectableRow) (orb.Point, error) {
		var p orb.Point
		err := row.Scan(&p[0], &p[1])
		return p, err
	})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range len(points) - 1 { // the middles of borders, too
		points = append(points, orb.Point{(points[i][0] + points[i+1][0]) / 2, (points[i][1] + points[i+1][1]) / 2})
	}
	for range 8_000 {
		points = append(points, orb.Point{120.9 + 1.2*r.Float64(), 30.9 + 1.2*r.Float64()})
	}
	n, err := s.ReplaceLayer(t.Context(), "place", nil, placesAt(points))
	if err != nil || n != int64(len(points)) {
		t.Fatalf("loaded %d of %d: %v", n, len(points), err)
	}
	lines := make([]orb.Point, 0, 4000)
	for range cap(lines) {
		lines = append(lines, orb.Point{121 + r.Float64(), 31 + r.Float64()})
	}
	if _, err := s.ReplaceLayer(t.Context(), "road", nil, roadsAlong(lines)); err != nil {
		t.Fatal(err)
	}
	for _, layer := range []string{"place", "road"} {
		differ := value[int64](t, conn, "SELECT count(*) FROM city."+layer+` f, yiping.regions_at(yiping.anchor(f.geom)) r
			WHERE (f.district, f.street, f.village) IS DISTINCT FROM (r.district, r.street, r.village)`)
		if differ != 0 {
			t.Errorf("%s: %d features lie elsewhere for the database", layer, differ)
		}
	}
	placed := value[int64](t, conn, "SELECT count(street) FROM city.place")
	if placed < 4_000 {
		t.Errorf("only %d features lie in a street: the test tests nothing", placed)
	}
	// What the triggers write afterwards agrees as well.
	execSQL(t, conn, "UPDATE city.street SET geom = ST_Multi(ST_Buffer(geom, -0.001)) WHERE id % 5 = 0 AND NOT ST_IsEmpty(ST_Buffer(geom, -0.001))")
	differ := value[int64](t, conn, `SELECT count(*) FROM city.place f, yiping.regions_at(f.geom) r
		WHERE (f.district, f.street, f.village) IS DISTINCT FROM (r.district, r.street, r.village)`)
	if differ != 0 {
		t.Errorf("after borders moved, %d features lie elsewhere for the database", differ)
	}
}

func placesAt(points []orb.Point) iter.Seq2[*layers.Feature, error] {
	return func(yield func(*layers.Feature, error) bool) {
		f := &layers.Feature{Source: "test", Properties: []any{"x", nil, "other", nil}}
		for i, p := range points {
			f.SourceID, f.Geometry = "p"+itoa(i), p
			if !yield(f, nil) {
				return
			}
		}
	}
}

// roadsAlong makes roads of four points each.
func roadsAlong(points []orb.Point) iter.Seq2[*layers.Feature, error] {
	return func(yield func(*layers.Feature, error) bool) {
		f := &layers.Feature{Source: "test", Properties: []any{nil, nil, "primary", nil, nil, nil, nil, nil}}
		for i := 0; i+4 <= len(points); i += 4 {
			f.SourceID, f.Geometry = "r"+itoa(i), orb.LineString(points[i:i+4])
			if !yield(f, nil) {
				return
			}
		}
	}
}
