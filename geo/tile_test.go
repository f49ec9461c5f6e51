package geo_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo"
)

func TestParseTileID(t *testing.T) {
	tests := []struct {
		name, z, x, y string
		want          geo.TileID
		fault         string
	}{
		{"world", "0", "0", "0", geo.TileID{}, ""},
		{"the Bund", "14", "13717", "6690", geo.TileID{Z: 14, X: 13717, Y: 6690}, ""},
		{"deepest", "22", "4194303", "4194303", geo.TileID{Z: 22, X: 4194303, Y: 4194303}, ""},
		{"too deep", "23", "0", "0", geo.TileID{}, `tile zoom "23" is above 22`},
		{"absurd zoom", "999999999999", "0", "0", geo.TileID{}, `tile zoom "999999999999" is not a whole number`},
		{"x out of range", "3", "8", "0", geo.TileID{}, `tile x "8" is above 7`},
		{"y out of range", "3", "0", "8", geo.TileID{}, `tile y "8" is above 7`},
		{"negative", "3", "-1", "0", geo.TileID{}, `tile x "-1" is not a whole number`},
		{"leading zero", "3", "01", "0", geo.TileID{}, `tile x "01" is not a whole number`},
		{"plus sign", "3", "+1", "0", geo.TileID{}, `tile x "+1" is not a whole number`},
		{"fraction", "3.0", "1", "0", geo.TileID{}, `tile zoom "3.0" is not a whole number`},
		{"empty", "3", "", "0", geo.TileID{}, `tile x "" is not a whole number`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := geo.ParseTileID(tt.z, tt.x, tt.y)
			fault := ""
			if err != nil {
				fault = err.Error()
			}
			if fault != tt.fault {
				t.Fatalf("error = %q, want %q", fault, tt.fault)
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("tile (-got +want):\n%s", diff)
			}
		})
	}
}

// A tile holds the points inside its bound, and the bounds of a zoom tile the
// world.
func TestTileAtAndBoundAgree(t *testing.T) {
	for z := range geo.MaxZoom + 1 {
		for _, p := range []orb.Point{{121.4905, 31.2400}, {-179.9999, 85}, {179.9999, -85}, {0.00001, 0.00001}} {
			id := geo.TileAt(p, z)
			if b := id.Bound(); !b.Contains(p) {
				t.Errorf("tile %v has bound %v, which does not hold %v", id, b, p)
			}
		}
		last := uint32(1)<<z - 1
		first, end := (geo.TileID{Z: z}).Bound(), (geo.TileID{Z: z, X: last, Y: last}).Bound()
		for _, d := range []float64{first.Min[0] + 180, first.Max[1] - geo.MaxLatitude, end.Max[0] - 180, end.Min[1] + geo.MaxLatitude} {
			if math.Abs(d) > 1e-9 {
				t.Errorf("zoom %d misses the edge of the world by %g degrees", z, d)
			}
		}
	}
}

func TestTileAtOutside(t *testing.T) {
	tests := []struct {
		p    orb.Point
		want geo.TileID
	}{
		{orb.Point{180, 90}, geo.TileID{Z: 2, X: 3, Y: 0}},
		{orb.Point{-180, -90}, geo.TileID{Z: 2, X: 0, Y: 3}},
		{orb.Point{1e9, -1e9}, geo.TileID{Z: 2, X: 3, Y: 3}},
	}
	for _, tt := range tests {
		if got := geo.TileAt(tt.p, 2); got != tt.want {
			t.Errorf("TileAt(%v) = %v, want %v", tt.p, got, tt.want)
		}
	}
}
