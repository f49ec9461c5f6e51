package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/layers/postgis"
	"yiping/layers/postgis/internal/geohash"
	"yiping/layers/postgis/postgistest"
)

// boxOf is a box; with its west east of its east, across the antimeridian.
func boxOf(t *testing.T, l *layers.Layer, west, south, east, north float64) *layers.Box {
	t.Helper()
	b := &layers.Box{Filter: filterOf(t, l, fmt.Sprintf("S_INTERSECTS(geom,BBOX(%v,%v,%v,%v))", west, south, east, north))}
	if west <= east {
		b.Bounds = []orb.Bound{{Min: orb.Point{west, south}, Max: orb.Point{east, north}}}
	} else {
		b.Bounds = []orb.Bound{
			{Min: orb.Point{west, south}, Max: orb.Point{180, north}},
			{Min: orb.Point{-180, south}, Max: orb.Point{east, north}},
		}
	}
	return b
}

// The database and Go must write the same places, on borders of cells too.
func TestPlacesAgreeWithGo(t *testing.T) {
	t.Parallel()
	_, conn := open(t)
	r := rand.New(rand.NewPCG(1, 2))
	for _, p := range []orb.Point{{180, 90}, {-180, -90}, {0, 0}, {121.4737, 31.2304}} {
		checkPlace(t, conn, p)
	}
	for range 2000 {
		p := orb.Point{r.Float64()*360 - 180, r.Float64()*180 - 90}
		if axis := r.IntN(3); axis < 2 { // a border of cells
			p[axis] = float64(r.IntN(1<<17)-1<<16) * 180 / (1 << 17)
		}
		checkPlace(t, conn, p)
	}
	for _, geom := range []string{"POINT EMPTY", "POINT(180.1 0)", "POINT(0 -91)"} {
		if got := value[*string](t, conn, "SELECT yiping.place(ST_GeomFromText($1, 4326))", geom); got != nil {
			t.Errorf("%s has the place %s", geom, *got)
		}
	}
}

func checkPlace(t *testing.T, conn *pgx.Conn, p orb.Point) {
	t.Helper()
	got := value[string](t, conn, "SELECT yiping.place(ST_Point($1, $2, 4326))", p[0], p[1])
	if want := geohash.At(p); got != want {
		t.Errorf("%v is at %s in the database, at %s in Go", p, got, want)
	}
}

// Pages of a box are read in the order of an index, which begins where the page
// does; nothing but each range's own share of the page is sorted.
func TestBoxPagesUseIndexes(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	fillComponents(t, conn, 50_000)
	l, err := s.Catalog().Layer("component")
	if err != nil {
		t.Fatal(err)
	}
	after := &layers.Place{Keys: []any{geohash.At(orb.Point{121.45, 31.45})}, ID: 40_000}
	for _, tt := range []struct {
		name             string
		box              *layers.Box
		filter           string
		after            *layers.Place
		index, condition string
		sorts            bool // the rows that it has found
	}{
		{"small box", boxOf(t, l, 121.5, 31.5, 121.51, 31.51), "", nil, "component_place_idx", ">= r.first_place", false},
		{"box", boxOf(t, l, 121.2, 31.2, 121.6, 31.5), "", nil, "component_place_idx", ">= r.first_place", false},
		{"world", boxOf(t, l, -180, -90, 180, 90), "", nil, "component_place_idx", ">= r.first_place", true},
		{"across the antimeridian", boxOf(t, l, 121.5, -90, -170, 90), "", nil, "component_place_idx", ">= r.first_place", false},
		{"next page", boxOf(t, l, 121.2, 31.2, 121.6, 31.5), "", after, "component_place_idx", "ROW(", false},
		{"state", boxOf(t, l, 121.2, 31.2, 121.6, 31.5), "state = '破损'", nil, "component_place_idx", "state = ", false},
		{"class", boxOf(t, l, 121.2, 31.2, 121.6, 31.5), "class = '01002'", nil, "component_class_place_idx", "class = ", false},
		{"next page of a class", boxOf(t, l, 121.2, 31.2, 121.6, 31.5), "class = '01002'", after, "component_class_place_idx", "ROW(", false},
		{"code", boxOf(t, l, 121.2, 31.2, 121.6, 31.5), "code = '00000000000000007'", nil, "component_code_key", "code = ", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := layers.Query{Layer: l, Columns: l.Columns(), Limit: 1001, Box: tt.box, ByPlace: true, After: tt.after}
			if tt.filter != "" {
				q.Filters = []*cql2.Filter{filterOf(t, l, tt.filter)}
			}
			root, text := explain(t, conn, &q)
			found := false
			for _, node := range root.all() {
				if node.Node == "Seq Scan" || node.Node == "Bitmap Heap Scan" || node.Node == "Sort" && !tt.sorts {
					t.Errorf("the plan has a %s:\n%s", node.Node, text)
				}
				found = found || node.Index == tt.index && strings.Contains(node.Condition, tt.condition)
			}
			if !found {
				t.Errorf("the plan has no condition %q on index %s:\n%s", tt.condition, tt.index, text)
			}
		})
	}
}

// Walking through the pages of any box with any filter, by pages of any size,
// gives what one query gives, each feature once, while others come, move and go.
func TestBoxPagesLoseNothing(t *testing.T) {
	t.Parallel()
	url := postgistest.URL(t)
	s, conn := postgistest.Open(t, url), postgistest.Conn(t, url)
	l, err := s.Catalog().Layer("place")
	if err != nil {
		t.Fatal(err)
	}
	// A coarse grid, so that many share a place, and lie on the boxes' borders;
	// some at the ends of the world, some nowhere.
	execSQL(t, conn, `INSERT INTO city.place (id, name, kind, geom)
		SELECT i, 'n' || i % 17, CASE i % 3 WHEN 0 THEN 'other' ELSE 'landmark' END, ST_Point(121 + i * 7919 % 60 / 100.0, 31 + i * 6007 % 40 / 100.0, 4326)
		FROM generate_series(1, 1500) i`)
	execSQL(t, conn, `INSERT INTO city.place (id, name, kind, geom)
		SELECT 2000 + n, 'n1', 'other', ST_GeomFromText(geom, 4326)
		FROM unnest(ARRAY['POINT(180 90)', 'POINT(-180 -90)', 'POINT(180 0)', 'POINT(-180 0)', 'POINT(0 0)', 'POINT EMPTY']) WITH ORDINALITY g (geom, n)`)
	const stable = 3000 // ids above come, move and go
	stop := restless(t, postgistest.Conn(t, url), stable)
	defer stop()

	r := rand.New(rand.NewPCG(3, 5))
	grid := func(from, n int) float64 { return float64(from*100+r.IntN(n)) / 100 }
	for round := range 120 {
		west, east := grid(121, 60), grid(121, 60)
		south, north := grid(31, 40), grid(31, 40)
		box := boxOf(t, l, min(west, east), min(south, north), max(west, east), max(south, north))
		switch round % 12 {
		case 0:
			box = boxOf(t, l, -180, -90, 180, 90)
		case 1:
			box = boxOf(t, l, west, -90, -170, 90)
		case 2:
			box = boxOf(t, l, west, 0, west, 90)
		case 3:
			box = boxOf(t, l, -180, -90, -180, 90)
		}
		var filters []*cql2.Filter
		if text := []string{"", "kind = 'other'", "name > 'n12'", fmt.Sprintf("id < %d", r.IntN(2000)), "NOT (kind = 'other' OR name = 'n3')"}[r.IntN(5)]; text != "" {
			filters = append(filters, filterOf(t, l, text))
		}
		q := layers.Query{Layer: l, Columns: l.Columns(), Box: box, Filters: filters}
		all := q
		all.AnyOrder = true
		want, _ := idsOf(t, s, &all, stable)
		q.ByPlace, q.Limit = true, 1+r.IntN(60)
		got := []int64{}
		for {
			ids, last := idsOf(t, s, &q, stable)
			got = append(got, ids...)
			if last == nil {
				break
			}
			q.After = last
		}
		slices.Sort(got) // a feature that came twice stays twice
		slices.Sort(want)
		if diff := cmp.Diff(got, want); diff != "" {
			t.Fatalf("round %d, %v, pages of %d (-got +want):\n%s", round, box.Bounds, q.Limit, diff)
		}
		q.After, q.Offset, q.Limit = nil, int64(len(want)/2), 0
		q.Filters = append(slices.Clip(filters), filterOf(t, l, fmt.Sprintf("id <= %d", stable)))
		if ids, _ := idsOf(t, s, &q, stable); len(ids) != len(want)-len(want)/2 {
			t.Fatalf("round %d: %d features behind the first %d of %d", round, len(ids), len(want)/2, len(want))
		}
	}
}

// idsOf reads one answer: the ids up to most, and the place of the last feature
// of all, nil without any.
func idsOf(t *testing.T, s *postgis.Store, q *layers.Query, most int64) ([]int64, *layers.Place) {
	t.Helper()
	ids := []int64{}
	var last *layers.Place
	for item, err := range s.Items(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		if item.ID <= most {
			ids = append(ids, item.ID)
		}
		last = &layers.Place{Keys: slices.Clone(item.Keys), ID: item.ID}
	}
	return ids, last
}

// restless lets features above an id come, move and go until stop is called.
func restless(t *testing.T, conn *pgx.Conn, above int) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		var err error
		for i := above + 1; err == nil; i++ {
			_, err = conn.Exec(ctx, `WITH gone AS (DELETE FROM city.place WHERE id = $1 - 50),
					moved AS (UPDATE city.place SET geom = ST_Point(121 + $1 * 31 % 60 / 100.0, 31 + $1 * 17 % 40 / 100.0, 4326) WHERE id BETWEEN $1 - 30 AND $1 - 25)
				INSERT INTO city.place (id, name, kind, geom) VALUES ($1, 'x', 'other', ST_Point(121 + $1 * 7 % 60 / 100.0, 31 + $1 * 13 % 40 / 100.0, 4326))`, i)
		}
		ended <- err
	}()
	return func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("write beside the reader: %v", err)
		}
	}
}
