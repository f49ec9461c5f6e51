package heatmap

import (
	"cmp"
	"slices"
	"time"

	"yiping/geo/cell"
)

// Frame is the heat of one tick: what may be told of who is where.
type Frame struct {
	Time time.Time
	// Devices is how many are present; -1 if they are too few to be told.
	Devices int
	// Synthetic says that some of them may be made up.
	Synthetic bool
	// Places are those of Rules.Places, in their order.
	Places []PlaceState
	// levels are the cells by resolution, each in ascending order.
	levels map[int][]Heat
}

// Heat is the devices in a cell.
type Heat struct {
	Cell    cell.Cell
	Devices int
	// Density is devices per m² of the cell's true area.
	Density float64
}

// newFrame is the frame of a presence.
func newFrame(p *Presence, r Rules, now time.Time, synthetic bool) *Frame {
	f := &Frame{Time: now, Devices: p.Devices(), Synthetic: synthetic, levels: map[int][]Heat{}}
	if f.Devices > 0 && f.Devices < r.Least {
		f.Devices = -1
	}
	s := p.Suppress(r.Least)
	for resolution := r.Coarsest; resolution <= r.Finest; resolution++ {
		var all []Heat
		s.Each(resolution, func(c Count) {
			all = append(all, Heat{c.Cell, c.Here, float64(c.Here) / c.Area})
		})
		slices.SortFunc(all, func(a, b Heat) int { return cmp.Compare(a.Cell, b.Cell) })
		f.levels[resolution] = all
	}
	return f
}

// Cells are the cells of a resolution that have devices and may be told, in
// ascending order. The slice must not be changed.
func (f *Frame) Cells(resolution int) []Heat { return f.levels[resolution] }
