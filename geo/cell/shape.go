package cell

import (
	"slices"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
)

// Center is the middle of a cell; that of no cell is 0, 0.
func (c Cell) Center() orb.Point {
	l, err := h3.Cell(c).LatLng()
	if err != nil || !c.Valid() {
		return orb.Point{}
	}
	return point(l)
}

// Boundary is the outline of a cell, closed and counterclockwise; nil of no cell.
// Of a cell on the antimeridian the longitudes have both signs.
func (c Cell) Boundary() orb.Ring {
	corners, err := h3.Cell(c).Boundary()
	if err != nil || !c.Valid() {
		return nil
	}
	r := make(orb.Ring, 0, len(corners)+1)
	for _, l := range corners {
		r = append(r, point(l))
	}
	return append(r, r[0])
}

// Area is the true area of a cell on the sphere in m²; 0 of no cell.
func (c Cell) Area() float64 {
	a, err := h3.CellAreaM2(h3.Cell(c))
	if err != nil || !c.Valid() {
		return 0
	}
	return a
}

// Disk is the cells at most k steps away, c first, the others in ascending order;
// nil of no cell. It has 3k(k+1)+1 cells, fewer around a pentagon.
func (c Cell) Disk(k int) []Cell {
	around, err := h3.GridDisk(h3.Cell(c), k)
	if err != nil || !c.Valid() {
		return nil
	}
	cells := make([]Cell, len(around))
	for i, a := range around {
		cells[i] = Cell(a)
		if cells[i] == c {
			cells[0], cells[i] = cells[i], cells[0]
		}
	}
	slices.Sort(cells[1:])
	return cells
}

// EdgeLength is the mean length of a cell's side at a resolution in metres; 0 if
// there is no such resolution. At a given place it is up to a quarter off.
func EdgeLength(resolution int) float64 {
	m, err := h3.HexagonEdgeLengthAvgM(resolution)
	if err != nil {
		return 0
	}
	return m
}
