package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"yiping/layers"
	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
)

// sample is a layer with a property of each type.
const sample = `
name: sample
title: {zh: 样本, en: Samples}
geometry: Point
datum: WGS84
owner: x
licence: x
schema:
  type: object
  required: [kind]
  properties:
    kind: {type: string, enum: [a, b, c]}
    label: {type: string}
    floors: {type: integer, minimum: 0, maximum: 200}
    height: {type: number}
    open: {type: boolean}
    built: {type: date}
    seen: {type: date-time}
`

// newOGC serves a fresh database with the layer sample; conn is any other
// client of the database.
func newOGC(t *testing.T, maxConns int) (root string, conn *pgx.Conn) {
	t.Helper()
	address := postgistest.URL(t)
	log := slog.New(slog.DiscardHandler)
	store, err := postgis.Open(t.Context(), postgis.Config{URL: address, MaxConns: maxConns, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	createSample(t, store)
	db := &database{store: store}
	server := httptest.NewServer(newService(db, newImages(db, log), log)) // without images: features come from the database
	t.Cleanup(server.Close)
	return server.URL + "/ogc", postgistest.Conn(t, address)
}

func createSample(t *testing.T, store *postgis.Store) {
	t.Helper()
	l, err := layers.ParseDefinition([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	if err := store.CreateLayer(t.Context(), l); err != nil {
		t.Fatal(err)
	}
}

// fillSample writes features whose properties follow from their number, nulls
// and odd texts among them, around the Bund.
func fillSample(t *testing.T, conn *pgx.Conn, from, to int) {
	t.Helper()
	execute(t, conn, `
		INSERT INTO city.sample (id, code, kind, label, floors, height, open, built, seen, updated_at, geom)
		SELECT i, 'c' || i, substr('abc', 1 + i % 3, 1),
			CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN '外滩' || i WHEN 2 THEN 'O''Neill "' || i % 7 ELSE 'É' || i % 11 END,
			nullif(i % 23, 0), nullif(i % 13, 0) * 1.5, CASE i % 3 WHEN 0 THEN NULL ELSE i % 2 = 0 END,
			date '2000-01-01' + i % 900, timestamptz '2026-01-01 00:00:00.123456+08' + i * interval '1 hour',
			timestamptz '2026-02-01 00:00:00Z' + i * interval '1 minute',
			ST_SetSRID(ST_MakePoint(121.4 + (i * 7919 % 1000) / 5000.0, 31.1 + (i * 104729 % 997) / 5000.0), 4326)
		FROM generate_series($1::int, $2::int) i`, from, to)
}

func execute(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

type feature struct {
	ID         int64
	Geometry   json.RawMessage
	Properties map[string]any
}

type featureCollection struct {
	Features       []feature
	Links          []struct{ Href, Rel, Type string }
	NumberReturned int
	NumberMatched  *int64
	Count          string
}

func (c *featureCollection) ids() []int64 {
	ids := []int64{}
	for _, f := range c.Features {
		ids = append(ids, f.ID)
	}
	return ids
}

func (c *featureCollection) link(rel string) string {
	for _, l := range c.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

func askItems(t *testing.T, address string) *featureCollection {
	t.Helper()
	got := ask(t, "GET", address, nil)
	if got.status != 200 || got.header.Get("Content-Type") != "application/geo+json" {
		t.Fatalf("%s: %d %s", address, got.status, got.body)
	}
	var c featureCollection
	if err := json.Unmarshal(got.body, &c); err != nil {
		t.Fatalf("%s: %v: %s", address, err, got.body)
	}
	if c.NumberReturned != len(c.Features) {
		t.Errorf("numberReturned is %d with %d features", c.NumberReturned, len(c.Features))
	}
	return &c
}

// query writes parameters in pairs of name and value.
func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "?" + q.Encode()
}

func idsInSQL(t *testing.T, conn *pgx.Conn, rest string) []int64 {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT id FROM city.sample "+rest)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := pgx.AppendRows([]int64{}, rows, pgx.RowTo[int64])
	if err != nil {
		t.Fatalf("%s: %v", rest, err)
	}
	return ids
}

// Every page starts where the last one ended, whatever comes and goes between
// them; what was there all the time is seen exactly once, in order.
func TestItemPagesLoseNothing(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	for _, order := range []struct{ name, value, sql string }{
		{"limit", "17", "id"},
		{"bbox", "120,30,122,32", `yiping.place(geom) COLLATE "C", id`},
		{"sortby", "id", "id"},
		{"sortby", "-id", "id DESC"},
		{"sortby", "code", `code COLLATE "C"`},
		{"sortby", "-code", `code COLLATE "C" DESC`},
		{"sortby", "kind,-floors", `kind COLLATE "C", floors DESC NULLS LAST, id`},
		{"sortby", "-label,height,open", `label COLLATE "C" DESC NULLS LAST, height, open, id`},
		{"sortby", "+open,-seen", "open, seen DESC"},
		{"sortby", "-built,updated_at", "built DESC, updated_at"},
	} {
		t.Run(order.name+" "+order.value, func(t *testing.T) {
			execute(t, conn, "DELETE FROM city.sample")
			fillSample(t, conn, 1000, 1299)
			const permanent = "WHERE id BETWEEN 1000 AND 1299 AND id % 10 <> 3 ORDER BY "
			want := idsInSQL(t, conn, permanent+order.sql)
			next := root + "/collections/sample/items" + query("limit", "17", order.name, order.value)
			got := []int64{}
			seen := map[int64]bool{}
			for page := 0; next != ""; page++ {
				c := askItems(t, next)
				next = c.link("next")
				for _, id := range c.ids() {
					if seen[id] {
						t.Errorf("feature %d is on two pages", id)
					}
					seen[id] = true
					if id >= 1000 && id <= 1299 && id%10 != 3 {
						got = append(got, id)
					}
				}
				// Strangers come before, between and after; some of the first ones go.
				fillSample(t, conn, page*10+1, page*10+5)
				fillSample(t, conn, 2000+page, 2000+page)
				execute(t, conn, "DELETE FROM city.sample WHERE id % 10 = 3 AND id BETWEEN 1000 AND 1299 AND id / 10 % 18 = $1", page)
				if page > 200 {
					t.Fatal("the pages do not end")
				}
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("features over all pages (-got +want):\n%s", diff)
			}
		})
	}
}

// What the API selects is what plain SQL does.
func TestItemsAgreeWithSQL(t *testing.T) {
	t.Parallel()
	root, conn := newOGC(t, 0)
	fillSample(t, conn, 1, 600)
	const byPlace = `ORDER BY yiping.place(geom) COLLATE "C", id`
	tests := []struct {
		name       string
		parameters []string
		sql        string
	}{
		{"all", nil, "ORDER BY id"},
		{"box", []string{"bbox", "121.45,31.15,121.5,31.2"}, "WHERE ST_Intersects(geom, ST_MakeEnvelope(121.45,31.15,121.5,31.2,4326)) " + byPlace},
		{"box with heights", []string{"bbox", "121.45,31.15,-10,121.5,31.2,900"}, "WHERE geom && ST_MakeEnvelope(121.45,31.15,121.5,31.2,4326) " + byPlace},
		{"box of one point", []string{"bbox", "121.4008,31.1,121.4008,31.3"}, "WHERE ST_X(geom) = 121.4008 " + byPlace},
		{"box across the antimeridian", []string{"bbox", "121.5,-90,-170,90"}, "WHERE ST_X(geom) >= 121.5 " + byPlace},
		{"box as lat, lon", []string{"bbox", "31.15,121.45,31.2,121.5", "bbox-crs", layers.EPSG4326.URI()}, "WHERE geom && ST_MakeEnvelope(121.45,31.15,121.5,31.2,4326) " + byPlace},
		{"box of CGCS2000", []string{"bbox", "31.15,121.45,31.2,121.5", "bbox-crs", layers.EPSG4490.URI()}, "WHERE geom && ST_MakeEnvelope(121.45,31.15,121.5,31.2,4326) " + byPlace},
		{"box in metres", []string{"bbox", "13520000,3650000,13525000,3655000", "bbox-crs", layers.EPSG3857.URI()}, "WHERE ST_Transform(geom, 3857) && ST_MakeEnvelope(13520000,3650000,13525000,3655000,3857) " + byPlace},
		{"comparison", []string{"filter", "floors > 11"}, "WHERE floors > 11 ORDER BY id"},
		{"null", []string{"filter", "floors IS NULL OR NOT open"}, "WHERE floors IS NULL OR NOT open ORDER BY id"},
		{"Chinese and wildcard", []string{"filter", "label LIKE '外滩%'"}, "WHERE label LIKE '外滩%' ORDER BY id"},
		{"quotes", []string{"filter", `label = 'O''Neill "3'`}, `WHERE label = 'O''Neill "3' ORDER BY id`},
		{"injection is a text", []string{"filter", `label = 'x''; DROP TABLE city.sample; --'`}, "WHERE false"},
		{"case", []string{"filter", "CASEI(label) = CASEI('é3')"}, "WHERE lower(label) = 'é3' ORDER BY id"},
		{"date", []string{"filter", "built >= DATE('2001-05-06')"}, "WHERE built >= '2001-05-06' ORDER BY id"},
		{"id", []string{"filter", "id IN (3, 5, 599)"}, "WHERE id IN (3, 5, 599) ORDER BY id"},
		{"JSON", []string{"filter-lang", "cql2-json", "filter", `{"op":"and","args":[{"op":">","args":[{"property":"height"},6]},{"op":"=","args":[{"property":"kind"},"b"]}]}`}, "WHERE height > 6 AND kind = 'b' ORDER BY id"},
		{"geometry as lat, lon", []string{"filter-crs", layers.EPSG4326.URI(), "filter", "S_WITHIN(geom, POLYGON((31.1 121.4, 31.25 121.4, 31.1 121.55, 31.1 121.4)))"}, "WHERE ST_Within(geom, 'SRID=4326;POLYGON((121.4 31.1, 121.4 31.25, 121.55 31.1, 121.4 31.1))') ORDER BY id"},
		{"all at once", []string{"bbox", "121.4,31.1,121.5,31.2", "filter", "kind = 'a'", "datetime", "2026-02-01T01:00:00Z/.."}, "WHERE geom && ST_MakeEnvelope(121.4,31.1,121.5,31.2,4326) AND kind = 'a' AND updated_at >= '2026-02-01T01:00:00Z' " + byPlace},
		{"time", []string{"datetime", "2026-02-01T09:00:00+08:00"}, "WHERE updated_at = '2026-02-01T01:00:00Z'"},
		{"times", []string{"datetime", "2026-02-01T01:00:00Z/2026-02-01T02:00:00Z"}, "WHERE updated_at BETWEEN '2026-02-01T01:00:00Z' AND '2026-02-01T02:00:00Z' ORDER BY id"},
		{"until", []string{"datetime", "/2026-02-01T02:00:00Z"}, "WHERE updated_at <= '2026-02-01T02:00:00Z' ORDER BY id"},
		{"always", []string{"datetime", "../.."}, "ORDER BY id"},
		{"sorted", []string{"sortby", "-label,id"}, `ORDER BY label COLLATE "C" DESC NULLS LAST, id`},
		{"offset", []string{"offset", "590", "sortby", "-id"}, "ORDER BY id DESC OFFSET 590"},
		{"offset beyond", []string{"offset", "9999"}, "WHERE false"},
		{"offset in a box", []string{"offset", "100", "bbox", "121.4,31.1,121.5,31.2"}, "WHERE geom && ST_MakeEnvelope(121.4,31.1,121.5,31.2,4326) " + byPlace + " OFFSET 100"},
		{"offset beyond all in a box", []string{"offset", "9223372036854775807", "bbox", "121.4,31.1,121.5,31.2"}, "WHERE false"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := idsInSQL(t, conn, tt.sql)
			address := root + "/collections/sample/items" + query(append(tt.parameters, "limit", "999999")...)
			got := askItems(t, address)
			if diff := cmp.Diff(got.ids(), want); diff != "" {
				t.Errorf("features (-got +want):\n%s", diff)
			}
			// The same by the other ways out.
			csv := strings.Split(strings.TrimSpace(string(ask(t, "GET", address+"&f=csv&properties=code", nil).body)), "\n")[1:]
			var lines []string
			for _, id := range want {
				lines = append(lines, fmt.Sprintf("%d,c%d,", id, id))
			}
			for i := range csv {
				csv[i] = csv[i][:strings.Index(csv[i], "POINT")]
			}
			if len(csv)+len(lines) > 0 && !cmp.Equal(csv, lines) {
				t.Errorf("CSV (-got +want):\n%s", cmp.Diff(csv, lines))
			}
			n := askItems(t, root+"/collections/sample/items"+query(append(tt.parameters, "limit", "1", "count", "exact")...))
			if !strings.HasPrefix(tt.name, "offset") && (n.NumberMatched == nil || int(*n.NumberMatched) != len(want)) {
				t.Errorf("numberMatched = %v, want %d", n.NumberMatched, len(want))
			}
		})
	}
}
