package fence

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// KeeperConfig is what a Keeper works with.
type KeeperConfig struct {
	Store  Store
	Engine Config
	// Late is how long after the newest fix of a stream older ones are waited for.
	// Defaults to ten seconds.
	Late time.Duration
	// Current tells where all objects are now. Asked when this replica begins to lead:
	// what moved while nobody led is noticed so.
	Current func(tell func(stream string, fixes []Fix))
	// Now is the clock; time.Now without it.
	Now func() time.Time
	Log *slog.Logger
}

// Keeper evaluates the fences while it is the one replica that leads, and writes
// what comes of it.
type Keeper struct {
	cfg KeeperConfig
	// news wakes the writer.
	news chan struct{}

	mu sync.Mutex
	// engine is nil while this replica does not lead.
	engine *Engine
	// edits are those that the engine's fences show.
	edits int64
	// pending is what has not been written.
	pending Outcome
	// writing is how many transitions are on their way to the store.
	writing int
	arrived map[string]arrival
	// recent is what came while this replica did not lead.
	recent  recall
	figures Figures
}

// arrival is when the newest fix of a stream came: its own time, and the clock's.
type arrival struct{ fix, clock time.Time }

// Figures are what a Keeper counts.
type Figures struct {
	// Leads says that this replica evaluates the fences.
	Leads  bool
	Fences int
	// Observed counts fixes, Late those that came too late to be heard, Saved the
	// transitions that were written.
	Observed, Late, Saved int64
	// Pending are transitions that wait for the database.
	Pending int
}

// The pace of a Keeper.
const (
	saveEvery = 50 * time.Millisecond // at most so often
	turnEvery = time.Second           // time passes, edits are looked for
	leadEvery = time.Second           // who does not lead asks again
	saveWait  = 10 * time.Second      // for the database to answer
	// States that only say which fixes were heard are of use to a replica that takes
	// over and hears the last again.
	forgetEvery = time.Minute
	forgetAfter = 10 * time.Minute
	// maxPending is how many transitions wait for a database that is away. With more
	// the engine begins again from what was written: who came and went meanwhile is
	// lost, which is said in the log.
	maxPending = 200_000
)

// NewKeeper is a keeper that does not lead yet.
func NewKeeper(cfg KeeperConfig) *Keeper {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Late == 0 {
		cfg.Late = 10 * time.Second
	}
	if cfg.Current == nil {
		cfg.Current = func(func(string, []Fix)) {}
	}
	return &Keeper{cfg: cfg, news: make(chan struct{}, 1), arrived: map[string]arrival{}}
}

// Figures are the counts so far.
func (k *Keeper) Figures() Figures {
	k.mu.Lock()
	defer k.mu.Unlock()
	f := k.figures
	f.Pending = len(k.pending.Transitions) + k.writing
	if k.engine != nil {
		f.Leads, f.Fences, f.Late = true, len(k.engine.fences), k.engine.Late()
	}
	return f
}

// Observe takes fixes of a stream's objects, those of one object in order. It does
// no I/O. While this replica does not lead it only keeps the last of them. The slice
// is the keeper's then.
func (k *Keeper) Observe(stream string, fixes []Fix) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.observe(stream, fixes)
}

// observe is Observe with the lock held.
func (k *Keeper) observe(stream string, fixes []Fix) {
	if len(fixes) == 0 {
		return
	}
	if k.engine == nil {
		k.recent.add(k.cfg.Now(), stream, fixes)
		return
	}
	k.figures.Observed += int64(len(fixes))
	k.note(k.engine.Observe(stream, fixes))
	if newest := k.engine.Newest(stream); newest.After(k.arrived[stream].fix) {
		k.arrived[stream] = arrival{newest, k.cfg.Now()}
	}
}

// note keeps what is to be written. The lock is held.
func (k *Keeper) note(o Outcome) {
	k.pending.Transitions = append(k.pending.Transitions, o.Transitions...)
	k.pending.States = append(k.pending.States, o.States...)
	if len(k.pending.Transitions) > maxPending || len(k.pending.States) > 2*maxPending {
		k.cfg.Log.Error("fences begin anew from what was written: too much waits for the database",
			"transitions", len(k.pending.Transitions))
		k.forget()
		return
	}
	if len(o.States)+len(o.Transitions) > 0 {
		select {
		case k.news <- struct{}{}:
		default:
		}
	}
}

// forget drops what was not written. The lock is held.
func (k *Keeper) forget() {
	k.engine, k.edits, k.pending = nil, 0, Outcome{}
	clear(k.arrived)
}

// Run leads whenever no other replica does, until ctx is done; then it writes what
// it has and returns nil. Faults of the database are logged and do not end it: what
// is observed meanwhile waits, and is written if no other replica has led since.
func (k *Keeper) Run(ctx context.Context) error {
	var term int64
	failing := false
	for ctx.Err() == nil {
		lease, err := k.cfg.Store.LeadFences(ctx)
		switch {
		case err == nil:
			failing = false
			err = k.lead(ctx, lease, lease.Term() == term+1)
			term = lease.Term()
			lease.Close()
		case errors.Is(err, ErrLed):
			k.mu.Lock()
			k.forget()
			k.mu.Unlock()
			failing, err = false, nil
		}
		if err != nil && ctx.Err() == nil && !failing {
			k.cfg.Log.Warn("fences wait for the database", "error", err)
			failing = true
		}
		select {
		case <-ctx.Done():
		case <-time.After(leadEvery):
		}
	}
	return nil
}

// lead evaluates and writes until ctx is done or the lease is lost. With goOn nobody
// has led since this replica did.
func (k *Keeper) lead(ctx context.Context, lease Lease, goOn bool) error {
	if err := k.begin(ctx, lease, goOn); err != nil {
		return err
	}
	turn := time.NewTicker(turnEvery)
	defer turn.Stop()
	forgotten := time.Now()
	for {
		if err := k.save(ctx, lease); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			err := k.save(context.WithoutCancel(ctx), lease)
			k.mu.Lock()
			defer k.mu.Unlock()
			k.forget()
			return err
		case <-time.After(saveEvery):
		}
		select {
		case <-ctx.Done():
		case <-k.news:
		case <-turn.C:
			if err := k.turn(ctx, lease); err != nil {
				return err
			}
			if time.Since(forgotten) > forgetEvery {
				forgotten = time.Now()
				if err := lease.Forget(ctx, forgetAfter); err != nil {
					return err
				}
			}
		}
	}
}

// begin makes an engine of what the store has, unless there is one to go on with.
func (k *Keeper) begin(ctx context.Context, lease Lease, goOn bool) error {
	k.mu.Lock()
	have := k.engine != nil
	if have && !goOn {
		k.forget()
		have = false
	}
	k.mu.Unlock()
	if have {
		return k.edit(ctx, lease)
	}
	states, err := lease.States(ctx)
	if err != nil {
		return err
	}
	definitions, edits, err := k.cfg.Store.Fences(ctx)
	if err != nil {
		return err
	}
	e := New(k.cfg.Engine)
	for _, d := range definitions {
		if _, err := e.Put(d); err != nil {
			k.cfg.Log.Error("a fence is left out", "error", err)
		}
	}
	k.activate(e, edits, states)
	k.cfg.Log.Info("this replica evaluates the fences", "fences", len(definitions), "states", len(states), "term", lease.Term())
	k.cfg.Current(k.Observe)
	return nil
}

func (k *Keeper) activate(e *Engine, edits int64, states []State) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.engine, k.edits = e, edits
	now := k.cfg.Now()
	k.note(e.Restore(states, now))
	for _, s := range states { // time goes on for those who send nothing now
		if s.Seen.After(k.arrived[s.Stream].fix) {
			k.arrived[s.Stream] = arrival{s.Seen, now}
		}
	}
	heard := k.recent
	k.recent = recall{}
	for _, b := range heard.batches {
		k.observe(b.stream, b.fixes)
	}
}

// save writes what is pending. What a fault kept from being written stays.
func (k *Keeper) save(ctx context.Context, lease Lease) error {
	k.mu.Lock()
	if k.engine == nil { // note has given up
		k.mu.Unlock()
		return errors.New("the fences are read anew")
	}
	batch := k.pending
	k.pending, k.writing = Outcome{}, len(batch.Transitions)
	k.mu.Unlock()
	err := k.write(ctx, lease, &batch)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.writing = 0
	if err == nil {
		k.figures.Saved += int64(len(batch.Transitions))
	} else if k.engine != nil {
		k.pending.Transitions = append(batch.Transitions, k.pending.Transitions...)
		k.pending.States = append(batch.States, k.pending.States...)
	}
	return err
}

func (k *Keeper) write(ctx context.Context, lease Lease, o *Outcome) error {
	if len(o.States)+len(o.Transitions) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, saveWait)
	defer cancel()
	return lease.Save(ctx, o)
}

// turn lets time pass and looks for edits, which also shows whether the lease holds.
func (k *Keeper) turn(ctx context.Context, lease Lease) error {
	k.mu.Lock()
	if k.engine != nil {
		now := k.cfg.Now()
		for stream, a := range k.arrived {
			// A stream that is silent goes on at the pace of the clock.
			k.note(k.engine.Advance(stream, a.fix.Add(now.Sub(a.clock)-k.cfg.Late)))
			if k.engine == nil {
				break
			}
		}
	}
	k.mu.Unlock()
	return k.edit(ctx, lease)
}

// edit brings the engine's fences up to date.
func (k *Keeper) edit(ctx context.Context, lease Lease) error {
	ctx, cancel := context.WithTimeout(ctx, saveWait)
	defer cancel()
	edits, err := lease.Edits(ctx)
	if err != nil {
		return err
	}
	k.mu.Lock()
	current := k.edits == edits
	k.mu.Unlock()
	if current {
		return nil
	}
	definitions, edits, err := k.cfg.Store.Fences(ctx)
	if err != nil {
		return fmt.Errorf("read edited fences: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.engine == nil {
		return nil
	}
	old := k.engine.Versions()
	for _, d := range definitions {
		if old[d.ID] != d.Version && k.engine != nil {
			o, err := k.engine.Put(d)
			if err != nil {
				k.cfg.Log.Error("a fence is left as it was", "error", err)
			}
			k.note(o)
		}
		delete(old, d.ID)
	}
	for id := range old {
		if k.engine != nil {
			k.note(k.engine.Remove(id))
		}
	}
	k.edits = edits
	return nil
}
