package track

import (
	"slices"
	"time"
)

// Bounds of what is known of the past.
const (
	pastLife    = 10 * time.Minute
	pastEntries = 1 << 20
)

// left says that an object left a cell: for another one, or for good. What moved
// within its cell is in no list; its row says when.
type left struct {
	seq    uint64
	at     int64 // ms, when it was noted
	handle uint32
	cell   cell
}

// past is the cells that were left, in order.
type past struct {
	all []left
	// floor is the newest change that has been forgotten.
	floor uint64
}

func (p *past) add(l left) {
	p.all = append(p.all, l)
	if len(p.all) >= 2*pastEntries {
		p.forget(len(p.all) - pastEntries)
	}
}

// trim forgets what was noted before a moment in ms.
func (p *past) trim(before int64) {
	n, _ := slices.BinarySearchFunc(p.all, before, func(l left, t int64) int {
		if l.at < t {
			return -1
		}
		return 1
	})
	if n > 0 {
		p.forget(n)
	}
}

func (p *past) forget(n int) {
	p.floor = p.all[n-1].seq
	p.all = slices.Clone(p.all[n:])
}

// after is what was noted after a change, at most n of it. It is shared: append alone
// may follow.
func (p *past) after(seq uint64) []left {
	i, _ := slices.BinarySearchFunc(p.all, seq, func(l left, s uint64) int {
		if l.seq <= s {
			return -1
		}
		return 1
	})
	return p.all[i:]
}
