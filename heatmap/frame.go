package heatmap

import (
	"slices"
	"sync"
	"time"

	"yiping/geo/cell"
)

// Frame is the heat of one tick: what may be told of who is where. It never changes.
type Frame struct {
	Time time.Time
	// Devices is how many are present; -1 if they are too few to be told.
	Devices int
	// Synthetic says that some of them may be made up.
	Synthetic bool
	// WarmingUntil is when all who are there will have been heard of; zero if they
	// have been.
	WarmingUntil time.Time
	// Places are those that are watched, in their order; nil until they are known.
	Places []PlaceState
	// levels are from the coarsest resolution on.
	coarsest int
	levels   []*level
}

// Heat is the devices in a cell.
type Heat struct {
	Cell    cell.Cell
	Devices int
	// Density is devices per m² of the cell's true area.
	Density float64
	// In and Out are the devices that came and went over the last minute of whole
	// slots. They are rounded to Rules.Least, and both 0 if either is fewer than that
	// but not nobody.
	In, Out int32
}

// area is that of the cell in m². It comes out as it went into the density, whose
// errors are far below those of a float32.
func (h Heat) area() float32 { return float32(float64(h.Devices) / h.Density) }

// level is the told cells of a resolution.
type level struct {
	// all are they in ascending order, put together when they are first asked for.
	all func() []Heat
}

func newLevel(parts [][]Heat) *level {
	return &level{all: sync.OnceValue(func() []Heat { return slices.Concat(parts...) })}
}

// Cells are the cells of a resolution that have devices and may be told, in
// ascending order. The slice must not be changed; frames between which nothing has
// changed share it.
func (f *Frame) Cells(resolution int) []Heat {
	if n := resolution - f.coarsest; n >= 0 && n < len(f.levels) {
		return f.levels[n].all()
	}
	return nil
}
