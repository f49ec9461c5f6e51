package replay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// ErrUnknown says that there is no such scenario, ErrIdle that it is not being played,
// ErrOutside that a time is not of its evening.
var (
	ErrUnknown = errors.New("there is no such replay")
	ErrIdle    = errors.New("the replay has not been started")
	ErrOutside = errors.New("the time is not in the evening")
)

// StageConfig is what a Stage needs.
type StageConfig struct {
	Scenarios []*Scenario
	// Open makes the engines; OpenEngine by default.
	Open Open
	// Book remembers what is played; by default nothing is remembered.
	Book Book
	// Room waits until those who listen to the engines can take more; by default they
	// always can.
	Room func(context.Context) error
	// Log hears of replays that do not go on; nobody by default.
	Log *slog.Logger
}

// Stage plays scenarios, each once at a time.
type Stage struct {
	StageConfig
	// starts are the players that wait for Run.
	starts chan *Player
	// changing is held by who starts, changes or stops a replay, and from NewStage on
	// until those of the book go on.
	changing *semaphore.Weighted

	mu      sync.Mutex
	players map[string]*Player
}

// NewStage plays nothing yet.
func NewStage(c StageConfig) *Stage {
	if c.Open == nil {
		c.Open = OpenEngine
	}
	if c.Book == nil {
		c.Book = blank{}
	}
	if c.Room == nil {
		c.Room = func(context.Context) error { return nil }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Stage{StageConfig: c, starts: make(chan *Player), changing: semaphore.NewWeighted(1), players: map[string]*Player{}}
	s.changing.TryAcquire(1) // nobody has it yet
	return s
}

// Run goes on with the replays of the book, plays what is started until ctx is done,
// closes it all, and returns nil.
func (s *Stage) Run(ctx context.Context) error {
	defer s.close()
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() {
		defer s.changing.Release(1)
		s.resume(ctx)
	})
	for {
		select {
		case <-ctx.Done():
			return nil
		case p := <-s.starts:
			all.Go(func() {
				if err := p.Run(ctx, s.Room); err != nil && ctx.Err() == nil {
					s.Log.Error("a replay stands still", "id", p.Scenario.ID, "error", err)
				}
			})
		}
	}
}

// resume goes on with what the book has.
func (s *Stage) resume(ctx context.Context) {
	standings, err := s.Book.Standings(ctx)
	if err != nil && ctx.Err() == nil {
		s.Log.Warn("no replay goes on", "error", err)
	}
	for _, b := range standings {
		if err := s.goOn(ctx, b); err != nil && ctx.Err() == nil {
			s.Log.Warn("a replay does not go on", "id", b.ID, "error", err)
		}
	}
}

// goOn plays a replay from where it stood. What was before is played without telling
// anybody; the crowd is the same, so that it goes on as if nothing had been.
func (s *Stage) goOn(ctx context.Context, b Standing) error {
	c, err := s.scenario(b.ID)
	if err != nil {
		return err
	}
	rules, err := digest(c)
	if err != nil {
		return err
	}
	if rules != b.Rules {
		return errors.New("it has other rules now")
	}
	return s.start(ctx, newPlayer(c, b.Seed, NewCrowd(c, b.Seed), b.Speed, c.since(b.At), s.Open))
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
// waits for Run.
func (s *Stage) Start(ctx context.Context, id string, seed uint64, speed float64) (*Player, error) {
	c, err := s.scenario(id)
	if err != nil {
		return nil, err
	}
	rules, err := digest(c)
	if err != nil {
		return nil, err
	}
	crowd := NewCrowd(c, seed)
	if err := s.changing.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer s.changing.Release(1)
	if err := s.Book.Begin(ctx, Standing{ID: id, Rules: rules, Seed: seed, Speed: speed, At: c.Begin}); err != nil {
		return nil, err
	}
	p := newPlayer(c, seed, crowd, speed, 0, s.Open)
	return p, s.start(ctx, p)
}

// start has Run play. It waits for Run alone, which takes it at once unless it ends.
func (s *Stage) start(ctx context.Context, p *Player) error {
	s.put(p)
	select {
	case s.starts <- p:
		return nil
	case <-ctx.Done():
		p.Close()
		return ctx.Err()
	}
}

// put makes a player that of its scenario.
func (s *Stage) put(p *Player) {
	s.mu.Lock()
	before := s.players[p.Scenario.ID]
	s.players[p.Scenario.ID] = p
	s.mu.Unlock()
	if before != nil {
		before.Close()
	}
}

// Change is what is to become of a replay; what is nil stays as it is.
type Change struct {
	Speed *float64
	At    *time.Time
}

// Change changes a replay, once Run goes on with those of the book. What is between here and a later time is played without
// waiting; what is before an earlier time is played anew, without telling anybody.
func (s *Stage) Change(ctx context.Context, id string, c Change) (*Player, error) {
	if _, err := s.scenario(id); err != nil {
		return nil, err
	}
	if err := s.changing.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer s.changing.Release(1)
	p, err := s.Player(id)
	if err != nil {
		return nil, err
	}
	b := Standing{ID: id, Speed: p.Speed(), At: p.Scenario.End}
	if c.Speed != nil {
		b.Speed = *c.Speed
	}
	if c.At == nil {
		if err := s.Book.Change(ctx, b); err != nil {
			return nil, err
		}
		p.SetSpeed(b.Speed)
		return p, nil
	}
	to := p.Scenario.since(*c.At)
	if to < 0 || to > p.Scenario.Seconds() {
		return nil, fmt.Errorf("%w, which is from %s to %s", ErrOutside, p.Scenario.Begin.Format(time.RFC3339), p.Scenario.End.Format(time.RFC3339))
	}
	b.At = p.Scenario.time(to)
	if !b.At.Before(p.Time()) {
		if err := s.Book.Change(ctx, b); err != nil {
			return nil, err
		}
		if p.Forward(to) {
			p.SetSpeed(b.Speed)
			return p, nil
		}
	}
	if err := s.Book.Back(ctx, b); err != nil {
		return nil, err
	}
	p = newPlayer(p.Scenario, p.seed, p.crowd, b.Speed, to, s.Open)
	return p, s.start(ctx, p)
}

// Stop ends a replay and forgets it.
func (s *Stage) Stop(ctx context.Context, id string) error {
	if _, err := s.scenario(id); err != nil {
		return err
	}
	if err := s.changing.Acquire(ctx, 1); err != nil {
		return err
	}
	defer s.changing.Release(1)
	p, err := s.Player(id)
	if err != nil {
		return err
	}
	if err := s.Book.End(ctx, id); err != nil {
		return err
	}
	p.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
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

// scenario is that of an id.
func (s *Stage) scenario(id string) (*Scenario, error) {
	n := slices.IndexFunc(s.Scenarios, func(c *Scenario) bool { return c.ID == id })
	if n < 0 {
		return nil, ErrUnknown
	}
	return s.Scenarios[n], nil
}
