package mvt_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"
	orbmvt "github.com/paulmach/orb/encoding/mvt"

	"yiping/tiles/mvt"
	"yiping/tiles/mvt/mvttest"
)

// write makes a tile of two layers with every type of value and geometry.
func write(e *mvt.Encoder) {
	e.Reset()
	e.Begin("things", 4096)
	for i := range int64(100) {
		e.Feature(i*i, mvt.Points)
		e.Tag(e.Key("text"), e.String([]string{"完好", "破损", ""}[i%3]))
		e.Tag(e.Key("int"), e.Int(i*1000-50_000))
		e.Tag(e.Key("small"), e.Int(i))
		e.Tag(e.Key("half"), e.Float(float64(i)/2))
		e.Tag(e.Key("tenth"), e.Float(float64(i)/10))
		e.Tag(e.Key("flag"), e.Bool(i%2 == 0))
		e.Point(mvt.Point{X: int32(i) - 64, Y: 4160 - int32(i)})
		e.EndFeature()
	}
	e.End()
	e.Begin("empty", 4096)
	e.End()
	e.Begin("shapes", 512)
	e.Feature(-1, mvt.Lines)
	e.Tag(e.Key("text"), e.String("破损"))
	e.Line([]mvt.Point{{X: 1, Y: 2}, {X: 500, Y: -60}})
	e.Line([]mvt.Point{{X: 0, Y: 0}, {X: 0, Y: 7}, {X: 0, Y: 3}})
	e.EndFeature()
	e.Feature(math.MaxInt64, mvt.Polygons)
	e.Ring([]mvt.Point{{X: 0, Y: 0}, {X: 10, Y: 0}, {X: 10, Y: 10}, {X: 0, Y: 10}})
	e.Ring([]mvt.Point{{X: 2, Y: 2}, {X: 2, Y: 4}, {X: 4, Y: 4}})
	e.EndFeature()
	e.Feature(3, mvt.Points)
	e.MultiPoint([]mvt.Point{{X: 5, Y: 5}, {X: 5, Y: 5}, {X: 1, Y: 9}})
	e.EndFeature()
	e.Feature(4, mvt.Lines)
	e.EndFeature() // no geometry: left out
	e.End()
}

func TestTilesReadAsWritten(t *testing.T) {
	t.Parallel()
	var e mvt.Encoder
	write(&e)
	tile, err := mvttest.Decode(e.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := mvttest.Check(tile, 64); err != nil {
		t.Error(err)
	}
	things, shapes := tile.Layers[0], tile.Layers[1]
	if len(tile.Layers) != 2 || things.Extent != 4096 || shapes.Extent != 512 || len(things.Features) != 100 {
		t.Fatalf("layers %+v", tile.Layers)
	}
	got := things.Features[51]
	want := mvttest.Feature{ID: 51 * 51, HasID: true, Type: mvt.Points, Parts: [][]mvt.Point{{{X: -13, Y: 4109}}}, Properties: map[string]any{
		"text": "完好", "int": uint64(1000), "small": uint64(51), "half": float32(25.5), "tenth": 5.1, "flag": false,
	}}
	if diff := cmp.Diff(got, want, cmpopts.IgnoreUnexported(mvttest.Feature{})); diff != "" {
		t.Errorf("feature (-got +want):\n%s", diff)
	}
	if v := things.Features[2].Properties["int"]; v != int64(-48_000) {
		t.Errorf("negative integer reads as %v", v)
	}
	wantShapes := []mvttest.Feature{
		{Type: mvt.Lines, Properties: map[string]any{"text": "破损"}, Parts: [][]mvt.Point{{{X: 1, Y: 2}, {X: 500, Y: -60}}, {{X: 0, Y: 0}, {X: 0, Y: 7}, {X: 0, Y: 3}}}},
		{ID: math.MaxInt64, HasID: true, Type: mvt.Polygons, Properties: map[string]any{}, Parts: [][]mvt.Point{
			{{X: 0, Y: 0}, {X: 10, Y: 0}, {X: 10, Y: 10}, {X: 0, Y: 10}},
			{{X: 2, Y: 2}, {X: 2, Y: 4}, {X: 4, Y: 4}},
		}},
		{ID: 3, HasID: true, Type: mvt.Points, Properties: map[string]any{}, Parts: [][]mvt.Point{{{X: 5, Y: 5}, {X: 5, Y: 5}, {X: 1, Y: 9}}}},
	}
	if diff := cmp.Diff(shapes.Features, wantShapes, cmpopts.IgnoreUnexported(mvttest.Feature{})); diff != "" {
		t.Errorf("shapes (-got +want):\n%s", diff)
	}
}

// A decoder of somebody else reads the same.
func TestAnotherDecoderAgrees(t *testing.T) {
	t.Parallel()
	var e mvt.Encoder
	write(&e)
	tile, err := orbmvt.Unmarshal(e.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	f := tile[0].Features[51]
	if diff := cmp.Diff(map[string]any(f.Properties), map[string]any{
		"text": "完好", "int": 1000.0, "small": 51.0, "half": 25.5, "tenth": 5.1, "flag": false,
	}); diff != "" {
		t.Errorf("properties (-got +want):\n%s", diff)
	}
	if f.ID != 51.0*51 || f.Geometry != (orb.Point{-13, 4109}) {
		t.Errorf("feature %v at %v", f.ID, f.Geometry)
	}
	if diff := cmp.Diff(tile[1].Features[1].Geometry, orb.Geometry(orb.Polygon{
		{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}, {{2, 2}, {2, 4}, {4, 4}, {2, 2}},
	})); diff != "" {
		t.Errorf("polygon (-got +want):\n%s", diff)
	}
}

func TestEncoderIsReusedWithoutTrace(t *testing.T) {
	var used, fresh mvt.Encoder
	used.Begin("other", 4096)
	used.Feature(9, mvt.Points)
	used.Tag(used.Key("x"), used.Int(5))
	used.Tag(used.Key("y"), used.String("破损"))
	used.Point(mvt.Point{})
	used.EndFeature()
	used.End()
	write(&used)
	write(&fresh)
	if string(used.Bytes()) != string(fresh.Bytes()) {
		t.Error("a used encoder writes other bytes than a fresh one")
	}
	if n := testing.AllocsPerRun(10, func() { write(&used) }); n > 0 {
		t.Errorf("a warm encoder allocates %v times a tile", n)
	}
}

func BenchmarkEncoder(b *testing.B) {
	var e mvt.Encoder
	b.ReportAllocs()
	for b.Loop() {
		write(&e)
	}
}
