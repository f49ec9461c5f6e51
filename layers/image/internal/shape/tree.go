package shape

import (
	"math"

	"yiping/geo"
)

// fanout is how many rows or nodes have one node above them. Rows in the order of
// a space-filling curve lie near each other, so the boxes stay small.
const fanout = 16

// tree is a packed R-tree without pointers: level 0 has a box for each 16 rows, and
// each level above one for each 16 of the level below, up to a level of one.
type tree [][]geo.FixedBox

func newTree(rows []geo.FixedBox) tree {
	var t tree
	for below := rows; len(below) > 0; {
		level := make([]geo.FixedBox, 0, (len(below)+fanout-1)/fanout)
		for i := 0; i < len(below); i += fanout {
			box := nothing()
			for _, b := range below[i:min(i+fanout, len(below))] {
				box = join(box, b)
			}
			level = append(level, box)
		}
		t = append(t, level)
		if len(level) == 1 {
			break
		}
		below = level
	}
	return t
}

func (t tree) bytes() int {
	n := size(t)
	for _, level := range t {
		n += size(level)
	}
	return n
}

// Search calls visit for each row whose bounds meet the box, in the order of the
// rows, until visit returns false. Nothing is allocated.
func (a *Arena) Search(box geo.FixedBox, visit func(row int) bool) {
	if len(a.tree) > 0 {
		a.search(len(a.tree)-1, 0, box, visit)
	}
}

// search looks into one node and reports whether to go on.
func (a *Arena) search(level, node int, box geo.FixedBox, visit func(row int) bool) bool {
	if !a.tree[level][node].Meets(box) {
		return true
	}
	first := node * fanout
	if level > 0 {
		for n := first; n < min(first+fanout, len(a.tree[level-1])); n++ {
			if !a.search(level-1, n, box, visit) {
				return false
			}
		}
		return true
	}
	for row := first; row < min(first+fanout, len(a.bounds)); row++ {
		if a.bounds[row].Meets(box) && a.kinds[row] != Empty && !visit(row) {
			return false
		}
	}
	return true
}

// nothing is the box that any other replaces when joined.
func nothing() geo.FixedBox {
	return geo.FixedBox{Min: geo.Fixed{X: math.MaxUint32, Y: math.MaxUint32}}
}

func join(a, b geo.FixedBox) geo.FixedBox {
	return geo.FixedBox{
		Min: geo.Fixed{X: min(a.Min.X, b.Min.X), Y: min(a.Min.Y, b.Min.Y)},
		Max: geo.Fixed{X: max(a.Max.X, b.Max.X), Y: max(a.Max.Y, b.Max.Y)},
	}
}
