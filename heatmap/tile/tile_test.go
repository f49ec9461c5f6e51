package tile_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/geo/cell"
	"yiping/heatmap"
	"yiping/heatmap/tile"
	"yiping/tiles/mvt/mvttest"
)

// frame is of groups of devices at places.
func frame(places []orb.Point) *heatmap.Frame {
	now := time.Date(2019, 12, 31, 15, 0, 0, 0, time.UTC)
	e := heatmap.New(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Clock: func() time.Time { return now }})
	var pings []heatmap.Ping
	for i, at := range places {
		for n := range 10 + i%5 {
			pings = append(pings, heatmap.Ping{Device: fmt.Sprint(i, n), Time: now, Place: at})
		}
	}
	e.Take(pings, true)
	e.Tick()
	return e.Frame()
}

func decode(t *testing.T, f *heatmap.Frame, id geo.TileID) map[string]map[string]any {
	t.Helper()
	data, err := tile.Encode(f, id, heatmap.DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]any{}
	if data == nil {
		return all
	}
	got, err := mvttest.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := mvttest.Check(got, 64); err != nil {
		t.Errorf("tile %v: %v", id, err)
	}
	layer, ok := got.Layer(tile.Layer)
	if !ok || len(got.Layers) != 1 {
		t.Fatalf("tile %v has %d layers", id, len(got.Layers))
	}
	for _, one := range layer.Features {
		if name, _ := one.Properties["cell"].(string); len(one.Parts) != 1 || all[name] != nil {
			t.Errorf("tile %v: cell %q has %d rings, or comes twice", id, name, len(one.Parts))
		} else {
			all[name] = one.Properties
		}
	}
	return all
}

// A tile has the cells that reach into it, with what is told of them, and none that
// does not come near.
func TestTilesHaveTheCellsThatMeetThem(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 8))
	rules := heatmap.DefaultRules()
	var places []orb.Point
	for range 300 {
		places = append(places, orb.Point{121.3 + 0.4*r.Float64(), 31 + 0.4*r.Float64()})
	}
	for range 20 { // on the rim of what is counted
		places = append(places, orb.Point{rules.Bound.Min[0], rules.Bound.Min[1] + 1.4*r.Float64()})
	}
	f := frame(places)
	found, clipped := 0, 0
	for z := geo.Zoom(2); z <= geo.MaxZoom; z++ {
		resolution := tile.Resolution(z, rules)
		for range 20 {
			at := places[r.IntN(len(places))]
			id := geo.TileAt(orb.Point{at[0] + 0.3*r.NormFloat64()*360/float64(uint64(1)<<z), at[1]}, z)
			got := decode(t, f, id)
			b := id.Bound()
			near := b.Pad((b.Max[0] - b.Min[0]) / 32)
			for _, h := range f.Cells(resolution) {
				reaches := cell.At(b.Center(), resolution) == h.Cell
				for _, p := range append(h.Cell.Boundary(), h.Cell.Center()) {
					reaches = reaches || b.Contains(p)
				}
				want := map[string]any{"cell": h.Cell.String(), "devices": got[h.Cell.String()]["devices"], "density": h.Density, "synthetic": true}
				switch one, ok := got[h.Cell.String()]; {
				case !ok && reaches:
					t.Errorf("tile %v has no cell %v, which reaches into it", id, h.Cell)
				case ok && !near.Intersects(h.Cell.Boundary().Bound()):
					t.Errorf("tile %v has cell %v, which is elsewhere", id, h.Cell)
				case ok:
					found++
					if !reaches {
						clipped++
					}
					if fmt.Sprint(one["devices"]) != fmt.Sprint(h.Devices) {
						t.Errorf("cell %v has %v devices, want %d", h.Cell, one["devices"], h.Devices)
					}
					if diff := cmp.Diff(one, want); diff != "" {
						t.Errorf("cell %v (-got +want):\n%s", h.Cell, diff)
					}
				}
			}
		}
	}
	if found < 1000 || clipped == 0 {
		t.Errorf("%d cells were found, %d of them by the buffer alone: the test proves nothing", found, clipped)
	}
}

// The resolution follows the zoom, within what is counted.
func TestResolution(t *testing.T) {
	want := map[geo.Zoom]int{0: 6, 8: 6, 9: 7, 10: 7, 11: 8, 12: 9, 13: 9, 14: 10, 15: 11, geo.MaxZoom: 11}
	got := map[geo.Zoom]int{}
	for z := range want {
		got[z] = tile.Resolution(z, heatmap.DefaultRules())
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("resolutions (-got +want):\n%s", diff)
	}
	if got := tile.Resolution(15, heatmap.Rules{Coarsest: 7, Finest: 9}); got != 9 {
		t.Errorf("resolution %d, of which there is none", got)
	}
}

// BenchmarkTile draws the fullest tiles of zooms: go test -run ^$ -bench Tile ./heatmap/tile
func BenchmarkTile(b *testing.B) {
	centre := orb.Point{121.49, 31.24}
	for _, z := range []geo.Zoom{8, 10, 12, 14, 15} {
		id := geo.TileAt(centre, z)
		var places []orb.Point
		bound := id.Bound()
		for i := range 5000 {
			places = append(places, orb.Point{
				bound.Min[0] + (bound.Max[0]-bound.Min[0])*float64(i%71)/71,
				bound.Min[1] + (bound.Max[1]-bound.Min[1])*float64(i/71)/71,
			})
		}
		f := frame(places)
		b.Run(fmt.Sprint(z), func(b *testing.B) {
			b.ReportAllocs()
			bytes := 0
			for b.Loop() {
				data, err := tile.Encode(f, id, heatmap.DefaultRules())
				if err != nil {
					b.Fatal(err)
				}
				bytes = len(data)
			}
			b.ReportMetric(float64(bytes), "bytes")
		})
	}
}
