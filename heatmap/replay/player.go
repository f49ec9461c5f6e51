package replay

import (
	"context"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"yiping/heatmap"
)

// The bounds of a player's speed. At speed 0 it stands still.
const (
	MinSpeed = 1
	MaxSpeed = 600
)

// step is how far time goes at once, in seconds: a slot of the engine.
const step = 10

// time is an instant of the evening, since is its seconds, cut to steps.
func (s *Scenario) time(at float64) time.Time {
	return s.Begin.Add(time.Duration(at * float64(time.Second)))
}

func (s *Scenario) since(t time.Time) float64 {
	return math.Floor(t.Sub(s.Begin).Seconds()/step) * step
}

// Open makes the engine that a scenario is played to, and tells what to call when it
// is not played any more.
type Open func(*Scenario, heatmap.EngineConfig) (e *heatmap.Engine, closed func())

// OpenEngine is the Open of an engine that nobody listens to.
func OpenEngine(_ *Scenario, c heatmap.EngineConfig) (e *heatmap.Engine, closed func()) {
	return heatmap.New(c), func() {}
}

// Player plays a crowd to an engine.
type Player struct {
	Scenario *Scenario
	Engine   *heatmap.Engine
	crowd    *Crowd
	// seed is that of the crowd.
	seed uint64
	// closed is called once, and ended is closed then; changed wakes Run.
	closed  func()
	ended   chan struct{}
	changed chan struct{}

	mu sync.Mutex
	// at is where the evening is, in seconds; next the first visitor that has not set
	// out, active those who have and are not gone.
	at     float64
	speed  float64
	next   int
	active []int
	curve  []Minute
	// Up to seek it is played without waiting, before quiet nobody is told of it.
	seek, quiet float64
}

// Minute is how the core stood at a minute of the evening.
type Minute struct {
	Time   time.Time `json:"time"`
	People int       `json:"people"`
	Visits int       `json:"visits"`
	Level  string    `json:"level"`
	// Next is the level that was foreseen then.
	Next string `json:"next"`
}

// NewPlayer stands at the beginning of an evening. Who is there then has been heard
// of. Who listens to the engine must not call the player.
func NewPlayer(s *Scenario, seed uint64, speed float64, open Open) *Player {
	return newPlayer(s, seed, NewCrowd(s, seed), speed, 0, open)
}

// newPlayer is a player that tells of the evening from a time on, in seconds, and plays
// what was before it as fast as it can.
func newPlayer(s *Scenario, seed uint64, crowd *Crowd, speed, from float64, open Open) *Player {
	p := &Player{
		Scenario: s, crowd: crowd, seed: seed, speed: speed, at: -interval, seek: from, quiet: from,
		ended: make(chan struct{}), changed: make(chan struct{}, 1),
	}
	rules := heatmap.DefaultRules()
	rules.Places = s.Places()
	p.Engine, p.closed = open(s, heatmap.EngineConfig{Rules: rules, Clock: p.now})
	for p.at < 0 {
		p.Step()
	}
	return p
}

// now is the time of the evening that is being played. The lock is held, but by New.
func (p *Player) now() time.Time { return p.Scenario.time(p.at) }

// Close ends the evening where it is: no frame follows.
func (p *Player) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.over() {
		close(p.ended)
		p.closed()
	}
}

// over tells whether it has been closed.
func (p *Player) over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// Run plays until the end of the evening or of ctx, or until Close. Before each step it
// calls room, which may wait, and ends with its error.
func (p *Player) Run(ctx context.Context, room func(context.Context) error) error {
	for stepped := time.Now(); !p.Done(); {
		var due <-chan time.Time // never, while it stands still
		pause, plays := p.pause()
		if plays {
			due = time.After(time.Until(stepped.Add(pause)))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.ended:
			return nil
		case <-p.changed:
			continue
		case <-due:
		}
		if err := room(ctx); err != nil {
			return err
		}
		// The clock is kept; what is late by more than a step is not made up for.
		if stepped = stepped.Add(pause); time.Since(stepped) > pause {
			stepped = time.Now()
		}
		p.Step()
	}
	return nil
}

// pause is the time from one step to the next; plays is false while there is none.
func (p *Player) pause() (pause time.Duration, plays bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.at < p.seek:
		return 0, true
	case p.speed == 0:
		return 0, false
	default:
		return time.Duration(step / p.speed * float64(time.Second)), true
	}
}

// wake has Run look at what has been changed.
func (p *Player) wake() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// Speed is how many seconds of the evening pass in a second; 0 if it stands still.
func (p *Player) Speed() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.speed
}

// SetSpeed changes the speed.
func (p *Player) SetSpeed(speed float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.speed = speed
	p.wake()
}

// Forward plays up to a time, in seconds, without waiting, and tells of it as usual. It
// is false if the evening has passed it: a player never goes back.
func (p *Player) Forward(to float64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if to < p.at {
		return false
	}
	p.seek = to
	p.quiet = min(p.quiet, to)
	p.wake()
	return true
}

// Seeking tells whether it is on its way to where it is wanted.
func (p *Player) Seeking() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at < p.seek
}

// Done tells whether the evening is over.
func (p *Player) Done() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at >= p.Scenario.Seconds()
}

// Time is where the evening is.
func (p *Player) Time() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now()
}

// Curve is the minutes that were played.
func (p *Player) Curve() []Minute {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clip(p.curve)
}

// Step plays ten seconds of the evening.
func (p *Player) Step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over() {
		return
	}
	p.at += step
	p.Engine.Take(p.pings(), true)
	if int(p.at)%60 == 0 {
		p.Engine.Tally(p.crowd.tallies(p.at))
	}
	if p.at < p.quiet {
		p.Engine.Skip()
	} else {
		p.Engine.Tick()
	}
	if p.at >= 0 && int(p.at)%60 == 0 {
		p.note()
	}
}

// pings are those of the last ten seconds.
func (p *Player) pings() []heatmap.Ping {
	for p.next < len(p.crowd.visitors) && p.crowd.setsOut(&p.crowd.visitors[p.next]) <= p.at {
		p.active = append(p.active, p.next)
		p.next++
	}
	var pings []heatmap.Ping
	keep := p.active[:0]
	for _, n := range p.active {
		v := &p.crowd.visitors[n]
		if p.crowd.gone(v) < p.at {
			continue
		}
		keep = append(keep, n)
		if since := (int(p.at) - int(v.phase) + 2*interval) % interval; since < step {
			at := p.at - float64(since)
			pings = append(pings, heatmap.Ping{Device: strconv.Itoa(n), Time: p.Scenario.time(at), Place: p.crowd.place(v, at)})
		}
	}
	p.active = keep
	return pings
}

// note keeps how the core stands.
func (p *Player) note() {
	for _, s := range p.Engine.Frame().Places {
		if s.ID == p.Scenario.Core {
			p.curve = append(p.curve, Minute{p.now(), s.Devices, s.Visits, s.Level.String(), s.Next.String()})
		}
	}
}
