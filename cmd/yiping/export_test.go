package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/parquet-go/parquet-go"

	"yiping/layers"
	"yiping/layers/postgis"
	"yiping/layers/postgis/postgistest"
)

// filledLayers are a database with features of three geometry types, and a
// client of it.
func filledLayers(t *testing.T) (*postgis.Store, *pgx.Conn) {
	t.Helper()
	address := postgistest.URL(t)
	conn := postgistest.Conn(t, address)
	for _, sql := range []string{
		`INSERT INTO city.component (code, class, state, installed, name, source, source_id, synthetic, geom)
			SELECT n, '01001', CASE WHEN n % 3 = 0 THEN '破损' ELSE '完好' END, CASE WHEN n % 2 = 0 THEN date '1949-10-01' + n END,
				CASE WHEN n % 4 = 0 THEN 'a "b", c' || chr(10) || n END, 'survey', 'k' || n, n % 5 = 0, ST_SetSRID(ST_MakePoint(121 + random(), 31 + random()), 4326)
			FROM generate_series(1, 3000) AS n`,
		`INSERT INTO city.pipeline (code, medium, diameter_mm, depth_metres, source, source_id, geom)
			SELECT n, 'gas', n, random(), 'survey', 'k' || n, ST_SetSRID(ST_MakeLine(ST_MakePoint(121 + random(), 31), ST_MakePoint(121, 31 + random())), 4326)
			FROM generate_series(1, 50) AS n`,
		`INSERT INTO city.building (code, use, floors, height_metres, source, source_id, geom)
			SELECT n, 'office', n, n / 3.0, 'survey', 'k' || n, ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(121 + random(), 31 + random()), 4326), 0.001))
			FROM generate_series(1, 50) AS n`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	return postgistest.Open(t, address), conn
}

// stateOf is all of a layer that an export keeps.
func stateOf(t *testing.T, conn *pgx.Conn, layer string) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT (to_jsonb(t) - 'id' - 'version' - 'updated_at' - 'synthetic' - 'geom')::text || ST_AsEWKB(geom)::text FROM city."+layer+" t ORDER BY code")
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What was exported and imported elsewhere is the same features, bit by bit.
func TestExportsImportAgain(t *testing.T) {
	t.Parallel()
	from, conn := filledLayers(t)
	for _, name := range []string{"features.csv", "features.geojsonl"} {
		t.Run(name, func(t *testing.T) {
			address := postgistest.URL(t)
			to, other := postgistest.Open(t, address), postgistest.Conn(t, address)
			for _, layer := range []string{"component", "pipeline", "building"} {
				file := filepath.Join(t.TempDir(), name)
				report, err := (&exportCommand{Layer: layer, File: file}).export(t.Context(), from)
				if err != nil {
					t.Fatal(err)
				}
				info, err := os.Stat(file)
				if err != nil || info.Size() != report.Bytes {
					t.Errorf("%d bytes are reported and %d written: %v", report.Bytes, info.Size(), err)
				}
				l, err := to.Catalog().Layer(layer)
				if err != nil {
					t.Fatal(err)
				}
				in := &importFileCommand{Datum: "wgs84", ID: "source_id", importing: importing{Source: "survey", Strict: true}}
				if _, err := in.one(t.Context(), to, l, file); err != nil {
					t.Fatal(err)
				}
				want := stateOf(t, conn, layer)
				if diff := cmp.Diff(stateOf(t, other, layer), want); diff != "" || len(want) == 0 || int(report.Features) != len(want) {
					t.Errorf("%s (%d reported, %d there) came back as (-got +want):\n%s", layer, report.Features, len(want), diff)
				}
			}
		})
	}
}

func TestExportParquet(t *testing.T) {
	t.Parallel()
	from, _ := filledLayers(t)
	file := filepath.Join(t.TempDir(), "c.parquet")
	if _, err := (&exportCommand{Layer: "component", File: file, Properties: []string{"id", "state"}}).export(t.Context(), from); err != nil {
		t.Fatal(err)
	}
	type row struct {
		ID    int64  `parquet:"id"`
		State string `parquet:"state"`
	}
	rows, err := parquet.ReadFile[row](file)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if int(r.ID) != i+1 || (r.State == "破损") != (r.ID%3 == 0) {
			t.Fatalf("row %d is %+v", i, r)
		}
	}
	if len(rows) != 3000 {
		t.Errorf("%d rows, want 3000", len(rows))
	}
}

func TestExportPart(t *testing.T) {
	t.Parallel()
	from, conn := filledLayers(t)
	count := func(where string) int64 {
		t.Helper()
		var n int64
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM city.component WHERE "+where).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	const envelope = "geom && ST_MakeEnvelope(121, 31, 121.5, 31.25, 4326)"
	tests := map[string]struct {
		command exportCommand
		want    int64
	}{
		"filter":     {exportCommand{Filter: "state = '破损'"}, count("state = '破损'")},
		"JSON":       {exportCommand{Filter: `{"op":"=","args":[{"property":"state"},"破损"]}`, FilterLang: "cql2-json"}, count("state = '破损'")},
		"box":        {exportCommand{BBox: "121, 31, 121.5, 31.25"}, count(envelope)},
		"both":       {exportCommand{BBox: "121,31,121.5,31.25", Filter: "state = '破损'"}, count(envelope + " AND state = '破损'")},
		"round back": {exportCommand{BBox: "179,-10,-179,10"}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.command.Layer, test.command.File = "component", filepath.Join(t.TempDir(), "part.csv")
			report, err := test.command.export(t.Context(), from)
			if err != nil || report.Features != test.want {
				t.Errorf("%d features, want %d: %v", report.Features, test.want, err)
			}
		})
	}
}

func TestExportProblems(t *testing.T) {
	t.Parallel()
	from, _ := filledLayers(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "kept.csv")
	if err := os.WriteFile(file, []byte("what was there"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		command exportCommand
		field   string
	}{
		"unknown property": {exportCommand{Layer: "place", Properties: []string{"colour"}}, "properties"},
		"property twice":   {exportCommand{Layer: "place", Properties: []string{"name", "name"}}, "properties"},
		"broken filter":    {exportCommand{Layer: "place", Filter: "name ="}, "filter"},
		"box of three":     {exportCommand{Layer: "place", BBox: "1,2,3"}, "--bbox"},
		"box of NaN":       {exportCommand{Layer: "place", BBox: "1,2,3,NaN"}, "--bbox"},
		"box off world":    {exportCommand{Layer: "place", BBox: "1,2,3,400"}, "--bbox"},
		"unknown format":   {exportCommand{Layer: "place", Format: "shp"}, "format"},
		"no place":         {exportCommand{Layer: "place", Format: "csv", File: os.DevNull}, "file"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.command.File == "" {
				test.command.File = file
			}
			_, err := test.command.export(t.Context(), from)
			var input *layers.InputError
			if !errors.As(err, &input) || input.Field != test.field {
				t.Errorf("%v, want an InputError of %s", err, test.field)
			}
		})
	}
	if _, err := (&exportCommand{Layer: "dragons", File: file}).export(t.Context(), from); !errors.Is(err, layers.ErrNotFound) {
		t.Errorf("unknown layer: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&exportCommand{Layer: "component", File: file}).export(ctx, from); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted export: %v", err)
	}
	onlyFile(t, dir, "kept.csv", "what was there")
}

// onlyFile holds that a directory has one file, with this text.
func onlyFile(t *testing.T, dir, name, text string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("the directory holds %v", entries)
	}
	got, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), text); diff != "" {
		t.Errorf("%s (-got +want):\n%s", name, diff)
	}
}

func TestFilesAppearWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "out.csv")
	broken := errors.New("broken")
	half := func(w io.Writer) error {
		_, err := w.Write(bytes.Repeat([]byte("x"), 1<<20))
		return errors.Join(err, broken)
	}
	if err := toFile(file, half); !errors.Is(err, broken) {
		t.Errorf("a broken write gives %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("a broken write leaves %v: %v", entries, err)
	}
	for _, text := range []string{"first", "second"} {
		if err := toFile(file, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		onlyFile(t, dir, "out.csv", text)
	}
}
