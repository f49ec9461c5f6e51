package hotspot

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"yiping/geo/cell"
)

// Area is a study area: cells of one resolution, with all that descend from them. So
// it has a known number of cells of each finer resolution, without a list of them.
type Area struct {
	base  int
	cells map[cell.Cell]bool
}

// maxBase is the most cells that an area may be made of.
const maxBase = 1_000_000

// NewArea is the cells of a resolution that have their centre in a bound (lon, lat).
func NewArea(bound orb.Bound, base int) (*Area, error) {
	inner, border, err := cell.Cover(orb.MultiPolygon{bound.ToPolygon()}, base, maxBase)
	if err != nil {
		return nil, fmt.Errorf("study area: %w", err)
	}
	a := &Area{base: base, cells: make(map[cell.Cell]bool, len(inner)+len(border))}
	for _, c := range slices.Concat(inner, border) {
		if bound.Contains(c.Center()) {
			a.cells[c] = true
		}
	}
	return a, nil
}

// Contains tells whether a cell, not coarser than the area's own, is in the area.
func (a *Area) Contains(c cell.Cell) bool { return a.cells[c.Parent(a.base)] }

// Count is the number of cells of a resolution.
func (a *Area) Count(resolution int) int {
	n := 0
	for c := range a.cells {
		n += c.Descendants(resolution)
	}
	return n
}

// surrounded are the cells of the area's own resolution from which k steps, of
// whatever cells that descend from them, do not leave the area.
func (a *Area) surrounded(k int) map[cell.Cell]bool {
	within := make(map[cell.Cell]bool, len(a.cells))
	for c := range a.cells {
		if !slices.ContainsFunc(c.Disk(k), func(n cell.Cell) bool { return !a.cells[n] }) {
			within[c] = true
		}
	}
	return within
}
