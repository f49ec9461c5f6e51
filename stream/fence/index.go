package fence

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"yiping/geo/cell"
)

// index finds the fences that a place may be in.
type index struct {
	cells map[cell.Cell][]entry
	// used counts the shapes of each resolution, resolutions lists those in use.
	used        [finest + 1]int
	resolutions []int
	// finestEdge is the side of a finest cell in metres.
	finestEdge float64
}

// entry is a fence in a cell; piece is nil if the cell is wholly inside.
type entry struct {
	*watched
	piece *piece
}

func newIndex() index {
	return index{cells: map[cell.Cell][]entry{}, finestEdge: cell.EdgeLength(finest)}
}

func (x *index) add(w *watched) {
	for c, p := range w.shape.cells {
		x.cells[c] = append(x.cells[c], entry{w, p})
	}
	x.use(w.shape.resolution, 1)
}

func (x *index) remove(w *watched) {
	for c := range w.shape.cells {
		left := slices.DeleteFunc(x.cells[c], func(e entry) bool { return e.watched == w })
		if len(left) == 0 {
			delete(x.cells, c)
		} else {
			x.cells[c] = left
		}
	}
	x.use(w.shape.resolution, -1)
}

func (x *index) use(resolution, n int) {
	x.used[resolution] += n
	x.resolutions = x.resolutions[:0]
	for r := finest; r >= 0; r-- {
		if x.used[r] > 0 {
			x.resolutions = append(x.resolutions, r)
		}
	}
}

// appendAt appends what is in a finest cell and its ancestors.
func (x *index) appendAt(all []entry, c cell.Cell) []entry {
	for _, r := range x.resolutions {
		all = append(all, x.cells[c.Parent(r)]...)
	}
	return all
}

// maxSamples bounds the cells that are looked up on a way.
const maxSamples = 200

// appendBetween appends what is in the cells from one place to another, theirs
// included, some of it more than once. Nothing is known of a way that is too
// long for maxSamples.
func (x *index) appendBetween(all []entry, a, b orb.Point, from cell.Cell) []entry {
	pl := planeAt(orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2})
	way := pl.at(b)
	start := pl.at(a)
	// Three on a side, as cell.Near has them.
	steps := math.Ceil(math.Hypot(way[0]-start[0], way[1]-start[1]) * 3 / x.finestEdge)
	if steps > maxSamples {
		return all
	}
	all = x.appendAt(all, from)
	last := from
	for i := 1; i <= int(steps); i++ {
		f := float64(i) / steps
		c := cell.At(orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}, finest)
		if c != last {
			all = x.appendAt(all, c)
			last = c
		}
	}
	return all
}
