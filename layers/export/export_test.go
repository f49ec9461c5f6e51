package export_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/export"
	"yiping/layers/load"
)

// thing is a layer with a property of each type.
func thing(g layers.GeometryType) *layers.Layer {
	return &layers.Layer{Name: "thing", Geometry: g, Properties: []layers.Property{
		{Name: "zeta", Type: layers.String, Required: true},
		{Name: "count", Type: layers.Integer},
		{Name: "size", Type: layers.Number},
		{Name: "open", Type: layers.Boolean},
		{Name: "day", Type: layers.Date},
		{Name: "seen", Type: layers.DateTime},
	}}
}

// feature is what of a row must come back.
type feature struct {
	ID, Code   string
	Properties []any
	Geometry   orb.Geometry
}

// someFeatures are random features with values at the edges.
func someFeatures(r *rand.Rand, n int, shape func(lon, lat float64) orb.Geometry) []feature {
	pick := func(values ...any) any { return values[r.IntN(len(values))] }
	all := make([]feature, n)
	for i := range all {
		all[i] = feature{
			ID: "s" + string(rune('a'+i%26)) + strings.Repeat("x", i/26), Code: "c,\"" + strings.Repeat("y", i%90),
			Properties: []any{
				pick("plain", "人民广场", `a "quoted", \ text`, "two\nlines", "<b>&amp;</b>", "tab\there", "a\u2028b", "=1+1"),
				pick(nil, int64(0), int64(-7), int64(1<<53), int64(math.MaxInt64)),
				pick(nil, 0.1, -1e-7, 1e21, 3.0, math.MaxFloat64),
				pick(nil, true, false),
				pick(nil, time.Date(1949, 10, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)),
				pick(nil, time.Date(2026, 11, 21, 12, 0, 0, 123456000, time.UTC)),
			},
			Geometry: shape(121+r.Float64(), 31+r.Float64()),
		}
	}
	return all
}

func shapes() map[layers.GeometryType]func(lon, lat float64) orb.Geometry {
	return map[layers.GeometryType]func(lon, lat float64) orb.Geometry{
		layers.Point:      func(x, y float64) orb.Geometry { return orb.Point{x, y} },
		layers.LineString: func(x, y float64) orb.Geometry { return orb.LineString{{x, y}, {x + 1e-9, y}, {x, y + 0.1}} },
		layers.MultiPolygon: func(x, y float64) orb.Geometry {
			return orb.MultiPolygon{{{{x, y}, {x + 1, y}, {x, y + 1}, {x, y}}, {{x + .1, y + .1}, {x + .1, y + .2}, {x + .2, y + .1}, {x + .1, y + .1}}}}
		},
	}
}

// written is the file of some features.
func written(t *testing.T, format export.Format, l *layers.Layer, features []feature) []byte {
	t.Helper()
	columns, err := l.ExportColumns(append([]string{"source_id", "code"}, "zeta", "count", "size", "open", "day", "seen"))
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	w, err := export.New(format, &file, l, columns)
	if err != nil {
		t.Fatal(err)
	}
	row := layers.ExportRow{Values: make([]any, len(columns)), WKB: make([]byte, 0, 1024)}
	for _, f := range features {
		row.Values[0], row.Values[1] = f.ID, f.Code
		copy(row.Values[2:], f.Properties)
		row.WKB = append(row.WKB[:0], wkb.MustMarshal(f.Geometry)...) // one buffer for all, as the store has it
		if err := w.Write(&row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// memory is a sink that keeps features.
type memory struct {
	t   *testing.T
	all []feature
}

func (m *memory) Add(_ context.Context, _ string, f *layers.Feature) error {
	m.all = append(m.all, feature{f.SourceID, f.Code, slices.Clone(f.Properties), orb.Clone(f.Geometry)})
	return nil
}

func (m *memory) Reject(r layers.Rejection) error {
	m.t.Errorf("rejected: %+v", r)
	return nil
}

func TestFilesComeBackTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for geometry, shape := range shapes() {
		features := someFeatures(r, 200, shape)
		l := thing(geometry)
		for format, read := range map[export.Format]func(context.Context, io.Reader, *layers.Layer, load.Options, load.Sink) (load.Report, error){
			export.CSV: load.CSV, export.GeoJSONSeq: load.GeoJSONSeq,
		} {
			t.Run(string(geometry)+" "+string(format), func(t *testing.T) {
				got := &memory{t: t}
				file := written(t, format, l, features)
				if _, err := read(t.Context(), bytes.NewReader(file), l, load.Options{Datum: geo.WGS84, IDProperty: "source_id"}, got); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(got.all, features); diff != "" {
					t.Errorf("read back (-got +want):\n%s", diff)
				}
			})
		}
	}
}

func TestGeoJSONSequence(t *testing.T) {
	l := thing(layers.Point)
	columns, err := l.ExportColumns([]string{"id", "zeta", "day"})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	w, err := export.New(export.GeoJSONSeq, &file, l, columns)
	if err != nil {
		t.Fatal(err)
	}
	row := &layers.ExportRow{
		Values: []any{int64(7), "a\nb", time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}, WKB: wkb.MustMarshal(orb.Point{121.5, 31}),
	}
	if err := errors.Join(w.Write(row), w.Close()); err != nil {
		t.Fatal(err)
	}
	want := "\x1e" + `{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[121.5,31]},"properties":{"zeta":"a\nb","day":"2026-11-21"}}` + "\n"
	if diff := cmp.Diff(file.String(), want); diff != "" {
		t.Errorf("file (-got +want):\n%s", diff)
	}
}

// parquetRow is how a reader that knows nothing of us sees a feature.
type parquetRow struct {
	SourceID *string    `parquet:"source_id,optional"`
	Code     string     `parquet:"code"`
	Zeta     string     `parquet:"zeta"`
	Count    *int64     `parquet:"count,optional"`
	Size     *float64   `parquet:"size,optional"`
	Open     *bool      `parquet:"open,optional"`
	Day      *int32     `parquet:"day,optional,date"`
	Seen     *time.Time `parquet:"seen,optional,timestamp(microsecond)"`
	Geometry []byte     `parquet:"geometry"`
	BBox     struct {
		XMin float64 `parquet:"xmin"`
		YMin float64 `parquet:"ymin"`
		XMax float64 `parquet:"xmax"`
		YMax float64 `parquet:"ymax"`
	} `parquet:"bbox"`
}

func TestGeoParquet(t *testing.T) {
	for geometry, shape := range shapes() {
		t.Run(string(geometry), func(t *testing.T) {
			features := someFeatures(rand.New(rand.NewPCG(3, 4)), 300, shape)
			file := written(t, export.GeoParquet, thing(geometry), features)
			rows, err := parquet.Read[parquetRow](bytes.NewReader(file), int64(len(file)))
			if err != nil {
				t.Fatal(err)
			}
			got := make([]feature, 0, len(rows))
			var whole orb.Bound
			for i, row := range rows {
				g, err := wkb.Unmarshal(row.Geometry)
				if err != nil {
					t.Fatal(err)
				}
				if want := (orb.Bound{Min: orb.Point{row.BBox.XMin, row.BBox.YMin}, Max: orb.Point{row.BBox.XMax, row.BBox.YMax}}); g.Bound() != want {
					t.Errorf("bbox %v of a geometry in %v", want, g.Bound())
				}
				if i == 0 {
					whole = g.Bound()
				}
				whole = whole.Union(g.Bound())
				f := feature{ID: *row.SourceID, Code: row.Code, Geometry: g, Properties: []any{row.Zeta, value(row.Count), value(row.Size), value(row.Open), nil, nil}}
				if row.Day != nil {
					f.Properties[4] = time.Unix(int64(*row.Day)*86400, 0).UTC()
				}
				if row.Seen != nil {
					f.Properties[5] = row.Seen.UTC()
				}
				got = append(got, f)
			}
			if diff := cmp.Diff(got, features); diff != "" {
				t.Errorf("read back (-got +want):\n%s", diff)
			}
			checkGeo(t, file, geometry, whole)
		})
	}
}

func value[T any](v *T) any {
	if v == nil {
		return nil
	}
	return *v
}

// checkGeo holds the metadata to GeoParquet 1.1.0.
func checkGeo(t *testing.T, file []byte, geometry layers.GeometryType, bound orb.Bound) {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	text, ok := f.Lookup("geo")
	if !ok {
		t.Fatal("the file has no key geo")
	}
	var got any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	side := func(name string) []any { return []any{"bbox", name} }
	want := map[string]any{"version": "1.1.0", "primary_column": "geometry", "columns": map[string]any{"geometry": map[string]any{
		"encoding": "WKB", "geometry_types": []any{string(geometry)},
		"bbox":     []any{bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1]},
		"covering": map[string]any{"bbox": map[string]any{"xmin": side("xmin"), "ymin": side("ymin"), "xmax": side("xmax"), "ymax": side("ymax")}},
	}}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("geo (-got +want):\n%s", diff)
	}
	var names []string
	for _, column := range f.Schema().Fields() {
		names = append(names, column.Name())
	}
	if diff := cmp.Diff(names, []string{"source_id", "code", "zeta", "count", "size", "open", "day", "seen", "geometry", "bbox"}); diff != "" {
		t.Errorf("columns (-got +want):\n%s", diff)
	}
}

func TestEmptyFilesAreWhole(t *testing.T) {
	for _, format := range []export.Format{export.CSV, export.GeoParquet} {
		if file := written(t, format, thing(layers.Point), nil); len(file) == 0 {
			t.Errorf("%s: no features make no file", format)
		}
	}
	file := written(t, export.GeoParquet, thing(layers.Point), nil)
	rows, err := parquet.Read[parquetRow](bytes.NewReader(file), int64(len(file)))
	if err != nil || len(rows) != 0 {
		t.Errorf("an empty file has %d rows: %v", len(rows), err)
	}
}

func TestWhatFormatsRefuse(t *testing.T) {
	tests := map[string]struct {
		format  export.Format
		columns []layers.Property
		field   string
	}{
		"unknown format":              {"shapefile", nil, "format"},
		"a property lon in CSV":       {export.CSV, []layers.Property{{Name: "lon", Type: layers.Number}}, "properties"},
		"a property bbox in parquet":  {export.GeoParquet, []layers.Property{{Name: "bbox", Type: layers.String}}, "properties"},
		"a property geometry as well": {export.GeoParquet, []layers.Property{{Name: "geometry", Type: layers.String}}, "properties"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := export.New(test.format, io.Discard, thing(layers.Point), test.columns)
			var input *layers.InputError
			if !errors.As(err, &input) || input.Field != test.field {
				t.Errorf("gives %v, want an InputError of %s", err, test.field)
			}
		})
	}
}

func TestFormatOf(t *testing.T) {
	for name, want := range map[string]export.Format{"a.CSV": export.CSV, "b.geojsonl": export.GeoJSONSeq, "c.parquet": export.GeoParquet, "d.shp": "", "-": ""} {
		if got, _ := export.FormatOf(name); got != want {
			t.Errorf("FormatOf(%s) = %q, want %q", name, got, want)
		}
	}
}
