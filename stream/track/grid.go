package track

import (
	"slices"

	"github.com/tidwall/rtree"

	"yiping/geo"
)

// cellShift makes cells of tiles of zoom 16, some 520 m wide at 31° north: a vehicle
// in traffic leaves one in a minute, so that of fifty reports one moves an entry of
// the index.
const cellShift = 32 - 16

// cell is a tile of zoom 16.
type cell struct{ x, y uint16 }

func cellAt(f geo.Fixed) cell { return cell{uint16(f.X >> cellShift), uint16(f.Y >> cellShift)} }

// box is the cell on the map's plane.
func (c cell) box() geo.FixedBox {
	low := geo.Fixed{X: uint32(c.x) << cellShift, Y: uint32(c.y) << cellShift}
	const last = 1<<cellShift - 1
	return geo.FixedBox{Min: low, Max: geo.Fixed{X: low.X + last, Y: low.Y + last}}
}

// point is where the tree has the cell.
func (c cell) point() [2]float64 { return [2]float64{float64(c.x), float64(c.y)} }

// grid finds objects by place. The tree has the cells that somebody is in and not
// the objects, so it hardly ever changes (BenchmarkIndex compares the two).
type grid struct {
	tree *rtree.RTreeG[int] // the crowd of a cell
	// crowds are who is in each cell; free are those that nobody is in.
	crowds paged[crowd]
	free   []int
	by     map[cell]int
	// kept says that a view has the tree.
	kept bool
}

// crowd lists the handles of the objects in a cell. A view may share the array: it is
// appended to behind what the view has, and never written to otherwise.
type crowd struct {
	cell    cell
	handles []uint32
}

func newGrid() *grid { return &grid{tree: &rtree.RTreeG[int]{}, by: map[cell]int{}} }

// places is a grid at a moment.
type places struct {
	tree   *rtree.RTreeG[int]
	crowds frozen[crowd]
}

func (g *grid) freeze() places {
	g.kept = true
	return places{g.tree, g.crowds.freeze()}
}

// own makes the tree one that no view has.
func (g *grid) own() {
	if g.kept {
		g.tree, g.kept = g.tree.Copy(), false
	}
}

func (g *grid) add(handle uint32, c cell) {
	i, there := g.by[c]
	if !there {
		if n := len(g.free); n > 0 {
			i, g.free = g.free[n-1], g.free[:n-1]
		} else {
			i = g.crowds.add()
		}
		g.by[c] = i
		g.own()
		g.tree.Insert(c.point(), c.point(), i)
		*g.crowds.edit(i) = crowd{cell: c}
	}
	e := g.crowds.edit(i)
	e.handles = append(e.handles, handle)
}

func (g *grid) remove(handle uint32, c cell) {
	i := g.by[c]
	e := g.crowds.edit(i)
	if len(e.handles) == 1 {
		delete(g.by, c)
		g.free = append(g.free, i)
		g.own()
		g.tree.Delete(c.point(), c.point(), i)
		e.handles = nil
		return
	}
	at := slices.Index(e.handles, handle)
	rest := make([]uint32, 0, len(e.handles))
	e.handles = append(append(rest, e.handles[:at]...), e.handles[at+1:]...)
}

// within visits the handles of all cells that meet a box, until visit returns false.
func (p *places) within(box geo.FixedBox, visit func(handle uint32) bool) {
	low, high := cellAt(box.Min).point(), cellAt(box.Max).point()
	p.tree.Search(low, high, func(_, _ [2]float64, i int) bool {
		for _, h := range p.crowds.at(i).handles {
			if !visit(h) {
				return false
			}
		}
		return true
	})
}
