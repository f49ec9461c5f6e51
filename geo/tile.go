package geo

import (
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// Zoom is the level of a tile: 0 is the whole world in one tile.
type Zoom uint8

// MaxZoom is the deepest zoom that tiles are made for. A tile is 10 m wide there
// and its grid 2 mm, finer than any survey here.
const MaxZoom Zoom = 22

// MaxLatitude is where the square world of Web Mercator ends.
const MaxLatitude = 85.0511287798066

// TileID is the address of a tile in the XYZ scheme (WebMercatorQuad of OGC Two
// Dimensional Tile Matrix Set): the origin is the top left corner.
type TileID struct {
	Z    Zoom
	X, Y uint32
}

// ParseTileID reads the three numbers of an address. The error says which of
// them is wrong and what would be right.
func ParseTileID(z, x, y string) (TileID, error) {
	zoom, err := tileNumber("zoom", z, uint64(MaxZoom))
	if err != nil {
		return TileID{}, err
	}
	last := uint64(1)<<zoom - 1
	col, err := tileNumber("x", x, last)
	if err != nil {
		return TileID{}, err
	}
	row, err := tileNumber("y", y, last)
	if err != nil {
		return TileID{}, err
	}
	return TileID{Zoom(zoom), uint32(col), uint32(row)}, nil
}

// tileNumber reads plain decimal digits: no sign, no leading zeros, so that each
// tile has one address and caches hold it once.
func tileNumber(name, s string, last uint64) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || strconv.FormatUint(n, 10) != s {
		return 0, &TileError{name, s, "is not a whole number"}
	}
	if n > last {
		return 0, &TileError{name, s, fmt.Sprintf("is above %d", last)}
	}
	return n, nil
}

// TileError is a fault in the address of a tile.
type TileError struct {
	// Part is zoom, x or y.
	Part, Value, Reason string
}

// Error names the part and its value.
func (e *TileError) Error() string { return fmt.Sprintf("tile %s %q %s", e.Part, e.Value, e.Reason) }

// String is "z/x/y".
func (t TileID) String() string { return fmt.Sprintf("%d/%d/%d", t.Z, t.X, t.Y) }

// Bound is the tile's extent in degrees (lon, lat, WGS 84).
func (t TileID) Bound() orb.Bound {
	n := math.Exp2(float64(t.Z))
	lon := func(x float64) float64 { return x/n*360 - 180 }
	lat := func(y float64) float64 { return math.Atan(math.Sinh(math.Pi*(1-2*y/n))) * 180 / math.Pi }
	x, y := float64(t.X), float64(t.Y)
	return orb.Bound{Min: orb.Point{lon(x), lat(y + 1)}, Max: orb.Point{lon(x + 1), lat(y)}}
}

// TileAt is the tile of a zoom that holds a point. Latitudes beyond MaxLatitude
// and longitudes beyond ±180 fall into the outermost tile.
func TileAt(p orb.Point, z Zoom) TileID {
	n := math.Exp2(float64(z))
	lat := math.Max(-MaxLatitude, math.Min(MaxLatitude, p[1])) * math.Pi / 180
	index := func(f float64) uint32 { return uint32(math.Max(0, math.Min(n-1, math.Floor(f*n)))) }
	return TileID{z, index((p[0] + 180) / 360), index((1 - math.Asinh(math.Tan(lat))/math.Pi) / 2)}
}
