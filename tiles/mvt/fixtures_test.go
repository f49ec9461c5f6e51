package mvt_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/tiles/mvt"
	"yiping/tiles/mvt/mvttest"
)

// fixtures finds the folder of mapbox/mvt-fixtures.
func fixtures(tb testing.TB) string {
	tb.Helper()
	data := os.Getenv("YIPING_TEST_DATA")
	if data == "" {
		root, err := filepath.Abs(".")
		if err != nil {
			tb.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
			if filepath.Dir(root) == root {
				tb.Skip("no go.mod above the working directory: set YIPING_TEST_DATA to the folder of the shared data")
			}
			root = filepath.Dir(root)
		}
		data = filepath.Join(root, "..", "shared", "data")
	}
	dir := filepath.Join(data, "mvt-fixtures")
	if _, err := os.Stat(dir); err != nil {
		tb.Skip("the shared data is absent: set YIPING_TEST_DATA to its folder")
	}
	return dir
}

// refused are fixtures that version 2 is said to allow and that we refuse all
// the same, with the reason.
func refused() map[string]string {
	return map[string]string{
		"016": "the feature has no geometry type, as in 003, which is invalid",
		"057": "the geometry ends before its points do, as in 052, which is invalid",
	}
}

// unwritable are fixtures that can be read and not written again.
func unwritable() map[string]string {
	return map[string]string{
		"025": "a layer without features is left out",
		"039": "the geometry is of unknown type",
		"049": "coordinates overflow",
		"050": "coordinates overflow",
	}
}

// The fixtures that version 2 forbids are refused; those that it allows are
// read, and read the same after our encoder has written them.
func TestFixtures(t *testing.T) {
	t.Parallel()
	dirs, err := filepath.Glob(filepath.Join(fixtures(t), "fixtures", "*"))
	if err != nil || len(dirs) < 70 {
		t.Fatalf("%d fixtures, %v", len(dirs), err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			var info struct {
				Description string
				Validity    struct{ V2 any }
			}
			raw, err := os.ReadFile(filepath.Join(dir, "info.json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(raw, &info); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.Join(dir, "tile.mvt"))
			if err != nil {
				t.Fatal(err)
			}
			tile, err := mvttest.Decode(data)
			name := filepath.Base(dir)
			if want := info.Validity.V2 == true && refused()[name] == ""; (err == nil) != want {
				t.Fatalf("valid: %v, read with %v: %s", want, err, info.Description)
			}
			if err != nil || unwritable()[name] != "" {
				return
			}
			again(t, tile)
		})
	}
}

func TestRealTilesSurviveTheEncoder(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(fixtures(t), "real-world", "*", "*.mvt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d tiles, %v", len(files), err)
	}
	read := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// Some were made by encoders that repeat points.
		if tile, err := mvttest.Decode(data); err == nil {
			again(t, tile)
			read++
		}
	}
	if read == 0 {
		t.Error("none of the tiles was read")
	}
}

// again writes a tile with our encoder and compares what is read back.
func again(t *testing.T, tile *mvttest.Tile) {
	t.Helper()
	var e mvt.Encoder
	for _, l := range tile.Layers {
		e.Begin(l.Name, l.Extent)
		for _, f := range l.Features {
			rewrite(t, &e, f)
		}
		e.End()
	}
	back, err := mvttest.Decode(e.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range tile.Layers {
		got := back.Layers[i].Features
		if len(got) != len(l.Features) {
			t.Fatalf("%d features, want %d", len(got), len(l.Features))
		}
		for j, want := range l.Features {
			if got[j].ID != want.ID || got[j].Type != want.Type || !slices.EqualFunc(got[j].Parts, want.Parts, slices.Equal[[]mvt.Point]) {
				t.Errorf("feature %d is %+v, want %+v", j, got[j], want)
			}
			if !maps.Equal(plain(got[j].Properties), plain(want.Properties)) {
				t.Errorf("feature %d (-got +want):\n%s", j, cmp.Diff(plain(got[j].Properties), plain(want.Properties)))
			}
		}
	}
}

// plain makes all numbers float64: their types are the encoder's choice.
func plain(properties map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range properties {
		switch n := v.(type) {
		case uint64:
			v = float64(n)
		case int64:
			v = float64(n)
		case float32:
			v = float64(n)
		}
		out[k] = v
	}
	return out
}

func rewrite(t *testing.T, e *mvt.Encoder, f mvttest.Feature) {
	t.Helper()
	id := int64(-1)
	if f.HasID {
		id = int64(f.ID)
	}
	e.Feature(id, f.Type)
	for k, v := range f.Properties {
		e.Tag(e.Key(k), value(t, e, v))
	}
	switch f.Type {
	case mvt.Points:
		e.MultiPoint(f.Parts[0])
	case mvt.Lines:
		for _, line := range f.Parts {
			e.Line(line)
		}
	case mvt.Polygons:
		for _, ring := range f.Parts {
			e.Ring(ring)
		}
	}
	e.EndFeature()
}

func value(t *testing.T, e *mvt.Encoder, v any) mvt.Value {
	t.Helper()
	switch v := v.(type) {
	case string:
		return e.String(v)
	case bool:
		return e.Bool(v)
	case int64:
		return e.Int(v)
	case uint64:
		return e.Int(int64(v))
	case float32:
		return e.Float(float64(v))
	case float64:
		return e.Float(v)
	default:
		t.Fatalf("value %v of type %T", v, v)
		return 0
	}
}
