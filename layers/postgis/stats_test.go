package postgis_test

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"yiping/layers"
	"yiping/layers/postgis"
)

// addPlaces puts places into the regions of addRegions: two in village 111, one
// in street 11 beside it, two in street 21, one in district 2 without a street,
// and one nowhere.
func addPlaces(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	execSQL(t, conn, `INSERT INTO city.place (code, name, kind, geom)
		SELECT code, code, kind, ST_SetSRID(ST_MakePoint(121 + x / 100, 31 + y / 100), 4326)
		FROM (VALUES ('a', 'city', 0.5, 0.5), ('b', 'town', 0.6, 0.5), ('c', 'city', 1.5, 0.5), ('d', 'city', 2.5, 0.5),
			('e', 'city', 2.6, 0.5), ('f', 'town', 2.5, 1.5), ('g', 'city', 9, 9)) AS p (code, kind, x, y)`)
}

func statsQuery(t *testing.T, s *postgis.Store, layer, finest string, properties ...string) *layers.StatsQuery {
	t.Helper()
	l, err := s.Catalog().Layer(layer)
	if err != nil {
		t.Fatal(err)
	}
	q := &layers.StatsQuery{Layer: l, Levels: []string{finest}, Measures: []layers.Measure{{Kind: "count"}}}
	for _, name := range properties {
		p, _, ok := l.Property(name)
		if !ok {
			t.Fatalf("no property %s", name)
		}
		q.Properties = append(q.Properties, p)
	}
	return q
}

func cellsOf(t *testing.T, s *postgis.Store, q *layers.StatsQuery) []layers.StatsCell {
	t.Helper()
	got, err := s.Stats(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(got.Cells, func(a, b layers.StatsCell) int {
		return cmp.Or(strings.Compare(a.Regions.District, b.Regions.District), strings.Compare(a.Regions.Street, b.Regions.Street),
			strings.Compare(a.Regions.Village, b.Regions.Village))
	})
	return got.Cells
}

func TestStatsKeepWhatLiesInNoRegion(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	addRegions(t, conn)
	addPlaces(t, conn)
	cell := func(n int64, district, street, village string) layers.StatsCell {
		return layers.StatsCell{Regions: layers.Regions{District: district, Street: street, Village: village}, Count: n}
	}
	tests := map[string][]layers.StatsCell{
		"city":     {cell(7, "", "", "")},
		"district": {cell(1, "", "", ""), cell(3, "1", "", ""), cell(3, "2", "", "")},
		"street":   {cell(1, "", "", ""), cell(3, "1", "11", ""), cell(1, "2", "", ""), cell(2, "2", "21", "")},
		"village": {
			cell(1, "", "", ""), cell(1, "1", "11", ""), cell(2, "1", "11", "111"), cell(1, "2", "", ""), cell(2, "2", "21", ""),
		},
	}
	for finest, want := range tests {
		t.Run(finest, func(t *testing.T) {
			got := cellsOf(t, s, statsQuery(t, s, "place", finest))
			if diff := gocmp.Diff(got, want, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("cells (-got +want):\n%s", diff)
			}
		})
	}
}

// A street that lies in no district takes its features' district from where they
// lie, so one street can have features of several.
func TestStatsOfStreetsWithoutADistrict(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	addRegions(t, conn)
	execSQL(t, conn, "INSERT INTO city.street (code, name, geom) VALUES ('99', 'x', ST_Multi(ST_GeomFromWKB($1, 4326)))", wkbOf(t, square(1, 1, 30, 1)))
	addPlaces(t, conn)
	execSQL(t, conn, "INSERT INTO city.place (code, name, kind, geom) VALUES ('h', 'h', 'city', 'SRID=4326;POINT(121.2 31.015)')")
	if got := value[int64](t, conn, "SELECT count(*) FROM city.street WHERE code = '99' AND district IS NULL"); got != 1 {
		t.Fatal("the street lies in a district: the test tests nothing")
	}
	got := cellsOf(t, s, statsQuery(t, s, "place", "street"))
	want := []layers.StatsCell{
		{Count: 1},
		{Regions: layers.Regions{Street: "99"}, Count: 1},
		{Regions: layers.Regions{District: "1", Street: "11"}, Count: 3},
		{Regions: layers.Regions{District: "2", Street: "21"}, Count: 2},
		{Regions: layers.Regions{District: "2", Street: "99"}, Count: 1},
	}
	if diff := gocmp.Diff(got, want, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("cells (-got +want):\n%s", diff)
	}
}

func TestStatsMeasure(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	addRegions(t, conn)
	execSQL(t, conn, `INSERT INTO city.building (code, use, floors, height_metres, geom)
		SELECT n::text, CASE WHEN n < 3 THEN 'office' END, CASE WHEN n <> 2 THEN n END, n * 2.5,
			ST_Multi(ST_MakeEnvelope(121.001 + n * 0.001, 31.001, 121.0015 + n * 0.001, 31.002, 4326))
		FROM generate_series(1, 4) AS n`)
	q := statsQuery(t, s, "building", "city", "use")
	floors, _, _ := q.Layer.Property("floors")
	height, _, _ := q.Layer.Property("height_metres")
	q.Measures = []layers.Measure{{Kind: "sum", Property: floors}, {Kind: "mean", Property: floors}, {Kind: "max", Property: height}, {Kind: "area_m2"}}
	got := cellsOf(t, s, q)
	slices.SortFunc(got, func(a, b layers.StatsCell) int { return cmp.Compare(a.Tallies[0].Sum, b.Tallies[0].Sum) })
	areas := func(where string) layers.Tally {
		return layers.Tally{N: 2, Sum: value[float64](t, conn, "SELECT sum(ST_Area(geom::geography)) FROM city.building WHERE "+where)}
	}
	want := []layers.StatsCell{
		{Properties: []any{"office"}, Count: 2, Tallies: []layers.Tally{{N: 1, Sum: 1, Min: 1, Max: 1}, {N: 2, Sum: 7.5, Min: 2.5, Max: 5}, areas("use = 'office'")}},
		{Properties: []any{nil}, Count: 2, Tallies: []layers.Tally{{N: 2, Sum: 7, Min: 3, Max: 4}, {N: 2, Sum: 17.5, Min: 7.5, Max: 10}, areas("use IS NULL")}},
	}
	if diff := gocmp.Diff(got, want, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("cells (-got +want):\n%s", diff)
	}
}

func TestStatsFilter(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	addRegions(t, conn)
	addPlaces(t, conn)
	q := statsQuery(t, s, "place", "street", "kind")
	var err error
	if q.Filter, err = layers.ParseFilter(q.Layer, "kind = 'city' AND street IS NOT NULL", "", layers.CRS84); err != nil {
		t.Fatal(err)
	}
	got := cellsOf(t, s, q)
	want := []layers.StatsCell{
		{Regions: layers.Regions{District: "1", Street: "11"}, Properties: []any{"city"}, Count: 2},
		{Regions: layers.Regions{District: "2", Street: "21"}, Properties: []any{"city"}, Count: 2},
	}
	if diff := gocmp.Diff(got, want, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("cells (-got +want):\n%s", diff)
	}
}

// Everybody who writes meanwhile is seen in all levels or in none: the parts
// add up to the whole.
func TestStatsAreOfOneCut(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	addRegions(t, conn)
	ctx, stop := context.WithCancel(t.Context())
	wrote := make(chan error, 1)
	go func() {
		for ctx.Err() == nil {
			if _, err := conn.Exec(ctx, `INSERT INTO city.place (name, kind, geom) VALUES
				('x', 'city', 'SRID=4326;POINT(121.005 31.005)'), ('y', 'city', 'SRID=4326;POINT(121.025 31.005)'), ('z', 'city', 'SRID=4326;POINT(125 35)')`); err != nil && ctx.Err() == nil {
				wrote <- err
				return
			}
		}
		wrote <- nil
	}()
	q := statsQuery(t, s, "place", "street")
	var last uint64
	for range 50 {
		got, err := s.Stats(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]int64{}
		for _, c := range got.Cells {
			counts[c.Regions.Street] += c.Count
		}
		if counts["11"] != counts["21"] || counts["11"] != counts[""] {
			t.Fatalf("counts of one statement's rows differ: %v", counts)
		}
		if got.Cut.Xmin < last {
			t.Fatalf("the cut goes back: %d after %d", got.Cut.Xmin, last)
		}
		last = got.Cut.Xmin
	}
	stop()
	if err := <-wrote; err != nil {
		t.Fatal(err)
	}
}

func TestStatsEndWithTheirRequest(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Stats(ctx, statsQuery(t, s, "place", "city")); !errors.Is(err, context.Canceled) {
		t.Errorf("a request that is gone gives %v", err)
	}
}

func TestRegionsAt(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	addRegions(t, conn)
	ref := func(id int64, code string) *layers.RegionRef {
		return &layers.RegionRef{ID: id, Code: code, Name: code}
	}
	tests := map[string]struct {
		lon, lat float64
		want     layers.RegionChain
	}{
		"village":   {121.005, 31.005, layers.RegionChain{District: ref(1, "1"), Street: ref(1, "11"), Village: ref(1, "111")}},
		"street":    {121.015, 31.005, layers.RegionChain{District: ref(1, "1"), Street: ref(1, "11")}},
		"no street": {121.025, 31.015, layers.RegionChain{District: ref(2, "2")}},
		"nowhere":   {0, 0, layers.RegionChain{}},
		"a pole":    {180, 90, layers.RegionChain{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := s.RegionsAt(t.Context(), test.lon, test.lat)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(*got, test.want); diff != "" {
				t.Errorf("chain (-got +want):\n%s", diff)
			}
		})
	}
}

func TestRegionsTree(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	addRegions(t, conn)
	execSQL(t, conn, "UPDATE city.district SET population = 5000 WHERE code = '1'")
	all, err := s.Regions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range all {
		line := r.Level + " " + r.Code
		if r.Parent != nil {
			line += " in " + *r.Parent
		}
		if r.Population != nil {
			line += " with " + itoa(int(*r.Population))
		}
		got = append(got, line)
	}
	want := []string{"district 1 with 5000", "district 2", "street 11 in 1", "street 12 in 1", "street 21 in 2", "village 111 in 11"}
	if diff := gocmp.Diff(got, want); diff != "" {
		t.Errorf("regions (-got +want):\n%s", diff)
	}
	// Two hundredths of a degree at 31 N: 2 × 955 m by 2 × 1109 m.
	if area := all[0].AreaKM2; math.Abs(area-4.234) > 0.01 {
		t.Errorf("a district of %v km²", area)
	}
}
