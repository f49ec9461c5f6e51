package postgis_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/postgis"
)

// imported runs one import to its end and returns its reports and rejections.
func imported(t *testing.T, s *postgis.Store, cfg postgis.ImportConfig, features map[string][]layers.Feature) ([]postgis.ImportReport, []layers.Rejection) {
	t.Helper()
	var rejected []layers.Rejection
	cfg.Reject = func(r layers.Rejection) error {
		rejected = append(rejected, r)
		return nil
	}
	if cfg.Source.Name == "" {
		cfg.Source = layers.Source{Name: "survey", Title: "Survey", Licence: "internal", Datum: "WGS84"}
	}
	for name := range features {
		cfg.Layers = append(cfg.Layers, name)
	}
	im, err := s.BeginImport(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for name, all := range features {
		for _, f := range all {
			if err := im.Add(t.Context(), name, &f); err != nil {
				t.Fatal(err)
			}
		}
	}
	reports, err := im.Commit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return reports, rejected
}

func placeAt(id, name string, lon, lat float64) layers.Feature {
	return layers.Feature{SourceID: id, Code: id, Geometry: orb.Point{lon, lat}, Properties: []any{name, nil, "other", nil}}
}

func TestImportIsRepeatable(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	addRegions(t, conn)
	first := map[string][]layers.Feature{"place": {
		placeAt("a", "first", 121.005, 31.005), placeAt("b", "second", 121.015, 31.005), placeAt("c", "third", 121.025, 31.005),
	}}
	reports, _ := imported(t, s, postgis.ImportConfig{}, first)
	if diff := cmp.Diff(reports, []postgis.ImportReport{{Layer: "place", Read: 3, Inserted: 3}}); diff != "" {
		t.Errorf("first import (-got +want):\n%s", diff)
	}
	if got := regionsOf(t, conn)["a"]; got != (layers.Regions{District: "1", Street: "11", Village: "111"}) {
		t.Errorf("a lies in %+v", got)
	}
	const state = "SELECT string_agg(code || ':' || name || ':' || version || ':' || updated_at, ',' ORDER BY id) FROM city.place"
	before := value[string](t, conn, state)
	reports, _ = imported(t, s, postgis.ImportConfig{}, first)
	if diff := cmp.Diff(reports, []postgis.ImportReport{{Layer: "place", Read: 3, Unchanged: 3}}); diff != "" {
		t.Errorf("same file again (-got +want):\n%s", diff)
	}
	if after := value[string](t, conn, state); after != before {
		t.Errorf("the same file again changed rows:\n%s\n%s", before, after)
	}
	newer := map[string][]layers.Feature{"place": {
		placeAt("a", "first", 121.005, 31.005), placeAt("b", "renamed", 121.015, 31.005), placeAt("c", "third", 121.035, 31.005), placeAt("d", "new", 121.03, 31),
	}}
	reports, _ = imported(t, s, postgis.ImportConfig{}, newer)
	if diff := cmp.Diff(reports, []postgis.ImportReport{{Layer: "place", Read: 4, Inserted: 1, Updated: 2, Unchanged: 1}}); diff != "" {
		t.Errorf("newer file (-got +want):\n%s", diff)
	}
	if got := value[string](t, conn, "SELECT string_agg(code || ':' || name || ':' || version || ':' || street, ',' ORDER BY code) FROM city.place"); got != "a:first:1:11,b:renamed:2:11,c:third:2:21,d:new:1:21" {
		t.Errorf("after the newer file: %s", got)
	}
	// Another source is another identity, but codes are unique in the layer.
	_, rejected := imported(t, s, postgis.ImportConfig{Source: layers.Source{Name: "other"}}, first)
	if len(rejected) != 3 || rejected[0].Reason != "code a is taken by a feature of source survey" {
		t.Errorf("rejected = %+v", rejected)
	}
}

func TestImportRejects(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	building := func(line int64, id, code string, g orb.Geometry) layers.Feature {
		return layers.Feature{SourceID: id, Code: code, Geometry: g, Properties: make([]any, 7), At: layers.Position{Line: line}}
	}
	bowtie := orb.Polygon{{{121, 31}, {121.01, 31.01}, {121.01, 31}, {121, 31.01}, {121, 31}}}
	flat := orb.Polygon{{{121, 31}, {121.5, 31.5}, {122, 32}, {121, 31}}}
	reports, rejected := imported(t, s, postgis.ImportConfig{}, map[string][]layers.Feature{"building": {
		building(1, "good", "1", square(0, 0, 1, 1)),
		building(2, "bowtie", "2", bowtie),
		building(3, "flat", "3", flat),
		building(4, "good", "4", square(1, 0, 1, 1)),
		building(5, "same code", "1", square(2, 0, 1, 1)),
	}})
	want := []layers.Rejection{
		{Layer: "building", At: layers.Position{Line: 3}, ID: "flat", Reason: "invalid geometry: Self-intersection[121.5 31.5] (mending it would make it a ST_MultiLineString)"},
		{Layer: "building", At: layers.Position{Line: 4}, ID: "good", Reason: "duplicate source_id good, as line 1"},
		{Layer: "building", At: layers.Position{Line: 5}, ID: "same code", Reason: "duplicate code 1, as line 1"},
	}
	byLine := cmpopts.SortSlices(func(a, b layers.Rejection) bool { return a.At.Line < b.At.Line })
	if diff := cmp.Diff(rejected, want, byLine); diff != "" {
		t.Errorf("rejected (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(reports, []postgis.ImportReport{{Layer: "building", Read: 5, Inserted: 2, Mended: 1, Rejected: 3}}); diff != "" {
		t.Errorf("report (-got +want):\n%s", diff)
	}
	if got := value[string](t, conn, "SELECT string_agg(code || ST_NumGeometries(geom) || ST_IsValid(geom), ',' ORDER BY code) FROM city.building"); got != "11true,22true" {
		t.Errorf("buildings: %s", got)
	}
}

func TestImportFromAnotherSystem(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	// The same bench in the state plane of New York and in WGS 84, as the city
	// publishes both (NYC DOT City Bench, site 2551).
	plane := map[string][]layers.Feature{"place": {placeAt("bench", "b", 993908.7933345139, 232934.58700200915), placeAt("lost", "l", 1e30, 1e30)}}
	_, rejected := imported(t, s, postgis.ImportConfig{SRID: 2263}, plane)
	if len(rejected) != 1 || rejected[0].ID != "lost" {
		t.Errorf("rejected = %+v, want the bench at no place", rejected)
	}
	if got := value[float64](t, conn, "SELECT ST_Distance(geom::geography, 'SRID=4326;POINT(-73.96488 40.80602)') FROM city.place"); got > 100 {
		t.Errorf("the bench is %.1f m from Broadway and West 113th Street", got)
	}
	_, err := s.BeginImport(t.Context(), postgis.ImportConfig{SRID: 777777, Layers: []string{"place"}})
	var input *layers.InputError
	if !errors.As(err, &input) || input.Reason != "PostGIS does not know EPSG:777777" {
		t.Errorf("error = %v, want an InputError", err)
	}
}

// Whatever ends an import early, the layer holds what it held, and the next
// import succeeds.
func TestImportAllOrNothing(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	imported(t, s, postgis.ImportConfig{}, map[string][]layers.Feature{"place": {placeAt("old", "old", 121, 31)}})
	refuse := errors.New("strict")
	tests := []struct {
		name string
		end  func(im *postgis.Import) error
	}{
		{"rolled back", func(im *postgis.Import) error { return im.Rollback(t.Context()) }},
		{"reject refuses", func(im *postgis.Import) error {
			f := placeAt("0", "again", 121, 31)
			if err := im.Add(t.Context(), "place", &f); err != nil {
				return err
			}
			if _, err := im.Commit(t.Context()); !errors.Is(err, refuse) {
				t.Errorf("error = %v, want the refusal", err)
			}
			return nil
		}},
		{"context ends", func(im *postgis.Import) error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := im.Commit(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("error = %v, want context.Canceled", err)
			}
			return nil
		}},
		{"connection dies", func(im *postgis.Import) error {
			execSQL(t, conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()")
			if _, err := im.Commit(t.Context()); err == nil {
				t.Error("the import was committed on a dead connection")
			}
			return nil
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			im, err := s.BeginImport(t.Context(), postgis.ImportConfig{
				Source: layers.Source{Name: "survey"}, Layers: []string{"place"}, Reject: func(layers.Rejection) error { return refuse },
			})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 100 {
				f := placeAt(itoa(i), "new", 121, 31)
				if err := im.Add(t.Context(), "place", &f); err != nil {
					t.Fatal(err)
				}
			}
			if err := tt.end(im); err != nil {
				t.Fatal(err)
			}
			if got := value[string](t, conn, "SELECT string_agg(code, ',') FROM city.place"); got != "old" {
				t.Errorf("the layer holds %s, want only what it held", got)
			}
		})
	}
	reports, _ := imported(t, s, postgis.ImportConfig{}, map[string][]layers.Feature{"place": {placeAt("old", "old", 121, 31), placeAt("new", "new", 121, 31)}})
	if diff := cmp.Diff(reports, []postgis.ImportReport{{Layer: "place", Read: 2, Inserted: 1, Unchanged: 1}}); diff != "" {
		t.Errorf("next import (-got +want):\n%s", diff)
	}
}

// A large first import builds the indexes anew; they must all be there after.
func TestImportRebuildsIndexes(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	addRegions(t, conn)
	const indexes = "SELECT string_agg(indexdef, ';' ORDER BY indexname) FROM pg_indexes WHERE schemaname = 'city' AND tablename = 'place'"
	before := value[string](t, conn, indexes)
	many := make([]layers.Feature, 60_000)
	for i := range many {
		many[i] = placeAt(itoa(i), "p", 121+float64(i%400)/10000, 31+float64(i/400)/10000)
	}
	reports, _ := imported(t, s, postgis.ImportConfig{}, map[string][]layers.Feature{"place": many})
	if diff := cmp.Diff(reports, []postgis.ImportReport{{Layer: "place", Read: 60_000, Inserted: 60_000}}); diff != "" {
		t.Errorf("report (-got +want):\n%s", diff)
	}
	if after := value[string](t, conn, indexes); after != before {
		t.Errorf("indexes before:\n%s\nafter:\n%s", before, after)
	}
	differ := value[int64](t, conn, `SELECT count(*) FROM city.place f, yiping.regions_at(f.geom) r
		WHERE (f.district, f.street, f.village) IS DISTINCT FROM (r.district, r.street, r.village)`)
	if differ != 0 {
		t.Errorf("%d features lie elsewhere for the database", differ)
	}
}

// An import that brings regions places its other features by the new ones.
func TestImportRegionsAndFeaturesTogether(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	region := func(id string, shape orb.Polygon) layers.Feature {
		return layers.Feature{SourceID: id, Geometry: shape, Properties: []any{id, nil, nil, nil, nil, nil}}
	}
	street := layers.Feature{SourceID: "s", Geometry: square(0, 0, 1, 1), Properties: []any{"s", nil, nil, nil, nil, nil, nil, nil}}
	imported(t, s, postgis.ImportConfig{}, map[string][]layers.Feature{
		"place":    {placeAt("in", "in", 121.005, 31.005), placeAt("out", "out", 121.015, 31.005)},
		"street":   {street},
		"district": {region("d", square(0, 0, 2, 1))},
	})
	want := map[string]layers.Regions{"in": {District: "survey:d", Street: "survey:s"}, "out": {District: "survey:d"}}
	if diff := cmp.Diff(regionsOf(t, conn), want); diff != "" {
		t.Errorf("regions (-got +want):\n%s", diff)
	}
}

func TestReplaceLayerAllOrNothing(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	if _, err := s.ReplaceLayer(t.Context(), "place", nil, placesAt([]orb.Point{{121, 31}, {122, 31}})); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("generator broke")
	_, err := s.ReplaceLayer(t.Context(), "place", nil, func(yield func(*layers.Feature, error) bool) {
		for f, err := range placesAt(make([]orb.Point, 50_000)) {
			if !yield(f, err) {
				return
			}
		}
		yield(nil, broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("error = %v, want the generator's", err)
	}
	if got := value[int64](t, conn, "SELECT count(*) FROM city.place"); got != 2 {
		t.Errorf("the layer holds %d features, want the 2 that it held", got)
	}
	rows, err := conn.Query(t.Context(), "SELECT indexname FROM pg_indexes WHERE schemaname = 'city' AND tablename = 'place' ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, []string{"place_class_place_idx", "place_code_key", "place_far_idx", "place_geom_idx", "place_pkey", "place_place_idx", "place_source_key"}); diff != "" {
		t.Errorf("indexes (-got +want):\n%s", diff)
	}
}
