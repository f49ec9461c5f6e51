package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Fixed is a point of spherical Web Mercator (EPSG:3857) in fixed point: the
// world is 2^32 units a side, x grows to the east and y to the south, from the
// top left corner. A unit is 9.3 mm at the equator. Longitude ±180 and latitude
// ±MaxLatitude are the edges; what lies beyond is clamped to them.
type Fixed struct{ X, Y uint32 }

// worldUnits is a side of the world.
const worldUnits = 1 << 32

// FixedAt is the unit that holds a point (lon, lat in degrees). A coordinate that
// is no number is taken as 0.
func FixedAt(p orb.Point) Fixed {
	lat := math.Max(-MaxLatitude, math.Min(MaxLatitude, p[1])) * math.Pi / 180
	return Fixed{
		X: fixedUnit((p[0] + 180) / 360),
		Y: fixedUnit((1 - math.Asinh(math.Tan(lat))/math.Pi) / 2),
	}
}

// fixedUnit turns a share of the world into units.
func fixedUnit(share float64) uint32 {
	u := math.Floor(share * worldUnits)
	if !(u > 0) { // negative, or no number
		return 0
	}
	return uint32(math.Min(u, worldUnits-1))
}

// Point is the middle of the unit in lon, lat. FixedAt(f.Point()) is f.
func (f Fixed) Point() orb.Point {
	x, y := (float64(f.X)+0.5)/worldUnits, (float64(f.Y)+0.5)/worldUnits
	return orb.Point{x*360 - 180, math.Atan(math.Sinh(math.Pi*(1-2*y))) * 180 / math.Pi}
}

// FixedBox is an axis-aligned box in fixed units; both corners belong to it.
type FixedBox struct{ Min, Max Fixed }

// Meets reports whether the boxes share a unit.
func (b FixedBox) Meets(o FixedBox) bool {
	return b.Min.X <= o.Max.X && o.Min.X <= b.Max.X && b.Min.Y <= o.Max.Y && o.Min.Y <= b.Max.Y
}

// Contains reports whether f lies in the box.
func (b FixedBox) Contains(f Fixed) bool {
	return b.Min.X <= f.X && f.X <= b.Max.X && b.Min.Y <= f.Y && f.Y <= b.Max.Y
}

// Grow is the box with a margin around it in units, cut off at the edges of the
// world.
func (b FixedBox) Grow(margin uint32) FixedBox {
	lower := func(v uint32) uint32 { return v - min(v, margin) }
	upper := func(v uint32) uint32 { return v + min(math.MaxUint32-v, margin) }
	return FixedBox{
		Min: Fixed{lower(b.Min.X), lower(b.Min.Y)},
		Max: Fixed{upper(b.Max.X), upper(b.Max.Y)},
	}
}

// FixedBox is the tile in fixed units.
func (t TileID) FixedBox() FixedBox {
	shift := 32 - t.Z
	low := Fixed{uint32(uint64(t.X) << shift), uint32(uint64(t.Y) << shift)}
	last := uint32(uint64(1)<<shift - 1)
	return FixedBox{Min: low, Max: Fixed{low.X + last, low.Y + last}}
}
