package heatmap

import (
	"time"

	"yiping/geo/cell"
)

// Config says what a Presence counts.
type Config struct {
	// Finest and Coarsest are H3 resolutions, at most five apart; all between are
	// counted as well. Pings name cells of the finest.
	Finest, Coarsest int
	// TTL is how long a device is taken to be where it was heard of last; at most
	// 16,383 slots.
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

// slot is the number of the slot of a time.
func (c *Config) slot(t time.Time) int64 { return t.UnixNano() / int64(c.Slot) }

// keep is the number of slots that a device is kept.
func (c *Config) keep() int64 { return int64(c.TTL / c.Slot) }

// checked is the config with its defaults. What cannot be is a mistake of the program.
func (c Config) checked() Config {
	if c.Slot == 0 {
		c.Slot = DefaultSlot
	}
	if c.Finest < c.Coarsest || c.Finest-c.Coarsest > maxDepth || c.keep() < 1 || c.keep() > farSlots {
		panic("heatmap: impossible config")
	}
	return c
}

const (
	// maxDepth is how many resolutions are finer than the coarsest: the leaves of a
	// root have numbers of 16 bits.
	maxDepth = 5
	// farSlots is the furthest that devices' slots, which are modulo 2^16, lie behind
	// the slot that was swept, and that behind the present; so they can be compared.
	farSlots = 1<<14 - 1
)

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

// Presence knows which devices are where: each in the cell of its newest ping, for
// Config.TTL. It keeps how they moved until a Census takes that.
type Presence struct {
	Config
	grid    grid
	devices devices
	moves   []move
	// now is the slot that has been reached, swept that of which devices too old for
	// it are gone, but for shards that are still to be swept.
	now, swept int64
	// next is the shard to be swept next.
	next int
}

// move is a device that went from a finest cell to another.
type move struct{ from, to int32 }

// nowhere is no cell.
const nowhere = int32(-1)

// NewPresence knows of nobody yet. It panics if a Config cannot be.
func NewPresence(c Config) *Presence {
	c = c.checked()
	return &Presence{Config: c, grid: newGrid(c.Finest, c.Coarsest), next: shards}
}

// age is how many slots ago a device was heard of.
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
	if d == nil && p.full() {
		return Full
	}
	here := p.grid.leaf(c)
	switch {
	case d == nil:
		p.devices.add(device{name: name, cell: here, seen: uint16(slot), since: uint16(slot)})
		p.move(nowhere, here)
		return Arrived
	case p.silent().of(d.seen): // gone, but its shard has not been swept yet
		p.move(d.cell, nowhere)
		p.move(nowhere, here)
		d.cell, d.seen, d.since = here, uint16(slot), uint16(slot)
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

// full says that there is no room for another device, when all who are gone have been
// forgotten.
func (p *Presence) full() bool {
	if p.Most == 0 || p.devices.len < p.Most {
		return false
	}
	for !p.sweep() {
	}
	return p.devices.len >= p.Most
}

func (p *Presence) move(from, to int32) { p.moves = append(p.moves, move{from, to}) }

// Advance moves the present to a time, and forgets the devices that have not been
// heard of for Config.TTL. Time never goes back.
func (p *Presence) Advance(now time.Time) {
	p.reach(now)
	for !p.sweep() {
	}
}

// reach moves the present to a time; who is too old for it is left to sweep. gone tells
// who is, of those who were not too old before; ok is false if the present is as before.
func (p *Presence) reach(now time.Time) (gone silence, ok bool) {
	slot := p.slot(now)
	if slot <= p.now {
		return silence{}, false
	}
	before, passed := p.now, slot-p.now
	gone = silence{uint16(before), p.keep() - passed}
	if slot-p.swept > farSlots {
		for !p.sweep() {
		}
		for n := range p.devices.shards {
			p.forget(n, gone)
		}
		p.swept = slot
	}
	p.now, p.next = slot, 0
	return gone, true
}

// sweep forgets who is too old for the present in another shard, and tells whether
// that was the last.
func (p *Presence) sweep() (done bool) {
	if p.next < shards {
		p.forget(p.next, p.silent())
		p.next++
	}
	if p.next < shards {
		return false
	}
	p.swept = p.now
	return true
}

// silent tells who is gone now.
func (p *Presence) silent() silence { return silence{uint16(p.now), p.keep()} }

// forget removes the devices of a shard that are gone.
func (p *Presence) forget(shard int, gone silence) {
	p.devices.removeSilent(shard, gone, func(d *device) { p.move(d.cell, nowhere) })
}

// Now is the beginning of the slot that Advance has reached.
func (p *Presence) Now() time.Time { return time.Unix(0, p.now*int64(p.Slot)).UTC() }

// Devices is how many devices are present.
func (p *Presence) Devices() int { return p.devices.len }

// Moves are the moves of devices, for a Census.
type Moves struct {
	list []move
	// roots are those of the grid so far.
	roots []cell.Cell
}

// waiting is how many moves have not been taken.
func (p *Presence) waiting() int { return len(p.moves) }

// Moves are those since they were taken last. spare is moves that are not used any
// more, whose memory is used again; the zero Moves will do.
func (p *Presence) Moves(spare Moves) Moves {
	m := Moves{list: p.moves, roots: p.grid.roots}
	p.moves = spare.list[:0]
	return m
}

// Bytes is the memory of the table of devices and of the moves.
func (p *Presence) Bytes() int { return p.devices.bytes() + cap(p.moves)*moveBytes + p.grid.bytes() }

const moveBytes = 8
