package postgis_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
)

// plan is the part of EXPLAIN (FORMAT JSON) that says how rows are found.
type plan struct {
	Node      string `json:"Node Type"`
	Index     string `json:"Index Name"`
	Condition string `json:"Index Cond"`
	Plans     []plan
}

func (p plan) all() []plan {
	nodes := []plan{p}
	for _, below := range p.Plans {
		nodes = append(nodes, below.all()...)
	}
	return nodes
}

func filterOf(t *testing.T, l *layers.Layer, text string) *cql2.Filter {
	t.Helper()
	f, err := layers.ParseFilter(l, text, "", layers.CRS84)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// explain is the plan of a query, and its text.
func explain(t *testing.T, conn *pgx.Conn, q *layers.Query) (plan, []byte) {
	t.Helper()
	sql, args := postgis.ItemsQuery(q)
	var data []byte
	if err := conn.QueryRow(t.Context(), "EXPLAIN (FORMAT JSON) "+sql, append([]any{pgx.QueryExecModeDescribeExec}, args...)...).Scan(&data); err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	var roots []struct{ Plan plan }
	if err := json.Unmarshal(data, &roots); err != nil {
		t.Fatal(err)
	}
	return roots[0].Plan, data
}

// fillComponents spreads components over a square degree: one of fifty is of
// another class, one of a hundred broken.
func fillComponents(t *testing.T, conn *pgx.Conn, n int) {
	t.Helper()
	execSQL(t, conn, "SET yiping.bulk = 'on'")
	execSQL(t, conn, `INSERT INTO city.component (code, class, state, geom)
		SELECT lpad(i::text, 17, '0'), CASE i % 50 WHEN 0 THEN '01002' ELSE '01001' END, CASE i % 100 WHEN 0 THEN '破损' ELSE '完好' END,
			ST_SetSRID(ST_MakePoint(121 + i * 7919 % 50000 / 5e4, 31 + i * 6007 % 50000 / 5e4), 4326)
		FROM generate_series(1, $1::int) i`, n)
	execSQL(t, conn, "ANALYZE city.component")
}

// Each kind of query uses the index that makes it fast, and no page sorts or
// reads what is before it.
func TestItemQueriesUseIndexes(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	fillComponents(t, conn, 50_000)
	l, err := s.Catalog().Layer("component")
	if err != nil {
		t.Fatal(err)
	}
	code, _ := l.Column("code")
	version, _ := l.Column("version")
	tests := []struct {
		name             string
		query            layers.Query
		index, condition string
		sorts            bool
	}{
		{"first page", layers.Query{Limit: 1001}, "component_pkey", "", false},
		{"next page", layers.Query{Limit: 1001, After: &layers.Place{ID: 40000}}, "component_pkey", "(id > '40000'::bigint)", false},
		{"box", layers.Query{Limit: 1001, Filters: []*cql2.Filter{filterOf(t, l, "S_INTERSECTS(geom,BBOX(121.5,31.5,121.51,31.51))")}}, "component_geom_idx", "&&", true},
		{
			"box and filter",
			layers.Query{Limit: 1001, Filters: []*cql2.Filter{
				filterOf(t, l, "S_INTERSECTS(geom,BBOX(121.5,31.5,121.51,31.51))"), filterOf(t, l, "class = '01001'"),
			}},
			"component_geom_idx", "&&", true,
		},
		{"id", layers.Query{Limit: 2, Filters: []*cql2.Filter{filterOf(t, l, "id = 7")}}, "component_pkey", "(id = ", false},
		{"code", layers.Query{Limit: 2, Filters: []*cql2.Filter{filterOf(t, l, "code = '00000000000000007'")}}, "component_code_key", "(code = ", true},
		{"by code", layers.Query{Limit: 11, Sort: []layers.SortKey{{Column: code}}}, "component_code_key", "", true},
		{
			"next by code",
			layers.Query{Limit: 11, Sort: []layers.SortKey{{Column: code}}, After: &layers.Place{Keys: []any{"00000000000040000"}, ID: 40000}},
			"component_code_key", "(code >= ", true,
		},
		{
			"next by code, backwards",
			layers.Query{Limit: 11, Sort: []layers.SortKey{{Column: code, Descending: true}}, After: &layers.Place{Keys: []any{"00000000000040000"}, ID: 40000}},
			"component_code_key", "(code <= ", true,
		},
		{"whole layer", layers.Query{AnyOrder: true}, "", "", false},
		{"by a column without index", layers.Query{Limit: 11, Sort: []layers.SortKey{{Column: version}}}, "", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.query.Layer, tt.query.Columns = l, l.Columns()
			root, data := explain(t, conn, &tt.query)
			found := tt.index == ""
			for _, node := range root.all() {
				if node.Node == "Sort" && !tt.sorts {
					t.Errorf("the plan sorts:\n%s", data)
				}
				if node.Node == "Seq Scan" && tt.index != "" {
					t.Errorf("the plan reads the whole table:\n%s", data)
				}
				found = found || node.Index == tt.index && strings.Contains(node.Condition, tt.condition)
			}
			if !found {
				t.Errorf("the plan has no condition %q on index %s:\n%s", tt.condition, tt.index, data)
			}
		})
	}
}

// A stream gives all features, whatever they are, and stops when it is left.
func TestItemsStream(t *testing.T) {
	t.Parallel()
	s, conn := open(t)
	execSQL(t, conn, "INSERT INTO city.place (name, kind, geom) SELECT i, 'other', 'SRID=4326;POINT(121 31)' FROM generate_series(1, 2000) i")
	l, err := s.Catalog().Layer("place")
	if err != nil {
		t.Fatal(err)
	}
	q := &layers.Query{Layer: l, Columns: l.Columns(), AnyOrder: true}
	for _, stop := range []int{1, 1500, 2001} {
		n := 0
		for _, err := range s.Items(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n == stop {
				break
			}
		}
		if n != min(stop, 2000) {
			t.Errorf("%d features, want %d", n, min(stop, 2000))
		}
	}
	if _, err := s.Item(t.Context(), l, 4711, layers.CRS84); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("a feature that is not there: %v, want ErrNotFound", err)
	}
}

// BenchmarkItems reads pages and the whole of a layer of 300,000 features.
//
//	go test ./layers/postgis -run ^$ -bench BenchmarkItems -benchmem
func BenchmarkItems(b *testing.B) {
	const features = 300_000
	url := postgistest.URL(b)
	s, conn := postgistest.Open(b, url), postgistest.Conn(b, url)
	for _, sql := range []string{
		"SET yiping.bulk = 'on'",
		`INSERT INTO city.component (code, class, state, geom, source_id, district, street, installed)
			SELECT lpad(i::text, 17, '0'), '01001', '完好', ST_SetSRID(ST_MakePoint(121 + i * 7919 % 50000 / 5e4, 31 + i * 6007 % 49999 / 5e4), 4326),
				i, '310101', '310101002', '2019-05-01'
			FROM generate_series(1::bigint, 300000) i`,
		"VACUUM ANALYZE city.component",
	} {
		if _, err := conn.Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
	l, err := s.Catalog().Layer("component")
	if err != nil {
		b.Fatal(err)
	}
	box, err := layers.ParseFilter(l, "S_INTERSECTS(geom,BBOX(121.2,31.2,121.4,31.4)) AND state = '完好'", "", layers.CRS84)
	if err != nil {
		b.Fatal(err)
	}
	for _, bb := range []struct {
		name  string
		query layers.Query
	}{
		{"stream", layers.Query{AnyOrder: true}},
		{"stream/gcj02", layers.Query{AnyOrder: true, CRS: layers.GCJ02}},
		{"page/first", layers.Query{Limit: 1000}},
		{"page/deep", layers.Query{Limit: 1000, After: &layers.Place{ID: features - 2000}}},
		{"page/box", layers.Query{Limit: 1000, Filters: []*cql2.Filter{box}}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			bb.query.Layer, bb.query.Columns = l, l.Columns()
			n := 0
			for b.Loop() {
				for _, err := range s.Items(b.Context(), &bb.query) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "features/s")
		})
	}
	b.Run("item", func(b *testing.B) {
		for id := int64(1); b.Loop(); id = id*7919%features + 1 {
			if _, err := s.Item(b.Context(), l, id, layers.CRS84); err != nil {
				b.Fatal(err)
			}
		}
	})
}
