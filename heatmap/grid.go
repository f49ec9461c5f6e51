package heatmap

import "yiping/geo/cell"

// grid numbers the cells that were ever seen. Those of the finest resolution within
// one of the coarsest, a root, lie side by side and in ascending order. So the parent
// of number n, counted within its root, is n/7, and nothing needs to be kept of a cell
// but what it counts.
type grid struct {
	finest, coarsest int
	numbers          map[cell.Cell]int32
	// roots are by number.
	roots []cell.Cell
}

// children is the number of a cell's children.
const children = 7

func newGrid(finest, coarsest int) grid {
	return grid{finest: finest, coarsest: coarsest, numbers: map[cell.Cell]int32{}}
}

// cellsAt is the number of cells at a depth below a root. A pentagon has fewer; the
// numbers of those that it lacks are not used.
func cellsAt(depth int) int {
	n := 1
	for range depth {
		n *= children
	}
	return n
}

// leaf is the number of a cell of the finest resolution.
func (g *grid) leaf(c cell.Cell) int32 {
	root := c.Parent(g.coarsest)
	n, ok := g.numbers[root]
	if !ok {
		n = int32(len(g.roots))
		g.numbers[root] = n
		g.roots = append(g.roots, root)
	}
	for r := g.coarsest + 1; r <= g.finest; r++ {
		n = n*children + int32(c.Digit(r))
	}
	return n
}

// bytes is the memory of the grid.
func (g *grid) bytes() int { return len(g.roots) * rootBytes }

// rootBytes is an entry of the map, which is half full, and of the list.
const rootBytes = 40
