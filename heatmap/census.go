package heatmap

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"yiping/geo/cell"
)

// Census counts the devices of a Presence by cell, from their moves, and works out
// what may be told of them. What has not changed is not worked out again.
type Census struct {
	Config
	// least is the fewest devices that may be told of.
	least int32
	// leaves is how many finest cells a root has.
	leaves int32
	// roots are by number, order those in ascending order of their cells.
	roots, order []*root
	// newest is the slot that passages are kept of, passages how many it has.
	newest   int64
	passages int
	// torn is the last slot that lacks passages.
	torn     int64
	tally    tally
	drawings []*drawing
	// levels are what was told last, by depth below the coarsest resolution.
	levels []*level
}

// NewCensus has counted nobody. Nothing is told of fewer devices than least. It
// panics if a Config cannot be.
func NewCensus(c Config, least int) *Census {
	c = c.checked()
	depth, few := c.Finest-c.Coarsest, int32(max(least, 1))
	n := &Census{
		Config: c, least: few, leaves: int32(cellsAt(depth)), torn: math.MinInt64,
		tally: newTally(depth),
	}
	for range runtime.GOMAXPROCS(0) {
		n.drawings = append(n.drawings, &drawing{least: few, changed: make([]bool, depth+1)})
	}
	for range depth + 1 {
		n.levels = append(n.levels, newLevel(nil))
	}
	return n
}

// Count counts moves that were made until now, in the order in which they were taken.
// Time never goes back.
func (c *Census) Count(m Moves, now time.Time) {
	c.know(m.roots)
	if c.passages += len(m.list); c.passages > mostPassages {
		c.tear()
	}
	keep := c.torn < c.newest
	for _, v := range m.list {
		from, leafFrom := c.place(v.from)
		to, leafTo := c.place(v.to)
		if from != nil {
			from.count(leafFrom, -1)
		}
		if to != nil {
			to.count(leafTo, 1)
		}
		if !keep {
			continue
		}
		if from == to {
			from.passages.add(c.newest, passage{leafFrom, leafTo})
			continue
		}
		if from != nil {
			from.passages.add(c.newest, passage{leafFrom, elsewhere})
		}
		if to != nil {
			to.passages.add(c.newest, passage{elsewhere, leafTo})
		}
	}
	c.turn(c.slot(now))
}

// know adds roots that are new.
func (c *Census) know(roots []cell.Cell) {
	if len(roots) <= len(c.roots) {
		return
	}
	for _, at := range roots[len(c.roots):] {
		c.roots = append(c.roots, newRoot(at, c.Finest-c.Coarsest))
	}
	c.order = slices.SortedFunc(slices.Values(c.roots), func(a, b *root) int { return cmp.Compare(a.cell, b.cell) })
}

// place is the root of a cell's number, nil of no cell, and the leaf there.
func (c *Census) place(n int32) (r *root, leaf uint16) {
	if n == nowhere {
		return nil, elsewhere
	}
	return c.roots[n/c.leaves], uint16(n % c.leaves)
}

// tear forgets the passages of the newest slot, and leaves it without.
func (c *Census) tear() {
	if c.torn == c.newest {
		return
	}
	c.torn = c.newest
	for _, r := range c.roots {
		r.passages.drop(c.newest)
		c.flow(r)
	}
}

// turn begins a slot: the flow is now of those before it.
func (c *Census) turn(slot int64) {
	if slot <= c.newest {
		return
	}
	before, whole := c.newest, c.whole()
	c.newest, c.passages = slot, 0
	for _, r := range c.roots {
		if r.passages.turn(before, slot) || whole != c.whole() {
			c.flow(r)
		}
	}
}

// whole says that no passages are missing in the flow.
func (c *Census) whole() bool { return c.torn < c.newest-FlowSlots }

// flow works out what is told of a root's flow.
func (c *Census) flow(r *root) {
	if !c.whole() {
		r.tell(make([][]stream, len(r.streams)))
		return
	}
	r.tell(c.tally.count(&r.passages, c.newest, c.least))
}

// Frame is what may be told of what was counted.
func (c *Census) Frame(now time.Time) *Frame {
	f := &Frame{Time: now, coarsest: c.Coarsest}
	here, hidden := make([]int32, len(c.order)), make([]bool, len(c.order))
	for i, r := range c.order {
		here[i] = r.total
		f.Devices += int(here[i])
	}
	choose(here, c.least, hidden)
	if f.Devices > 0 && f.Devices < int(c.least) {
		f.Devices = -1
	}
	var work []*root
	for i, r := range c.order {
		if shown := f.Devices >= 0 && !hidden[i]; r.changed || shown != r.shown {
			r.shown = shown
			work = append(work, r)
		}
	}
	for depth, changed := range c.draw(work) {
		if changed {
			c.levels[depth] = newLevel(c.parts(depth))
		}
	}
	f.levels = slices.Clone(c.levels)
	return f
}

// draw draws roots on all processors, and tells the depths at which rows changed.
func (c *Census) draw(work []*root) (changed []bool) {
	var next atomic.Int64
	var all sync.WaitGroup
	drawings := c.drawings[:min(len(c.drawings), len(work)/rootsEach+1)]
	for _, d := range drawings {
		all.Go(func() {
			for n := next.Add(1); n <= int64(len(work)); n = next.Add(1) {
				d.draw(work[n-1])
			}
		})
	}
	all.Wait()
	changed = make([]bool, len(c.levels))
	for _, d := range drawings {
		for depth := range changed {
			changed[depth] = changed[depth] || d.changed[depth]
			d.changed[depth] = false
		}
	}
	return changed
}

// rootsEach is how many roots are worth a processor of their own.
const rootsEach = 16

// parts are the rows of all roots of a depth.
func (c *Census) parts(depth int) [][]Heat {
	var all [][]Heat
	for _, r := range c.order {
		if len(r.rows[depth]) > 0 {
			all = append(all, r.rows[depth])
		}
	}
	return all
}

// Bytes is the memory of the counts and of what is told, without what frames put
// together when they are asked.
func (c *Census) Bytes() int {
	n := 0
	for _, r := range c.roots {
		n += r.bytes()
	}
	return n
}
