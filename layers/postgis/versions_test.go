package postgis_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"yiping/layers"
	"yiping/layers/postgis"
)

const watched = `
name: watched
title: {zh: 留痕, en: Watched}
geometry: Point
history: true
datum: WGS84
owner: test
licence: none
schema:
  type: object
  properties:
    label: {type: string}
    level: {type: integer, minimum: 0, maximum: 1000}
`

func openWatched(t *testing.T) (*postgis.Store, *pgx.Conn, *layers.Layer) {
	t.Helper()
	s, conn := open(t)
	if err := s.CreateLayer(t.Context(), parse(t, watched)); err != nil {
		t.Fatal(err)
	}
	l, err := s.Catalog().Layer("watched")
	if err != nil {
		t.Fatal(err)
	}
	return s, conn, l
}

// heldState is what the tests compare of a version.
type heldState struct {
	Label, Geometry string
	Version         int64
}

func stateOf(v layers.Version) heldState {
	return heldState{fmt.Sprint(v.Item.Values[9]), string(v.Item.Geometry), v.Item.Values[4].(int64)}
}

func versionsOf(t *testing.T, s *postgis.Store, q layers.VersionQuery) []layers.Version {
	t.Helper()
	found, err := s.Versions(t.Context(), &q)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Whatever writes the layer, at any time between two writes the answer as of then
// is what the table held.
func TestVersionsAgreeWithModel(t *testing.T) {
	t.Parallel()
	s, conn, l := openWatched(t)
	seed := rand.Uint64() //nolint:gosec // a test that says its seed
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // see above
	id := func() int64 { return random.Int64N(6) + 1 }
	label := func() string { return fmt.Sprintf("é%d", random.IntN(1000)) }
	const point = "ST_SetSRID(ST_MakePoint(121 + $3::float8 / 1000, 31), 4326)"
	writes := []func(){
		func() {
			execSQL(t, conn, "INSERT INTO city.watched (id, label, geom) VALUES ($1, $2, "+point+`)
				ON CONFLICT (id) DO UPDATE SET label = excluded.label, geom = excluded.geom`, id(), label(), random.IntN(100))
		},
		func() {
			execSQL(t, conn, "UPDATE city.watched SET label = $2, geom = "+point+" WHERE id = $1", id(), label(), random.IntN(100))
		},
		func() { execSQL(t, conn, "UPDATE city.watched SET label = $2 WHERE id % 2 = $1", id()%2, label()) },
		func() { execSQL(t, conn, "DELETE FROM city.watched WHERE id = $1", id()) },
		func() { // twice in one transaction: nobody saw the one between, but it held for a moment
			execSQL(t, conn, "WITH x AS (UPDATE city.watched SET label = 'first' WHERE id = $1 RETURNING id) SELECT count(*) FROM x", id())
		},
		func() { // what is rolled back never was
			execSQL(t, conn, "BEGIN")
			execSQL(t, conn, "UPDATE city.watched SET label = 'never'")
			execSQL(t, conn, "DELETE FROM city.watched WHERE id = $1", id())
			execSQL(t, conn, "ROLLBACK")
		},
		func() {
			w := layers.Write{Op: layers.Patch, ID: id(), Match: layers.Match{Any: true}, Columns: l.Properties[:1], Values: []any{label()}}
			if _, err := s.WriteBatch(t.Context(), l, []layers.Write{w}, false); err != nil {
				t.Fatal(err)
			}
		},
	}
	type moment struct {
		at   time.Time
		held map[int64]heldState
	}
	var moments []moment
	for range 150 {
		writes[random.IntN(len(writes))]()
		moments = append(moments, moment{value[time.Time](t, conn, "SELECT clock_timestamp()"), tableNow(t, conn)})
	}
	for i, m := range moments {
		for id := int64(1); id <= 6; id++ {
			found := versionsOf(t, s, layers.VersionQuery{Layer: l, ID: id, From: &m.at, To: &m.at, Limit: 2})
			got, want := []heldState{}, []heldState{}
			for _, v := range found {
				got = append(got, stateOf(v))
			}
			if held, ok := m.held[id]; ok {
				want = append(want, held)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("feature %d after write %d (-table +as of then):\n%s", id, i, diff)
			}
		}
	}
	checkChains(t, s, conn, l)
}

func tableNow(t *testing.T, conn *pgx.Conn) map[int64]heldState {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT id, label, ST_AsGeoJSON(geom, 7, 0), version FROM city.watched")
	if err != nil {
		t.Fatal(err)
	}
	all := map[int64]heldState{}
	var id int64
	var h heldState
	if _, err := pgx.ForEachRow(rows, []any{&id, &h.Label, &h.Geometry, &h.Version}, func() error { all[id] = h; return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// checkChains checks that the versions of a feature follow each other without
// overlap, and without a gap unless the feature was gone, and that pages of one
// give them all.
func checkChains(t *testing.T, s *postgis.Store, conn *pgx.Conn, l *layers.Layer) {
	t.Helper()
	total := 0
	for id := int64(1); id <= 6; id++ {
		all := versionsOf(t, s, layers.VersionQuery{Layer: l, ID: id, Limit: 1000})
		total += len(all)
		for i, v := range all {
			if !v.To.IsZero() && !v.From.Before(v.To) {
				t.Errorf("feature %d: a version holds from %v to %v", id, v.From, v.To)
			}
			if i == 0 {
				continue
			}
			next := all[i-1]
			first := next.Item.Values[4] == int64(1)
			if v.To.After(next.From) || !first && !v.To.Equal(next.From) {
				t.Errorf("feature %d: version %v holds until %v, the next from %v", id, v.Item.Values[4], v.To, next.From)
			}
		}
		paged := []layers.Version{} // of a feature that never was, too
		for q := (layers.VersionQuery{Layer: l, ID: id, Limit: 1}); ; q.Before = &paged[len(paged)-1].From {
			page := versionsOf(t, s, q)
			if len(page) == 0 {
				break
			}
			paged = append(paged, page...)
		}
		if diff := cmp.Diff(all, paged); diff != "" {
			t.Errorf("feature %d (-at once +by page):\n%s", id, diff)
		}
	}
	kept := value[int](t, conn, "SELECT (SELECT count(*) FROM city.watched) + (SELECT count(*) FROM city_history.watched)")
	if total != kept {
		t.Errorf("%d versions are listed, the tables hold %d", total, kept)
	}
}

// A load begins a new history: its ids name other features. One that fails leaves
// the old one.
func TestLoadBeginsHistoryAnew(t *testing.T) {
	t.Parallel()
	s, conn, l := openWatched(t)
	execSQL(t, conn, "INSERT INTO city.watched (id, geom) VALUES (1, 'SRID=4326;POINT(121 31)')")
	execSQL(t, conn, "UPDATE city.watched SET label = 'b'")
	before := value[time.Time](t, conn, "SELECT clock_timestamp()")
	load := func(fault error) error {
		_, err := s.ReplaceLayer(t.Context(), "watched", nil, func(yield func(*layers.Feature, error) bool) {
			f := placeAt("1", "loaded", 121, 31)
			f.Properties = []any{"loaded", nil}
			_ = yield(&f, fault)
		})
		return err
	}
	if err := load(pgx.ErrTxClosed); err == nil {
		t.Fatal("a broken load succeeded")
	}
	if got := len(versionsOf(t, s, layers.VersionQuery{Layer: l, ID: 1, Limit: 9})); got != 2 {
		t.Errorf("after a broken load there are %d versions, want 2", got)
	}
	if err := load(nil); err != nil {
		t.Fatal(err)
	}
	if got := versionsOf(t, s, layers.VersionQuery{Layer: l, ID: 1, From: &before, To: &before, Limit: 9}); len(got) != 0 {
		t.Errorf("there are versions from before the load: %v", got)
	}
	if got := versionsOf(t, s, layers.VersionQuery{Layer: l, ID: 1, Limit: 9}); len(got) != 1 || stateOf(got[0]).Label != "loaded" {
		t.Errorf("after the load: %v", got)
	}
}

// An import keeps what it changes and nothing else, and a table that has got columns
// since keeps what it had.
func TestHistoryFollowsImportsAndTables(t *testing.T) {
	t.Parallel()
	s, conn, l := openWatched(t)
	source := postgis.ImportConfig{Source: layers.Source{Name: "file"}}
	features := func(third string) map[string][]layers.Feature {
		var all []layers.Feature
		for _, name := range []string{"a", "b", third} {
			f := placeAt(name[:1], name, 121, 31)
			f.Properties = []any{name, nil}
			all = append(all, f)
		}
		return map[string][]layers.Feature{"watched": all}
	}
	imported(t, s, source, features("c"))
	imported(t, s, source, features("c, newer"))
	if got := value[string](t, conn, "SELECT string_agg(label || ' ' || (valid_from = updated_at AND valid_to > valid_from), ',') FROM city_history.watched"); got != "c true" {
		t.Errorf("the history has %q, want the one that changed", got)
	}
	execSQL(t, conn, "ALTER TABLE city.watched ADD valid_to text, ADD remark text")
	execSQL(t, conn, "UPDATE city.watched SET remark = 'x' WHERE label = 'a'")
	execSQL(t, conn, "DELETE FROM city.watched WHERE label = 'a'")
	if got := value[int](t, conn, "SELECT count(*) FROM city_history.watched WHERE label = 'a'"); got != 2 {
		t.Errorf("of the altered table %d versions were kept, want 2", got)
	}
	if err := s.DropLayer(t.Context(), l.Name); err != nil {
		t.Fatal(err)
	}
	if value[bool](t, conn, "SELECT to_regclass('city_history.watched') IS NOT NULL") {
		t.Error("the history outlives its layer")
	}
}

// Whoever may write a layer needs no right to its history.
func TestHistoryNeedsNoRights(t *testing.T) {
	t.Parallel()
	s, conn, l := openWatched(t)
	role := "writer_" + strings.ReplaceAll(conn.Config().Database, "-", "_")
	execSQL(t, conn, "CREATE ROLE "+role)
	t.Cleanup(func() {
		if _, err := conn.Exec(context.Background(), "RESET ROLE; DROP OWNED BY "+role+"; DROP ROLE "+role); err != nil {
			t.Error(err)
		}
	})
	execSQL(t, conn, "GRANT USAGE ON SCHEMA city, yiping TO "+role)
	execSQL(t, conn, "GRANT ALL ON ALL TABLES IN SCHEMA city TO "+role)
	execSQL(t, conn, "GRANT SELECT ON yiping.region_part TO "+role)
	execSQL(t, conn, "SET ROLE "+role)
	execSQL(t, conn, "INSERT INTO city.watched (id, geom) VALUES (1, 'SRID=4326;POINT(121 31)')")
	execSQL(t, conn, "UPDATE city.watched SET label = 'b'")
	if got := len(versionsOf(t, s, layers.VersionQuery{Layer: l, ID: 1, Limit: 9})); got != 2 {
		t.Errorf("%d versions, want 2", got)
	}
}

// Only layers that ask for it keep a history, and may then not have its columns.
func TestHistoryIsAskedFor(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	var kept []string
	for _, l := range s.Catalog().Layers() {
		if l.History {
			kept = append(kept, l.Name)
		}
	}
	slices.Sort(kept)
	tables := value[[]string](t, conn, "SELECT array_agg(relname::text ORDER BY relname) FROM pg_class WHERE relnamespace = 'city_history'::regnamespace AND relkind = 'r'")
	if diff := cmp.Diff(kept, tables); diff != "" || len(kept) == 0 {
		t.Errorf("(-layers +tables):\n%s", diff)
	}
	if _, err := layers.ParseDefinition([]byte(watched + "    valid_to: {type: date}\n")); err == nil || !strings.Contains(err.Error(), "valid_to") {
		t.Errorf("a property valid_to beside a history: %v", err)
	}
}
