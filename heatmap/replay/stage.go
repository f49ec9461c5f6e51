package replay

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// ErrUnknown says that there is no such scenario, ErrIdle that it is not being played.
var (
	ErrUnknown = errors.New("there is no such replay")
	ErrIdle    = errors.New("the replay has not been started")
)

// Stage plays scenarios, each once at a time.
type Stage struct {
	scenarios []*Scenario
	// starts are players whose turn Run must begin.
	starts chan *Player

	mu      sync.Mutex
	players map[string]*Player
	stops   map[*Player]chan struct{}
}

// NewStage plays nothing yet.
func NewStage(scenarios ...*Scenario) *Stage {
	return &Stage{
		scenarios: scenarios, starts: make(chan *Player),
		players: map[string]*Player{}, stops: map[*Player]chan struct{}{},
	}
}

// Scenarios are those that there are.
func (s *Stage) Scenarios() []*Scenario { return s.scenarios }

// Run plays what is started until ctx is done, and returns nil.
func (s *Stage) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case p := <-s.starts:
			all.Go(func() { s.play(ctx, p) })
		}
	}
}

// play runs a player until it is stopped.
func (s *Stage) play(ctx context.Context, p *Player) {
	s.mu.Lock()
	stop := s.stops[p]
	s.mu.Unlock()
	if stop == nil { // it has been stopped already
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	_ = p.Run(ctx) // it has no errors
}

// Start plays a scenario from its beginning, in place of what was played of it.
func (s *Stage) Start(ctx context.Context, id string, seed uint64, speed float64) (*Player, error) {
	n := slices.IndexFunc(s.scenarios, func(c *Scenario) bool { return c.ID == id })
	if n < 0 {
		return nil, ErrUnknown
	}
	p := NewPlayer(s.scenarios[n], seed, speed)
	s.mu.Lock()
	s.stop(id)
	s.players[id], s.stops[p] = p, make(chan struct{})
	s.mu.Unlock()
	select {
	case s.starts <- p:
		return p, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Stop ends a replay and forgets it.
func (s *Stage) Stop(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.players[id] == nil {
		return ErrIdle
	}
	s.stop(id)
	return nil
}

// stop is Stop with the lock held.
func (s *Stage) stop(id string) {
	if p := s.players[id]; p != nil {
		close(s.stops[p])
		delete(s.stops, p)
		delete(s.players, id)
	}
}

// Player is that of a scenario that was started and not stopped.
func (s *Stage) Player(id string) (*Player, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.players[id]; p != nil {
		return p, nil
	}
	return nil, ErrIdle
}
