package postgis_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"yiping/layers/cql2"
	"yiping/layers/cql2/cql2test"
	"yiping/layers/postgis/postgistest"
)

// TestFiltersAgree holds that a filter means the same in PostGIS and in memory:
// true, false and unknown, for random filters on random rows. YIPING_CQL2_CASES
// sets the number of pairs of a filter and a row, of which make test/filters takes
// a million, YIPING_CQL2_SEED the start.
func TestFiltersAgree(t *testing.T) {
	const rowsPerTable = 500
	cases, seed := number(t, "YIPING_CQL2_CASES", 30_000), uint64(number(t, "YIPING_CQL2_SEED", 1))
	conn := postgistest.Conn(t, postgistest.URL(t))
	g := cql2test.New(seed)
	schema := cql2test.Schema()
	rows := make([][]any, rowsPerTable)
	for i := range rows {
		rows[i] = g.Row()
	}
	fillFilterTable(t, conn, schema, rows)
	forms := map[string]cql2.Columns{
		"rows":   cql2.NewRows(schema.Properties, rows),
		"packed": cql2test.NewPacked(rows),
	}
	for range (cases + rowsPerTable - 1) / rowsPerTable {
		text := g.Filter()
		e, err := cql2.Parse(text, cql2.DefaultLimits())
		if err != nil {
			t.Fatalf("seed %d: parse %s: %v", seed, text, err)
		}
		f, err := e.Check(schema)
		if err != nil {
			t.Fatalf("seed %d: check %s: %v", seed, text, err)
		}
		want := truthsInSQL(t, conn, f, text)
		for name, columns := range forms {
			m, err := f.Compile(columns)
			if err != nil {
				t.Fatalf("seed %d: compile %s: %v", seed, text, err)
			}
			got := make([]cql2.Truth, len(rows))
			for i := range got {
				got[i] = m.Match(i)
			}
			for i := range got {
				if got[i] != want[i] {
					t.Fatalf("seed %d: filter %s\ncanonical %s\nis %v in memory (%s) and %v in SQL for the row\n%s",
						seed, text, f.Canonical(), got[i], name, want[i], describeRow(schema, rows[i]))
				}
			}
			var selected []int
			for i, truth := range want {
				if truth == cql2.True {
					selected = append(selected, i)
				}
			}
			var matched []int
			for row := range m.Rows(0, len(rows)) {
				matched = append(matched, row)
			}
			if !slices.Equal(matched, selected) {
				t.Fatalf("seed %d: filter %s\nrows matched in blocks (%s, -got +want):\n%s", seed, text, name, cmp.Diff(matched, selected))
			}
		}
	}
}

func number(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

func describeRow(schema cql2.Schema, row []any) string {
	var b strings.Builder
	for i, p := range schema.Properties {
		fmt.Fprintf(&b, "  %s = %#v\n", p.Name, row[i])
	}
	return b.String()
}

// truthsInSQL asks the database for the filter of every row.
func truthsInSQL(t *testing.T, conn *pgx.Conn, f *cql2.Filter, text string) []cql2.Truth {
	t.Helper()
	args := cql2.SQLArgs{Table: "filter_row"}
	statement := "SELECT CASE " + f.SQL(&args) + " WHEN TRUE THEN 2 WHEN FALSE THEN 0 ELSE 1 END FROM filter_row ORDER BY row"
	rows, err := conn.Query(t.Context(), statement, args.Values...)
	if err != nil {
		t.Fatalf("filter %s\n%s: %v", text, statement, err)
	}
	truths, err := pgx.CollectRows(rows, pgx.RowTo[int32])
	if err != nil {
		t.Fatalf("filter %s\n%s: %v", text, statement, err)
	}
	out := make([]cql2.Truth, len(truths))
	for i, v := range truths {
		out[i] = cql2.Truth(v)
	}
	return out
}

func fillFilterTable(t *testing.T, conn *pgx.Conn, schema cql2.Schema, rows [][]any) {
	t.Helper()
	columns := append(make([]string, 0, 1+len(schema.Properties)), "row integer")
	places := append(make([]string, 0, 1+len(schema.Properties)), "$1")
	for i, p := range schema.Properties {
		columnType := map[cql2.Type]string{
			cql2.Boolean: "boolean", cql2.String: "text", cql2.Integer: "bigint", cql2.Number: "double precision",
			cql2.Date: "date", cql2.Timestamp: "timestamptz", cql2.Geometry: "geometry(Geometry, 4326)",
		}[p.Type]
		place := "$" + strconv.Itoa(i+2)
		if p.Type == cql2.Geometry {
			place = "ST_GeomFromWKB(" + place + ", 4326)"
		}
		if p.Array {
			columnType += "[]"
		}
		columns = append(columns, pgx.Identifier{p.Column}.Sanitize()+" "+columnType)
		places = append(places, place)
	}
	if _, err := conn.Exec(t.Context(), "CREATE TEMPORARY TABLE filter_row ("+strings.Join(columns, ", ")+")"); err != nil {
		t.Fatal(err)
	}
	batch := &pgx.Batch{}
	for i, row := range rows {
		values := append(make([]any, 0, 1+len(row)), i)
		for _, v := range row {
			values = append(values, parameter(v))
		}
		batch.Queue("INSERT INTO filter_row VALUES ("+strings.Join(places, ", ")+")", values...)
	}
	if err := conn.SendBatch(context.WithoutCancel(t.Context()), batch).Close(); err != nil {
		t.Fatal(err)
	}
}

// parameter makes a value of a row one that pgx encodes.
func parameter(v any) any {
	if g, ok := v.(orb.Geometry); ok {
		return wkb.MustMarshal(g)
	}
	return v
}

// TestFoldingAgrees holds that CASEI and ACCENTI give the same text in
// PostgreSQL and in memory for every code point that a case or a decomposition
// can concern.
func TestFoldingAgrees(t *testing.T) {
	var points []string
	for r := rune(1); r <= 0x2FFFF; r++ {
		if utf8.ValidRune(r) {
			points = append(points, string(r))
		}
	}
	conn := postgistest.Conn(t, postgistest.URL(t))
	if _, err := conn.Exec(t.Context(), "CREATE TEMPORARY TABLE fold_row (plain text, folded text)"); err != nil {
		t.Fatal(err)
	}
	for _, function := range []string{"CASEI", "ACCENTI"} {
		t.Run(function, func(t *testing.T) {
			folded := make([][]any, 0, len(points))
			// The function sees what the matcher folds, and in SQL compares it
			// with what PostgreSQL folds.
			schema := cql2.Schema{
				Properties: []cql2.Property{{Name: "plain", Type: cql2.String}},
				Functions: []cql2.Function{{
					Name: "as_in_memory", Params: []cql2.Type{cql2.String}, Result: cql2.Boolean,
					SQL: func(args []string) string { return args[0] + " = folded" },
					Eval: func(args []any) any {
						folded = append(folded, []any{points[len(folded)], args[0]})
						return true
					},
				}},
			}
			e, err := cql2.Parse("as_in_memory("+function+"(plain))", cql2.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			f, err := e.Check(schema)
			if err != nil {
				t.Fatal(err)
			}
			rows := make([][]any, len(points))
			for i, p := range points {
				rows[i] = []any{p}
			}
			m, err := f.Compile(cql2.NewRows(schema.Properties, rows))
			if err != nil {
				t.Fatal(err)
			}
			m.Count(0, len(rows))
			if _, err := conn.Exec(t.Context(), "TRUNCATE fold_row"); err != nil {
				t.Fatal(err)
			}
			if _, err := conn.CopyFrom(t.Context(), pgx.Identifier{"fold_row"}, []string{"plain", "folded"}, pgx.CopyFromRows(folded)); err != nil {
				t.Fatal(err)
			}
			var args cql2.SQLArgs
			different, err := conn.Query(t.Context(), "SELECT plain FROM fold_row WHERE NOT "+f.SQL(&args), args.Values...)
			if err != nil {
				t.Fatal(err)
			}
			got, err := pgx.CollectRows(different, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			if len(got) > 0 {
				t.Errorf("%d of %d code points fold differently: %+q", len(got), len(points), got)
			}
		})
	}
}
