package heatmap

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paulmach/orb"
)

// Rules say which pings count and what is told.
type Rules struct {
	// Finest and Coarsest are the H3 resolutions that are counted.
	Finest, Coarsest int
	// TTL is how long a device is taken to be where it was heard of last.
	TTL time.Duration
	// Tick is how often a frame is made. Only frames are told: two frames close
	// together would tell of single devices.
	Tick time.Duration
	// Most is the most devices that are counted at once; others are Full.
	Most int
	// Least is the fewest devices that a count may tell of.
	Least int
	// Accuracy is the worst position error in metres.
	Accuracy float64
	// Ahead is how far the clock of a device may be ahead of ours.
	Ahead time.Duration
	// Bound is the part of the world that is counted: lon, lat.
	Bound orb.Bound
	// Places are watched one by one, from the beginning on; nil if they are not known
	// yet (Engine.SetPlaces).
	Places []Place
}

// DefaultRules are those for Shanghai.
func DefaultRules() Rules {
	return Rules{
		Finest: 11, Coarsest: 6, TTL: 10 * time.Minute, Tick: 2 * time.Second, Most: 30_000_000, Least: 10,
		Accuracy: 500, Ahead: DefaultSlot,
		Bound: orb.Bound{Min: orb.Point{120.8, 30.6}, Max: orb.Point{122.4, 32}},
	}
}

// EngineConfig is what an Engine needs.
type EngineConfig struct {
	Rules Rules
	// Clock is the time of arrival; time.Now by default.
	Clock func() time.Time
	// Told hears of each frame, one after the other, before the next is made; nil
	// if nobody listens. It must not call the engine's Tick.
	Told func(*Frame)
	// Heard hears of the pings that count, from whoever takes them in, and must be
	// quick; nil if nobody listens.
	Heard func(*Heard)
	// Tallied hears of what gates and cameras counted, and when that came; nil if
	// nobody listens.
	Tallied func(now time.Time, all []Tally)
	// Warming is how long after New not all who are there have been heard of: a TTL
	// where devices were present before, 0 where the pings begin with everybody.
	Warming time.Duration
}

// Engine counts the devices of pings and makes frames.
//
// It is safe for concurrent use. New, then Run until the end.
type Engine struct {
	rules Rules
	clock func() time.Time
	told  func(*Frame)
	hear  func(*Heard)
	tally func(now time.Time, all []Tally)
	// warm is when all who are there have been heard of.
	warm time.Time

	// ticking is held while a frame is made and told, counting while it is made, mu
	// only while pings are taken in: they need not wait for a frame.
	ticking sync.Mutex

	counting sync.Mutex
	census   *Census
	// counted are moves whose memory is used again.
	counted Moves

	mu       sync.Mutex
	presence *Presence
	// watches are of the places; nil until they are known.
	watches  []*watch
	names    pseudonyms
	outcomes map[Outcome]int64
	// synthetic is the time until which the devices present may be made up.
	synthetic time.Time
	// heard is when the last ping came.
	heard time.Time

	frame atomic.Pointer[Frame]
}

// New is an engine that has heard of nobody. Its first frame has nobody and is not
// told.
func New(c EngineConfig) *Engine {
	r := c.Rules
	counts := Config{Finest: r.Finest, Coarsest: r.Coarsest, TTL: r.TTL, Most: r.Most}
	e := &Engine{
		rules: r, clock: c.Clock, told: c.Told, hear: c.Heard, tally: c.Tallied, outcomes: map[Outcome]int64{},
		presence: NewPresence(counts), census: NewCensus(counts, r.Least),
	}
	if e.clock == nil {
		e.clock = time.Now
	}
	e.warm = e.clock().Add(c.Warming)
	if r.Places != nil {
		e.SetPlaces(r.Places)
	}
	e.make()
	return e
}

// Rules are the rules that the engine began with.
func (e *Engine) Rules() Rules { return e.rules }

// advance moves the present to now. mu is held.
func (e *Engine) advance(now time.Time) {
	gone, ok := e.presence.reach(now)
	if !ok {
		return
	}
	for _, w := range e.watches {
		w.expire(gone)
	}
}

// Run makes a frame each tick until ctx is done, and returns nil.
func (e *Engine) Run(ctx context.Context) error {
	ticker := time.NewTicker(e.rules.Tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			e.Tick()
		}
	}
}

// Tick makes the frame of now. Run does this each Rules.Tick.
func (e *Engine) Tick() {
	e.ticking.Lock()
	defer e.ticking.Unlock()
	if f := e.make(); e.told != nil {
		e.told(f)
	}
}

// Skip makes the frame of now as Tick does, and tells nobody.
func (e *Engine) Skip() {
	e.ticking.Lock()
	defer e.ticking.Unlock()
	e.make()
}

// make makes the frame of now.
func (e *Engine) make() *Frame {
	now := e.clock()
	e.counting.Lock()
	defer e.counting.Unlock()
	e.sweep(now)
	e.mu.Lock()
	moves, synthetic := e.presence.Moves(e.counted), now.Before(e.synthetic)
	places := e.states(now)
	e.mu.Unlock()
	e.census.Count(moves, now)
	e.counted = moves
	f := e.census.Frame(now)
	f.Places, f.Synthetic = places, synthetic
	if now.Before(e.warm) {
		f.WarmingUntil = e.warm
	}
	e.frame.Store(f)
	return f
}

// mostMoves is how many moves wait to be counted. Who makes them more counts them.
const mostMoves = 1 << 20

// settle counts the moves that wait. counting is held.
func (e *Engine) settle(now time.Time) {
	e.mu.Lock()
	moves := e.presence.Moves(e.counted)
	e.mu.Unlock()
	e.census.Count(moves, now)
	e.counted = moves
}

// sweep forgets who is too old for now, a shard after the other. counting is held.
func (e *Engine) sweep(now time.Time) {
	for done := false; !done; {
		e.mu.Lock()
		e.advance(now)
		done = e.presence.sweep()
		full := e.presence.waiting() > mostMoves
		e.mu.Unlock()
		if full {
			e.settle(now)
		}
	}
}

// Frame is the newest frame.
func (e *Engine) Frame() *Frame { return e.frame.Load() }

// State is what an operator wants to know.
type State struct {
	Outcomes map[Outcome]int64
	Devices  int
	Bytes    int
	Heard    time.Time // zero before the first ping
}

// State is how the engine stands now.
func (e *Engine) State() State {
	e.counting.Lock()
	cells := e.census.Bytes()
	e.counting.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	return State{Outcomes: maps.Clone(e.outcomes), Devices: e.presence.Devices(), Bytes: e.presence.Bytes() + cells, Heard: e.heard}
}
