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

// StageConfig is what a Stage needs.
type StageConfig struct {
	Scenarios []*Scenario
	// Open makes the engines; OpenEngine by default.
	Open Open
}

// Stage plays scenarios, each once at a time.
type Stage struct {
	StageConfig
	// starts are the players that wait for Run.
	starts chan *Player

	mu      sync.Mutex
	players map[string]*Player
}

// NewStage plays nothing yet.
func NewStage(c StageConfig) *Stage {
	if c.Open == nil {
		c.Open = OpenEngine
	}
	return &Stage{StageConfig: c, starts: make(chan *Player), players: map[string]*Player{}}
}

// Run plays what is started until ctx is done, closes it all, and returns nil.
func (s *Stage) Run(ctx context.Context) error {
	defer s.close()
	var all sync.WaitGroup
	defer all.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case p := <-s.starts:
			all.Go(func() { p.Run(ctx) })
		}
	}
}

// close closes the players.
func (s *Stage) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.players {
		p.Close()
	}
}

// Start plays a scenario from its beginning, in place of what was played of it. It
// waits for Run; if ctx is done before, nothing is changed.
func (s *Stage) Start(ctx context.Context, id string, seed uint64, speed float64) (*Player, error) {
	n := slices.IndexFunc(s.Scenarios, func(c *Scenario) bool { return c.ID == id })
	if n < 0 {
		return nil, ErrUnknown
	}
	p := NewPlayer(s.Scenarios[n], seed, speed, s.Open)
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.starts <- p:
	case <-ctx.Done():
		p.Close()
		return nil, ctx.Err()
	}
	if before, ok := s.players[id]; ok {
		before.Close()
	}
	s.players[id] = p
	return p, nil
}

// Stop ends a replay and forgets it.
func (s *Stage) Stop(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.players[id]
	if !ok {
		return ErrIdle
	}
	p.Close()
	delete(s.players, id)
	return nil
}

// Player is that of a scenario that was started and not stopped.
func (s *Stage) Player(id string) (*Player, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.players[id]
	if !ok {
		return nil, ErrIdle
	}
	return p, nil
}
