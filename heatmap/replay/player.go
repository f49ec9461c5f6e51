package replay

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"yiping/heatmap"
)

// The bounds of a player's speed.
const (
	MinSpeed = 1
	MaxSpeed = 600
)

// step is how far time goes at once, in seconds: a slot of the engine.
const step = 10

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
	// closed is called once, and ended is closed then.
	closed func()
	ended  chan struct{}

	mu sync.Mutex
	// at is where the evening is, in seconds; next the first visitor that has not set
	// out, active those who have and are not gone.
	at     float64
	speed  float64
	next   int
	active []int
	curve  []Minute
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
	p := &Player{Scenario: s, crowd: NewCrowd(s, seed), speed: speed, at: -interval, ended: make(chan struct{})}
	rules := heatmap.DefaultRules()
	rules.Places = s.Places()
	p.Engine, p.closed = open(s, heatmap.EngineConfig{Rules: rules, Clock: p.now})
	for p.at < 0 {
		p.Step()
	}
	return p
}

// now is the time of the evening that is being played. The lock is held, but by New.
func (p *Player) now() time.Time {
	return p.Scenario.Begin.Add(time.Duration(p.at * float64(time.Second)))
}

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

// Run plays until the end of the evening or of ctx, or until Close.
func (p *Player) Run(ctx context.Context) {
	for !p.Done() {
		select {
		case <-ctx.Done():
			return
		case <-p.ended:
			return
		case <-time.After(time.Duration(step / p.Speed() * float64(time.Second))):
			p.Step()
		}
	}
}

// Speed is how many seconds of the evening pass in a second.
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
			pings = append(pings, heatmap.Ping{
				Device: strconv.Itoa(n), Time: p.Scenario.Begin.Add(time.Duration(at * float64(time.Second))), Place: p.crowd.place(v, at),
			})
		}
	}
	p.active = keep
	p.Engine.Take(pings, true)
	if int(p.at)%60 == 0 {
		p.Engine.Tally(p.crowd.tallies(p.at))
	}
	p.Engine.Tick()
	if p.at >= 0 && int(p.at)%60 == 0 {
		p.note()
	}
}

// note keeps how the core stands.
func (p *Player) note() {
	for _, s := range p.Engine.Frame().Places {
		if s.ID == p.Scenario.Core {
			p.curve = append(p.curve, Minute{p.now(), s.Devices, s.Visits, s.Level.String(), s.Next.String()})
		}
	}
}
