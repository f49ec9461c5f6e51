package cell

import (
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
)

// MaxResolution is the finest, of cells of about a square metre.
const MaxResolution = h3.MaxResolution

// Cell is a hexagon, or one of the twelve pentagons, of H3. The zero Cell is none.
type Cell uint64

// At is the cell of a point (lon, lat). It is 0 if a coordinate is not finite or
// the resolution does not exist.
func At(p orb.Point, resolution int) Cell {
	c, err := h3.LatLngToCell(latLng(p), resolution)
	if err != nil {
		return 0
	}
	return Cell(c)
}

// Parse reads a cell as String writes it, in either case.
func Parse(s string) (Cell, error) {
	u, err := strconv.ParseUint(s, 16, 64)
	c := Cell(u)
	if err != nil || len(s) > len("8c309958ac319ff") || !c.Valid() {
		return 0, fmt.Errorf("%.40q is not an H3 cell", s)
	}
	return c, nil
}

// String is the index in hexadecimal, 15 digits.
func (c Cell) String() string { return strconv.FormatUint(uint64(c), 16) }

// Valid reports whether there is such a cell.
func (c Cell) Valid() bool {
	// The top bit is reserved, and h3-go's Cell has a sign there.
	return c <= math.MaxInt64 && h3.Cell(c).IsValid()
}

// The bits of an index (h3geo.org/docs/core-library/h3Indexing): the resolution
// above base cell and fifteen digits of three bits, the coarsest first; the
// bits of digits that are not used are set.
const (
	resolutionShift = 52
	resolutionMask  = Cell(15) << resolutionShift
	digitBits       = 3
	digitMask       = Cell(7)
)

// Resolution is how fine the cell is.
func (c Cell) Resolution() int { return int(c & resolutionMask >> resolutionShift) }

// Parent is the ancestor of a coarser resolution; c itself at its own, and 0 at a
// finer one.
func (c Cell) Parent(resolution int) Cell {
	own := c.Resolution()
	if resolution < 0 || resolution > own {
		return 0
	}
	p := c&^resolutionMask | Cell(resolution)<<resolutionShift
	unused := digitBits * (own - resolution)
	below := digitBits * (MaxResolution - own)
	return p | (Cell(1)<<unused-1)<<below
}

// Digit tells which child of its parent the ancestor of a resolution is: 0 to 6. At
// resolution 0 and finer than c it means nothing.
func (c Cell) Digit(resolution int) int {
	return int(c >> (digitBits * (MaxResolution - resolution)) & digitMask)
}

// Child is the child with a digit, at the next finer resolution, which must exist. In
// ascending order of digits cells are in ascending order. Pentagons have no child 1.
func (c Cell) Child(digit int) Cell {
	shift := digitBits * (MaxResolution - c.Resolution() - 1)
	return (c+1<<resolutionShift)&^(digitMask<<shift) | Cell(digit)<<shift
}

// latLng turns the axes over. This is the only place that does, with point.
func latLng(p orb.Point) h3.LatLng { return h3.LatLng{Lat: p[1], Lng: p[0]} }

func point(l h3.LatLng) orb.Point { return orb.Point{l.Lng, l.Lat} }

// Descendants is how many cells of a finer resolution descend from c: seven for each
// step, one fewer around the middle of a pentagon; 1 at its own resolution, and 0 at a
// coarser one.
func (c Cell) Descendants(resolution int) int {
	if !c.Valid() || resolution < c.Resolution() || resolution > MaxResolution {
		return 0
	}
	n := 1
	for range resolution - c.Resolution() {
		n *= 7
	}
	if h3.Cell(c).IsPentagon() {
		n = 1 + 5*(n-1)/6
	}
	return n
}
