package heatmap

import (
	"time"

	"yiping/geo/cell"
)

// Config says what a Presence counts.
type Config struct {
	// Finest and Coarsest are H3 resolutions; all between are counted as well.
	// Pings name cells of the finest.
	Finest, Coarsest int
	// TTL is how long a device is taken to be where it was heard of last.
	TTL time.Duration
	// Slot is the precision of time; TTL is a multiple of it. Defaults to
	// DefaultSlot.
	Slot time.Duration
	// Most is the most devices that are counted at once: 19 to 22 bytes each
	// (devices.go), beside the cells. 0 counts all.
	Most int
}

// DefaultSlot is the precision of time of a Presence.
const DefaultSlot = 10 * time.Second

// Outcome is what became of a ping.
type Outcome string

// The outcomes.
const (
	Arrived Outcome = "arrived" // the device was not there
	Moved   Outcome = "moved"   // it was in another cell
	Stayed  Outcome = "stayed"
	Late    Outcome = "late"   // the device was heard of at a later time, or the ping is older than TTL
	Future  Outcome = "future" // the ping is of a slot that Advance has not reached
	Full    Outcome = "full"   // there are Config.Most devices
)

// Presence counts distinct devices by cell. A device counts in the cell of its
// newest ping, and in all cells above that, for Config.TTL.
type Presence struct {
	Config
	devices devices
	// levels are from the finest up.
	levels []level
	// now is the slot that Advance has reached.
	now int64
}

// level is the cells of one resolution that were ever seen.
type level struct {
	nodes []node
	index map[cell.Cell]int32
}

// node is a cell.
type node struct {
	cell cell.Cell
	// parent is the place of the parent in the next level.
	parent int32
	// area is the true one in m².
	area float32
	here int32
	// in and out are the devices that came and went since TakeFlow.
	in, out int32
}

// NewPresence counts nobody yet.
func NewPresence(c Config) *Presence {
	if c.Slot == 0 {
		c.Slot = DefaultSlot
	}
	p := &Presence{Config: c}
	for range c.Finest - c.Coarsest + 1 {
		p.levels = append(p.levels, level{index: map[cell.Cell]int32{}})
	}
	return p
}

func (p *Presence) slot(t time.Time) int64 { return t.UnixNano() / int64(p.Slot) }

// keep is the number of slots that a device is kept.
func (p *Presence) keep() int64 { return int64(p.TTL / p.Slot) }

// age is how many slots ago a device was heard of. The slots of devices are
// modulo 2^16; none is older than the TTL.
func (p *Presence) age(seen uint16) int64 { return int64(uint16(p.now) - seen) }

// Ping takes notice of a device by its pseudonym, in a cell of the finest
// resolution.
func (p *Presence) Ping(name uint64, c cell.Cell, at time.Time) Outcome {
	slot := p.slot(at)
	age := p.now - slot
	switch {
	case age < 0:
		return Future
	case age >= p.keep():
		return Late
	}
	if name == 0 { // an empty place of the table
		name = 1
	}
	d := p.devices.shard(name).find(name)
	if d == nil && p.Most > 0 && p.devices.len >= p.Most {
		return Full
	}
	here := p.intern(0, c)
	switch {
	case d == nil:
		p.devices.add(device{name: name, cell: here, seen: uint16(slot), since: uint16(slot)})
		p.move(nowhere, here)
		return Arrived
	case p.age(d.seen) < age:
		return Late
	case d.cell == here:
		d.seen = uint16(slot)
		return Stayed
	default:
		p.move(d.cell, here)
		d.cell, d.seen, d.since = here, uint16(slot), uint16(slot)
		return Moved
	}
}

// intern is the place of a cell in a level, and makes it and those above it.
func (p *Presence) intern(n int, c cell.Cell) int32 {
	l := &p.levels[n]
	if at, ok := l.index[c]; ok {
		return at
	}
	parent := nowhere
	if n+1 < len(p.levels) {
		parent = p.intern(n+1, c.Parent(p.Finest-n-1))
	}
	at := int32(len(l.nodes))
	l.nodes = append(l.nodes, node{cell: c, parent: parent, area: float32(c.Area())})
	l.index[c] = at
	return at
}

// nowhere is the place of no cell.
const nowhere = int32(-1)

// move counts a device out of one cell and into another, level by level, until
// both are in the same.
func (p *Presence) move(from, to int32) {
	for n := range p.levels {
		if from == to {
			return
		}
		nodes := p.levels[n].nodes
		if from != nowhere {
			nodes[from].here--
			nodes[from].out++
			from = nodes[from].parent
		}
		if to != nowhere {
			nodes[to].here++
			nodes[to].in++
			to = nodes[to].parent
		}
	}
}

// Advance moves the present to a time, and forgets the devices that have not been
// heard of for Config.TTL. Time never goes back.
func (p *Presence) Advance(now time.Time) { p.advance(now) }

// advance is Advance. gone tells of devices of the same slots whether they are too old
// for the new present; ok is false if the present is as before.
func (p *Presence) advance(now time.Time) (gone func(*device) bool, ok bool) {
	slot := p.slot(now)
	if slot <= p.now {
		return nil, false
	}
	// The age is that of before: it is sure to be less than the TTL.
	before, passed := p.now, slot-p.now
	gone = func(d *device) bool { return int64(uint16(before)-d.seen)+passed >= p.keep() }
	p.devices.removeIf(func(d *device) bool {
		if !gone(d) {
			return false
		}
		p.move(d.cell, nowhere)
		return true
	})
	p.now = slot
	return gone, true
}

// Now is the beginning of the slot that Advance has reached.
func (p *Presence) Now() time.Time { return time.Unix(0, p.now*int64(p.Slot)).UTC() }

// Devices is how many devices are present.
func (p *Presence) Devices() int { return p.devices.len }

// Count is a cell with its devices.
type Count struct {
	Cell cell.Cell
	Here int
	// Area is the cell's own in m².
	Area float64
	// In and Out are the devices that came and went since the flow was taken last.
	// A device that came and went again counts in both.
	In, Out int
}

// At is the devices in a cell of any resolution that is counted.
func (p *Presence) At(c cell.Cell) int {
	l := p.level(c.Resolution())
	if l == nil {
		return 0
	}
	at, ok := l.index[c]
	if !ok {
		return 0
	}
	return int(l.nodes[at].here)
}

// level is that of a resolution; nil if it is not counted.
func (p *Presence) level(resolution int) *level {
	if resolution > p.Finest || resolution < p.Coarsest {
		return nil
	}
	return &p.levels[p.Finest-resolution]
}

// Each visits the cells of a resolution with devices or flow, in no order.
func (p *Presence) Each(resolution int, visit func(Count)) {
	l := p.level(resolution)
	if l == nil {
		return
	}
	for i := range l.nodes {
		if n := &l.nodes[i]; n.here|n.in|n.out != 0 {
			visit(Count{n.cell, int(n.here), float64(n.area), int(n.in), int(n.out)})
		}
	}
}

// TakeFlow begins the counts of who came and went anew, at all resolutions.
func (p *Presence) TakeFlow() {
	for i := range p.levels {
		nodes := p.levels[i].nodes
		for j := range nodes {
			nodes[j].in, nodes[j].out = 0, 0
		}
	}
}

// Bytes is the memory of the devices' table and of the cells, without what maps
// cost beyond their entries.
func (p *Presence) Bytes() int {
	n := p.devices.bytes()
	for i := range p.levels {
		n += cap(p.levels[i].nodes) * nodeBytes
	}
	return n
}

const nodeBytes = 32
