package postgis_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/layers"
	"yiping/layers/postgis/postgistest"
)

const sensor = `
name: sensor
title: {zh: 传感器, en: Sensors}
domain: 生态环境
geometry: Point
zoom: {min: 3, max: 20, property: rank}
datum: WGS84
accuracy_metres: 2.5
owner: 市生态环境局
licence: internal
attribution: test
schema:
  type: object
  required: [kind]
  properties:
    zulu: {type: string, maxLength: 5}
    kind: {type: string, enum: [air, "wa'ter"], tiles: true}
    rank: {type: integer, minimum: 0, maximum: 22}
    level: {type: number, minimum: -1.5, unit: m, sum: true}
    on: {type: boolean, title: {zh: 开, en: On}}
    since: {type: date}
    seen: {type: date-time}
`

func parse(t *testing.T, text string) *layers.Layer {
	t.Helper()
	l, err := layers.ParseDefinition([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLayersAreCreatedAndDropped(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	s, conn := postgistest.Open(t, url), postgistest.Conn(t, url)
	want := parse(t, sensor)
	for range 2 { // the same again changes nothing
		if err := s.CreateLayer(t.Context(), want); err != nil {
			t.Fatal(err)
		}
	}
	// Another process finds all of it in the database.
	got, err := postgistest.Open(t, url).Catalog().Layer("sensor")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("layer (-got +want):\n%s", diff)
	}
	other := parse(t, sensor)
	other.Title.En = "Others"
	if err := s.CreateLayer(t.Context(), other); !errors.Is(err, layers.ErrConflict) {
		t.Errorf("another definition of the name: error = %v, want ErrConflict", err)
	}

	// Any client can write, and none can write what the schema forbids.
	execSQL(t, conn, `INSERT INTO city.sensor (kind, zulu, level, "on", since, seen, geom)
		VALUES ('wa''ter', '五个汉字啊', -1.5, true, '2020-01-01', now(), 'SRID=4326;POINT(121 31)')`)
	for name, sql := range map[string]string{
		"enum":      "UPDATE city.sensor SET kind = 'fire'",
		"length":    "UPDATE city.sensor SET zulu = '六个汉字是不行'",
		"minimum":   "UPDATE city.sensor SET level = -2",
		"NaN":       "UPDATE city.sensor SET level = 'NaN'",
		"infinite":  "UPDATE city.sensor SET since = 'infinity'",
		"far":       "UPDATE city.sensor SET seen = '10000-01-01T00:00:00Z'",
		"required":  "UPDATE city.sensor SET kind = NULL",
		"geometry":  "UPDATE city.sensor SET geom = 'SRID=4326;LINESTRING(0 0, 1 1)'",
		"system":    "UPDATE city.sensor SET geom = 'SRID=3857;POINT(0 0)'",
		"duplicate": "INSERT INTO city.sensor (code, kind, geom) SELECT code, kind, geom FROM city.sensor",
	} {
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s: the table took %s", name, sql)
		}
	}

	if err := s.DropLayer(t.Context(), "road"); !errors.Is(err, layers.ErrConflict) {
		t.Errorf("drop of a standard layer: error = %v, want ErrConflict", err)
	}
	if err := s.DropLayer(t.Context(), "sensor"); err != nil {
		t.Fatal(err)
	}
	if err := s.DropLayer(t.Context(), "sensor"); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("second drop: error = %v, want ErrNotFound", err)
	}
	if value[bool](t, conn, "SELECT to_regclass('city.sensor') IS NOT NULL") {
		t.Error("the table is still there")
	}
}

func TestStandardLayersComeWithTheDatabase(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	if diff := cmp.Diff(s.Catalog().Names(), layers.StandardNames()); diff != "" {
		t.Errorf("catalog (-got +want):\n%s", diff)
	}
	standard, err := layers.Standard()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.Catalog().Layers(), standard); diff != "" {
		t.Errorf("definitions (-got +want):\n%s", diff)
	}
	if got := value[int](t, conn, "SELECT count(*) FROM city.component_class"); got != 153 {
		t.Errorf("%d component classes, want the 153 of the list", got)
	}
}

func TestSummariesFollowTheLayer(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	count := func(layer string) layers.Summary {
		t.Helper()
		execSQL(t, conn, "SELECT pg_stat_force_next_flush()")
		if err := s.Count(t.Context(), layer); err != nil {
			t.Fatal(err)
		}
		all, err := s.Summaries(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all[layer]
	}
	if got := count("building"); got.Features != 0 || got.Extent != nil || got.AsOf.IsZero() {
		t.Errorf("empty layer: %+v", got)
	}
	execSQL(t, conn, `INSERT INTO city.building (floor_area_m2, synthetic, geom) VALUES
		(100.5, true, 'SRID=4326;MULTIPOLYGON(((121 31, 122 31, 122 32, 121 31)))'), (NULL, false, 'SRID=4326;MULTIPOLYGON(((120 30, 121 30, 121 31, 120 30)))')`)
	execSQL(t, conn, "SELECT pg_stat_force_next_flush()")
	got := count("building")
	want := layers.Summary{Features: 2, Synthetic: 1, Sums: map[string]float64{"floor_area_m2": 100.5}, Extent: &[4]float64{120, 30, 122, 32}, AsOf: got.AsOf}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("summary (-got +want):\n%s", diff)
	}
	execSQL(t, conn, "INSERT INTO city.road (class, geom) VALUES ('path', 'SRID=4326;LINESTRING(0 0, 1 0)')")
	// A degree of longitude on the equator of the WGS 84 ellipsoid.
	if got := count("road"); got.LengthMetres == nil || *got.LengthMetres < 111319.4 || *got.LengthMetres > 111319.6 {
		t.Errorf("length: %+v", got.LengthMetres)
	}
}
