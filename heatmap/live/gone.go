package live

import (
	"cmp"
	"slices"

	"yiping/geo/cell"
)

// goneEntries is how many cells that are gone are remembered at least, of a resolution:
// 2 MiB. Who asks for earlier ones takes a snapshot.
const goneEntries = 1 << 17

// gone is the cells that were there and were not told any more, in order.
type gone struct {
	all []left
	// floor is the newest frame of which some have been forgotten.
	floor uint64
}

// left is a cell that a frame did not have.
type left struct {
	seq  uint64
	cell cell.Cell
}

func (g *gone) add(seq uint64, c cell.Cell) {
	g.all = append(g.all, left{seq, c})
	if n := len(g.all) - goneEntries; n >= goneEntries {
		g.floor = g.all[n-1].seq
		g.all = slices.Clone(g.all[n:])
	}
}

// after is what has gone after a frame; false if some of it has been forgotten. It is
// shared: add alone may follow.
func (g *gone) after(seq uint64) ([]left, bool) {
	i, _ := slices.BinarySearchFunc(g.all, seq+1, func(l left, s uint64) int { return cmp.Compare(l.seq, s) })
	return g.all[i:], seq >= g.floor
}
