package bench_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/cmd/yiping/internal/bench"
	"yiping/geo"
)

// city is places of two densities: nine in ten near the middle.
func city() []orb.Point {
	r := rand.New(rand.NewPCG(1, 2))
	places := make([]orb.Point, 2000)
	for i := range places {
		side := 0.05
		if i%10 == 0 {
			side = 0.6
		}
		places[i] = orb.Point{121.2 + 0.6*0.5 + side*(r.Float64()-0.5), 31 + 0.6*0.5 + side*(r.Float64()-0.5)}
	}
	return places
}

func TestWalkIsReproducibleAndNeverRepeats(t *testing.T) {
	t.Parallel()
	cfg := bench.WalkConfig{Seed: 1, Tiles: 1500, MinZoom: 9, MaxZoom: 17}
	tiles := bench.Walk(city(), cfg)
	if len(tiles) != cfg.Tiles {
		t.Fatalf("%d tiles, want %d", len(tiles), cfg.Tiles)
	}
	if diff := cmp.Diff(bench.Walk(city(), cfg), tiles); diff != "" {
		t.Errorf("the same seed walks elsewhere (-got +want):\n%s", diff)
	}
	seen, zooms := map[geo.TileID]bool{}, map[geo.Zoom]int{}
	for _, id := range tiles {
		if seen[id] {
			t.Errorf("tile %v is there twice", id)
		}
		seen[id] = true
		zooms[id.Z]++
	}
	for z := cfg.MinZoom; z <= cfg.MaxZoom; z++ {
		if zooms[z] == 0 {
			t.Errorf("no tile of zoom %d", z)
		}
	}
	if len(zooms) != 9 {
		t.Errorf("zooms %v, want 9 to 17", zooms)
	}
	cfg.Seed = 2
	if cmp.Equal(bench.Walk(city(), cfg), tiles) {
		t.Error("another seed walks the same way")
	}
}

// The walk is where features are: the middle has a twenty-fifth of the area and
// nine tenths of the places, from which people pan away.
func TestWalkIsWeighted(t *testing.T) {
	t.Parallel()
	middle := orb.Bound{Min: orb.Point{121.44, 31.24}, Max: orb.Point{121.56, 31.36}}
	inside := 0
	tiles := bench.Walk(city(), bench.WalkConfig{Seed: 1, Tiles: 2000, MinZoom: 15, MaxZoom: 17})
	for _, id := range tiles {
		if middle.Intersects(id.Bound()) {
			inside++
		}
	}
	if inside*2 < len(tiles) {
		t.Errorf("%d of %d tiles are in the middle", inside, len(tiles))
	}
}

func TestWalkEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		places []orb.Point
		cfg    bench.WalkConfig
		least  int
		most   int
	}{
		{"nowhere", nil, bench.WalkConfig{Tiles: 10, MaxZoom: 22}, 0, 0},
		{"one place", []orb.Point{{121.5, 31.2}}, bench.WalkConfig{Tiles: 1000, MinZoom: 14, MaxZoom: 14}, 12, 80},
		{"the whole world", []orb.Point{{-180, -85}, {180, 85}}, bench.WalkConfig{Tiles: 1000, MaxZoom: 2}, 1, 21},
		{"the poles", []orb.Point{{-180, -90}, {180, 90}}, bench.WalkConfig{Tiles: 100, MinZoom: 22, MaxZoom: 22}, 10, 100},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tiles := bench.Walk(tt.places, tt.cfg)
			if len(tiles) < tt.least || len(tiles) > tt.most {
				t.Errorf("%d tiles, want %d to %d", len(tiles), tt.least, tt.most)
			}
			for _, id := range tiles {
				if id.X >= 1<<id.Z || id.Y >= 1<<id.Z {
					t.Errorf("tile %v is outside the world", id)
				}
			}
		})
	}
}
