package image

import (
	"sort"

	"yiping/geo"
)

// How points are thinned.
const (
	// CellBits is the side of a cell: a tile has 2^CellBits cells a side.
	CellBits = 7
	// MaxCellZoom is the deepest zoom that is thinned; below it all points are
	// there.
	MaxCellZoom geo.Zoom = 15

	tileCells = 1 << (2 * CellBits)
)

// cellShift brings a key to the number of its cell in the grid of a zoom. The
// cells of a tile are numbered by the lowest bits.
func cellShift(z geo.Zoom) uint { return 64 - 2*(uint(z)+CellBits) }

const (
	// directoryZooms is how many zooms, from 0, have their cells listed. The runs
	// of deeper ones are short enough to be read row by row.
	directoryZooms = 14
	// directoryRows is the size from which a segment has a directory.
	directoryRows = 1 << 14
)

// directory lists the cells of the lower zooms. The zero value lists none.
type directory []cellList

// cellList lists the cells of a zoom that have rows, in the order of the rows.
type cellList struct {
	// starts are the rows at which their runs start, least those that stand for
	// them as long as all rows are selected.
	starts, least []uint32
	// numbers are those of the cells in their tiles.
	numbers []uint16
	// tallies are the counts of tally.rare, cell by cell; nil where runs are short.
	tallies []uint32
}

// newDirectory goes over the rows once, for the deepest zoom, and then from zoom
// to zoom.
func newDirectory(s *segment) directory {
	if s.rows() < directoryRows {
		return nil
	}
	d := make(directory, directoryZooms)
	deepest := &d[directoryZooms-1]
	shift := cellShift(directoryZooms - 1)
	for row, key := range s.keys {
		if row == 0 || key>>shift != s.keys[row-1]>>shift {
			deepest.starts = append(deepest.starts, uint32(row))
		}
	}
	deepest.least = make([]uint32, len(deepest.starts))
	for n := range deepest.starts {
		low, high := deepest.run(n, s.rows())
		best := candidate{}
		for row := low; row < high; row++ {
			best.offer(s, row)
		}
		deepest.least[n] = uint32(best.row)
	}
	for z := directoryZooms - 2; z >= 0; z-- {
		d[z] = d[z+1].coarser(s, cellShift(geo.Zoom(z)))
	}
	for z := range d {
		d[z].number(s, cellShift(geo.Zoom(z)))
	}
	return d
}

// number fills in the numbers of the cells.
func (l *cellList) number(s *segment, shift uint) {
	l.numbers = make([]uint16, len(l.starts))
	for n, row := range l.starts {
		l.numbers[n] = uint16(s.keys[row] >> shift & (tileCells - 1))
	}
}

// coarser joins the cells that fall together in another grid.
func (l *cellList) coarser(s *segment, shift uint) cellList {
	var out cellList
	for n := 0; n < len(l.starts); {
		start := l.starts[n]
		cell := s.keys[start] >> shift
		var best candidate
		for ; n < len(l.starts) && s.keys[l.starts[n]]>>shift == cell; n++ {
			best.offer(s, int(l.least[n]))
		}
		out.starts = append(out.starts, start)
		out.least = append(out.least, uint32(best.row))
	}
	return out
}

// at is the first cell whose run starts at row or behind it.
func (l *cellList) at(row int) int {
	return sort.Search(len(l.starts), func(n int) bool { return int(l.starts[n]) >= row })
}

// run is the rows low…high-1 of a cell.
func (l *cellList) run(n, rows int) (low, high int) {
	if n+1 < len(l.starts) {
		rows = int(l.starts[n+1])
	}
	return int(l.starts[n]), rows
}

// bytes is the memory in use.
func (d directory) bytes() int {
	n := 0
	for _, l := range d {
		n += 4*(cap(l.starts)+cap(l.least)+len(l.tallies)) + 2*len(l.numbers)
	}
	return n
}

// candidate is the best row so far to stand for a cell.
type candidate struct {
	row  int
	rank uint64
	ok   bool
}

// offer takes a row if it is before the one so far.
func (c *candidate) offer(s *segment, row int) {
	rank := s.rank(row)
	if !c.ok || rank < c.rank || rank == c.rank && s.ids.at(row) < s.ids.at(c.row) {
		*c = candidate{row, rank, true}
	}
}
