package counter

import (
	"maps"
	"slices"
	"sync"
	"time"

	"yiping/heatmap"
)

// Outcome is what became of a tally.
type Outcome string

// The outcomes.
const (
	Counted  Outcome = "counted"
	Repeated Outcome = "repeated" // the counter's tally of that time is there
	Late     Outcome = "late"     // older than a quarter of an hour, or of the day before
	Future   Outcome = "future"   // more than a minute ahead of our clock
	Full     Outcome = "full"     // too many counters, or too many tallies of one
)

// Bounds of what is kept: 40 MB of times if all counters tell as often as they may.
const (
	maxCounters = 5000
	// maxTallies of a counter, within lateness: more than one a second.
	maxTallies = 1000
	lateness   = 15 * time.Minute
	ahead      = time.Minute
)

// Config says how numbers are told.
type Config struct {
	// Least is what numbers are rounded to. Defaults to 10.
	Least int
}

// Book keeps what is counted at places.
type Book struct {
	least int

	mu       sync.Mutex
	day      int64 // as heatmap.KeyDay counts
	outcomes map[Outcome]int64
	counters map[string]*counter
	places   map[string]*place
}

// counter is a gate or a camera.
type counter struct {
	// times are those of its tallies within lateness, in ascending order.
	times []time.Time
	place string
	// inside is what it saw at seen; seen is zero for a gate.
	inside int
	seen   time.Time
}

// place is what was counted at a place since the day began.
type place struct {
	in, out int
	gates   bool
	made    bool // some of it was made up
	ratio   ratio
}

// New has counted nobody.
func New(c Config) *Book {
	b := &Book{least: c.Least, outcomes: map[Outcome]int64{}, counters: map[string]*counter{}, places: map[string]*place{}}
	if b.least == 0 {
		b.least = 10
	}
	return b
}

// Hear takes tallies as Take does.
func (b *Book) Hear(now time.Time, all []heatmap.Tally) { b.Take(now, all) }

// Take takes tallies that came now, and tells what became of how many.
func (b *Book) Take(now time.Time, all []heatmap.Tally) map[Outcome]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn(now)
	done := map[Outcome]int{}
	for i := range all {
		done[b.take(now, &all[i])]++
	}
	for o, n := range done {
		b.outcomes[o] += int64(n)
	}
	return done
}

// Outcomes are what became of tallies since New.
func (b *Book) Outcomes() map[Outcome]int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.outcomes)
}

// turn begins a day: when the fewest people are out.
func (b *Book) turn(now time.Time) {
	if day := heatmap.KeyDay(now); day > b.day {
		b.day = day
		clear(b.counters)
		clear(b.places)
	}
}

func (b *Book) take(now time.Time, t *heatmap.Tally) Outcome {
	switch {
	case t.Time.Sub(now) > ahead:
		return Future
	case now.Sub(t.Time) > lateness || heatmap.KeyDay(t.Time) < b.day:
		return Late
	}
	c, known := b.counters[t.Counter]
	if !known {
		if len(b.counters) >= maxCounters {
			return Full
		}
		c = &counter{}
		b.counters[t.Counter] = c
	}
	switch outcome := c.note(now, t.Time); {
	case outcome != Counted:
		return outcome
	case t.Sees && !t.Time.Before(c.seen):
		c.inside, c.seen = t.Inside, t.Time
	}
	c.place = t.Place
	p := b.place(t.Place)
	p.gates = p.gates || t.In+t.Out > 0
	p.made = p.made || t.Made
	p.in += t.In
	p.out += t.Out
	p.ratio.people(t.Time, t.In+t.Out)
	return Counted
}

// note notes that there is a tally of a time, unless there is.
func (c *counter) note(now, at time.Time) Outcome {
	first := now.Add(-lateness)
	c.times = slices.DeleteFunc(c.times, func(t time.Time) bool { return t.Before(first) })
	n, found := slices.BinarySearchFunc(c.times, at, time.Time.Compare)
	switch {
	case found:
		return Repeated
	case len(c.times) >= maxTallies:
		return Full
	}
	c.times = slices.Insert(c.times, n, at)
	return Counted
}

func (b *Book) place(id string) *place {
	p, ok := b.places[id]
	if !ok {
		p = &place{}
		b.places[id] = p
	}
	return p
}

// Observe takes notice of the devices that crossed the outlines of places.
func (b *Book) Observe(f *heatmap.Frame) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn(f.Time)
	for i := range f.Places {
		s := &f.Places[i]
		if p, ok := b.places[s.ID]; ok && p.gates {
			p.ratio.devices(f.Time, s.In+s.Out)
		}
	}
}
