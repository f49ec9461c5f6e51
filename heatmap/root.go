package heatmap

import (
	"iter"
	"math/bits"
	"slices"

	"yiping/geo/cell"
)

// root is a cell of the coarsest resolution, with the counts of the cells in it.
type root struct {
	cell cell.Cell
	// here is the devices by depth below the root and number, total all of them.
	// touched are the cells that are to be drawn anew, and changed says that there are
	// some; until they are drawn the devices are only right at the leaves.
	here    [][]int32
	total   int32
	touched []marks
	changed bool
	// passages are those of the last slots, streams what is told of them, by depth.
	passages passages
	streams  [][]stream
	// shown says that the root may be told, rows are what was drawn last, by depth.
	shown bool
	rows  [][]Heat
}

func newRoot(at cell.Cell, depth int) *root {
	r := &root{cell: at, streams: make([][]stream, depth+1), rows: make([][]Heat, depth+1)}
	for d := range depth + 1 {
		r.here = append(r.here, make([]int32, cellsAt(d)))
		r.touched = append(r.touched, newMarks(cellsAt(d)))
	}
	return r
}

// count counts devices into a leaf.
func (r *root) count(leaf uint16, by int32) {
	deepest := len(r.here) - 1
	r.total += by
	r.here[deepest][leaf] += by
	if deepest > 0 {
		leaf, deepest = leaf/children, deepest-1
	}
	r.touch(deepest, leaf)
}

// touch has a cell drawn anew.
func (r *root) touch(depth int, at uint16) {
	r.touched[depth].set(at)
	r.changed = true
}

// sum counts the devices of the cells above those that were touched, which are so
// touched as well.
func (r *root) sum() {
	for depth, here := range slices.Backward(r.here) {
		for at := range r.touched[depth].all() {
			if depth+1 < len(r.here) {
				of := r.here[depth+1][at*children:][:children]
				here[at] = of[0] + of[1] + of[2] + of[3] + of[4] + of[5] + of[6]
			}
			if depth > 0 {
				r.touched[depth-1].set(at / children)
			}
		}
	}
	r.changed = false
}

// tell takes what is told of the flow, and has the cells drawn anew where that is
// not what it was.
func (r *root) tell(streams [][]stream) {
	for depth, now := range streams {
		before := r.streams[depth]
		for len(before) > 0 || len(now) > 0 {
			switch {
			case len(now) == 0 || len(before) > 0 && before[0].at < now[0].at:
				r.touch(depth, before[0].at)
				before = before[1:]
			case len(before) == 0 || now[0].at < before[0].at:
				r.touch(depth, now[0].at)
				now = now[1:]
			default:
				if now[0] != before[0] {
					r.touch(depth, now[0].at)
				}
				before, now = before[1:], now[1:]
			}
		}
	}
	r.streams = streams
}

// bytes is the memory of a root.
func (r *root) bytes() int {
	n := 0
	for depth := range r.here {
		n += cap(r.here[depth])*countBytes + cap(r.touched[depth])*wordBytes +
			cap(r.rows[depth])*heatBytes + cap(r.streams[depth])*streamBytes
	}
	for _, of := range r.passages {
		n += cap(of) * passageBytes
	}
	return n
}

const (
	countBytes   = 4
	wordBytes    = 8
	heatBytes    = 32
	streamBytes  = 12
	passageBytes = 4
)

// marks are a set of numbers.
type marks []uint64

const wordBits = 64

func newMarks(n int) marks { return make(marks, (n+wordBits-1)/wordBits) }

func (m marks) set(n uint16)      { m[n/wordBits] |= 1 << (n % wordBits) }
func (m marks) has(n uint16) bool { return m[n/wordBits]>>(n%wordBits)&1 != 0 }

// all are the numbers, in ascending order.
func (m marks) all() iter.Seq[uint16] {
	return func(yield func(uint16) bool) {
		for i, word := range m {
			for ; word != 0; word &= word - 1 {
				if !yield(uint16(i*wordBits + bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}
