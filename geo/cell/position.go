package cell

// The mode of an index that is a cell, and where the base cell begins below the
// resolution.
const (
	cellMode     = Cell(1) << 59
	positionMask = Cell(1)<<resolutionShift - 1
)

// unused is the bits of the digits that a resolution does not use.
func unused(resolution int) int { return digitBits * (MaxResolution - resolution) }

// Position is what distinguishes the cell from others of its resolution: base cell and
// digits, in at most 52 bits. Positions are in the order of the cells.
func (c Cell) Position() uint64 { return uint64(c & positionMask >> unused(c.Resolution())) }

// AtPosition is the cell of a position; 0 if there is none.
func AtPosition(position uint64, resolution int) Cell {
	if resolution < 0 || resolution > MaxResolution || position > uint64(positionMask)>>unused(resolution) {
		return 0
	}
	n := unused(resolution)
	c := cellMode | Cell(resolution)<<resolutionShift | Cell(position)<<n | (Cell(1)<<n - 1)
	if !c.Valid() {
		return 0
	}
	return c
}
