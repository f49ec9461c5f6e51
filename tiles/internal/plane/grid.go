package plane

import "yiping/geo"

const (
	// Extent is the side of a tile in units.
	Extent = 4096
	// Buffer is how far lines and areas reach over the edges of a tile in units, so
	// that a stroke of up to 16 pixels of a 512-pixel tile meets across the edge.
	Buffer = 64
	// extentBits is the logarithm of Extent.
	extentBits = 12
)

// Point is a place in the units of a tile. It has 64 bits a coordinate because a
// line may come from the other end of the world, 2^34 units away at zoom 22.
type Point struct{ X, Y int64 }

// Box is an axis-aligned box in the units of a tile; its edges belong to it.
type Box struct{ Min, Max Point }

// TileBox is the tile with a margin around it in units.
func TileBox(margin int64) Box {
	return Box{Point{-margin, -margin}, Point{Extent + margin, Extent + margin}}
}

// Contains reports whether p lies in the box.
func (b Box) Contains(p Point) bool {
	return b.Min.X <= p.X && p.X <= b.Max.X && b.Min.Y <= p.Y && p.Y <= b.Max.Y
}

func (b Box) holds(o Box) bool { return b.Contains(o.Min) && b.Contains(o.Max) }

func (b Box) meets(o Box) bool {
	return b.Min.X <= o.Max.X && o.Min.X <= b.Max.X && b.Min.Y <= o.Max.Y && o.Min.Y <= b.Max.Y
}

// boxOf is the box around one point or more.
func boxOf(points []Point) Box {
	b := Box{points[0], points[0]}
	for _, p := range points[1:] {
		b.Min = Point{min(b.Min.X, p.X), min(b.Min.Y, p.Y)}
		b.Max = Point{max(b.Max.X, p.X), max(b.Max.Y, p.Y)}
	}
	return b
}

// Grid projects fixed units to the units of a tile.
type Grid struct {
	x, y int64
	// shift is the logarithm of the fixed units in a tile unit, below 0 where tile
	// units are the smaller ones.
	shift int
}

// NewGrid is the grid of a tile.
func NewGrid(t geo.TileID) Grid {
	low := t.FixedBox().Min
	return Grid{x: int64(low.X), y: int64(low.Y), shift: 32 - extentBits - int(t.Z)}
}

// Cell is the unit that holds f. A point in the tile is from 0 to Extent − 1, so
// that each point is in exactly one tile.
func (g Grid) Cell(f geo.Fixed) Point {
	return Point{g.cell(int64(f.X) - g.x), g.cell(int64(f.Y) - g.y)}
}

func (g Grid) cell(d int64) int64 {
	if g.shift >= 0 {
		return d >> g.shift
	}
	return d<<-g.shift + 1<<(-g.shift-1) // the middle of the fixed unit
}

// Vertex is the corner of the grid nearest to f. It is the same place in all tiles
// that a line or an area runs through.
func (g Grid) Vertex(f geo.Fixed) Point {
	return Point{g.corner(int64(f.X) - g.x), g.corner(int64(f.Y) - g.y)}
}

func (g Grid) corner(d int64) int64 {
	if g.shift > 0 {
		d += 1 << (g.shift - 1)
	}
	return g.cell(d)
}

// AppendPath appends the vertices of a path, without those that fall on the one
// before.
func (g Grid) AppendPath(dst []Point, path []geo.Fixed) []Point {
	first := len(dst)
	for _, f := range path {
		p := g.Vertex(f)
		if n := len(dst); n == first || dst[n-1] != p {
			dst = append(dst, p)
		}
	}
	return dst
}
