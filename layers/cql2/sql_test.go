package cql2_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/layers/cql2"
)

func TestSQL(t *testing.T) {
	for _, test := range []struct {
		name, filter, want string
		args               []any
	}{
		{
			"a caller's parameters come first", "floors > 5", `("floors" > $2::bigint)`,
			[]any{"of the caller", int64(5)},
		},
		{
			"text by bytes", "name >= 'a' AND name <> 'b'", `(("name" <> $2::text) AND ("name" COLLATE "C" >= $3::text))`,
			[]any{"of the caller", "b", "a"},
		},
		{
			"an attack is a parameter", `name = '''; DROP TABLE x; --'`, `("name" = $2::text)`,
			[]any{"of the caller", "'; DROP TABLE x; --"},
		},
		{
			"a list is one parameter", "use IN ('office', 'public')", `("use" = ANY($2::text[]))`,
			[]any{"of the caller", []string{"office", "public"}},
		},
		{
			"integer with a fraction", "floors < 5.5", `("floors"::float8 < $2::float8)`,
			[]any{"of the caller", 5.5},
		},
		{
			"timestamp and literal date", "updated_at = DATE('2026-11-21')", `(("updated_at" >= $2::timestamptz) AND ("updated_at" < $3::timestamptz))`,
			[]any{"of the caller", time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)},
		},
		{
			"timestamp and date", "updated_at >= built", `("built" <= ("updated_at" AT TIME ZONE 'UTC')::date)`,
			[]any{"of the caller"},
		},
		{
			"open interval", "T_INTERSECTS(built, INTERVAL('..', '2026-11-21'))", `(("built" <= $2::date) AND ("built" >= '-infinity'::date))`,
			[]any{"of the caller", time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)},
		},
		{
			"LIKE", `name LIKE '10\%%'`, `("name" LIKE $2::text ESCAPE '\')`,
			[]any{"of the caller", `10\%%`},
		},
		{
			"folding", "CASEI(name) LIKE CASEI('STRAẞE%')",
			`((translate(lower(upper(lower("name" COLLATE "und-x-icu"))), 'ς', 'σ') COLLATE "C") LIKE $2::text ESCAPE '\')`,
			[]any{"of the caller", "strasse%"},
		},
		{
			"nulls", "NOT (listed OR name IS NULL)", `(NOT ("listed" OR ("name" IS NULL)))`,
			[]any{"of the caller"},
		},
		{
			"geometry", "S_INTERSECTS(geom, POINT(1 2))", `ST_Intersects("geom", ST_GeomFromWKB($2::bytea, 4326))`,
			[]any{"of the caller", []byte{1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40}},
		},
		{
			"arrays", "A_OVERLAPS(years, (1999, 2000.5))", `("years"::float8[] && $2::float8[])`,
			[]any{"of the caller", []float64{1999, 2000.5}},
		},
		{
			"function", "length(name) = 3", `((length("name")::bigint) = $2::bigint)`,
			[]any{"of the caller", int64(3)},
		},
		{
			"division", "height_metres / floors > 4",
			`((CASE WHEN ("height_metres" = 0 OR abs("height_metres") BETWEEN '1e-100'::float8 AND '1e+100'::float8)` +
				` AND ("floors"::float8 = 0 OR abs("floors"::float8) BETWEEN '1e-100'::float8 AND '1e+100'::float8)` +
				` AND "floors"::float8 <> 0 THEN "height_metres" / "floors"::float8 END) > $2::float8)`,
			[]any{"of the caller", 4.0},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, err := parse(t, test.filter).Check(buildingSchema())
			if err != nil {
				t.Fatal(err)
			}
			args := cql2.SQLArgs{Values: []any{"of the caller"}}
			if diff := cmp.Diff(f.SQL(&args), test.want); diff != "" {
				t.Errorf("SQL (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(args.Values, test.args); diff != "" {
				t.Errorf("parameters (-got +want):\n%s", diff)
			}
		})
	}
}

func TestSQLIdentifiers(t *testing.T) {
	schema := cql2.Schema{Properties: []cql2.Property{{Name: "a", Column: `odd "name"`, Type: cql2.Integer}}}
	f, err := parse(t, "a = 1").Check(schema)
	if err != nil {
		t.Fatal(err)
	}
	args := cql2.SQLArgs{Table: `t"`}
	if diff := cmp.Diff(f.SQL(&args), `("t"""."odd ""name""" = $1::bigint)`); diff != "" {
		t.Errorf("SQL (-got +want):\n%s", diff)
	}
}
