package plane_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/tiles/internal/plane"
)

func TestGrid(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		tile         geo.TileID
		f            geo.Fixed
		cell, vertex plane.Point
	}{
		"top left of the world":      {geo.TileID{}, geo.Fixed{}, plane.Point{}, plane.Point{}},
		"bottom right of the world":  {geo.TileID{}, geo.Fixed{X: 1<<32 - 1, Y: 1<<32 - 1}, plane.Point{X: 4095, Y: 4095}, plane.Point{X: 4096, Y: 4096}},
		"half a unit rounds up":      {geo.TileID{}, geo.Fixed{X: 1 << 19, Y: 1<<19 - 1}, plane.Point{}, plane.Point{X: 1}},
		"zoom 20 is one to one":      {geo.TileID{Z: 20, X: 1, Y: 2}, geo.Fixed{X: 4096 + 7, Y: 8192 - 9}, plane.Point{X: 7, Y: -9}, plane.Point{X: 7, Y: -9}},
		"zoom 22 has four to a unit": {geo.TileID{Z: 22, X: 1, Y: 2}, geo.Fixed{X: 1024 + 1, Y: 2048 - 1}, plane.Point{X: 6, Y: -2}, plane.Point{X: 6, Y: -2}},
		"zoom 22 from the far end": {
			geo.TileID{Z: 22},
			geo.Fixed{X: 1<<32 - 1},
			plane.Point{X: 1<<34 - 2, Y: 2},
			plane.Point{X: 1<<34 - 2, Y: 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := plane.NewGrid(tt.tile)
			if diff := cmp.Diff(g.Cell(tt.f), tt.cell); diff != "" {
				t.Errorf("cell: got − want +\n%s", diff)
			}
			if diff := cmp.Diff(g.Vertex(tt.f), tt.vertex); diff != "" {
				t.Errorf("vertex: got − want +\n%s", diff)
			}
		})
	}
}

// Each point is in the tile that geo says, and in no other; and a vertex is at one
// place of the world in neighbouring tiles.
func TestGridOverAllZooms(t *testing.T) {
	t.Parallel()
	const seed = 20261122
	r := rand.New(rand.NewPCG(seed, 4))
	for range 2000 {
		p := orb.Point{r.Float64()*360 - 180, r.Float64()*170 - 85}
		f := geo.FixedAt(p)
		for z := range geo.MaxZoom + 1 {
			tile := geo.TileAt(f.Point(), z)
			g := plane.NewGrid(tile)
			if c := g.Cell(f); c.X < 0 || c.Y < 0 || c.X >= plane.Extent || c.Y >= plane.Extent {
				t.Fatalf("%v at %v is in cell %v", p, tile, c)
			}
			if tile.X == 0 {
				continue
			}
			west := plane.NewGrid(geo.TileID{Z: z, X: tile.X - 1, Y: tile.Y})
			want := g.Vertex(f)
			want.X += plane.Extent
			if diff := cmp.Diff(west.Vertex(f), want); diff != "" {
				t.Fatalf("%v at %v: got − want +\n%s", p, tile, diff)
			}
			if c := west.Cell(f); c.X < plane.Extent {
				t.Fatalf("%v is in %v and in the tile to its west, at %v", p, tile, c)
			}
		}
	}
}

func TestAppendPath(t *testing.T) {
	t.Parallel()
	g := plane.NewGrid(geo.TileID{Z: 10})
	got := g.AppendPath(ring{{X: 9, Y: 9}}, []geo.Fixed{{X: 9 << 10, Y: 9 << 10}, {X: 9<<10 + 1, Y: 9 << 10}, {X: 5 << 10}})
	if diff := cmp.Diff(got, ring{{X: 9, Y: 9}, {X: 9, Y: 9}, {X: 5}}); diff != "" {
		t.Errorf("got − want +\n%s", diff)
	}
}
