package alarm

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"yiping/heatmap"
)

// KeeperConfig is what a Keeper works with.
type KeeperConfig struct {
	Store Store
	// Settle is how long after its beginning a count may lack people who are there:
	// Rules.TTL.
	Settle time.Duration
	// Lease is how long another replica waits before it tells in this one's place.
	// Defaults to ten seconds.
	Lease time.Duration
	Log   *slog.Logger
}

// Keeper writes the alarms of its sources.
type Keeper struct {
	cfg    KeeperConfig
	holder string
	// news wakes the writer.
	news chan struct{}
	// batches counts those of all sources.
	batches atomic.Int64

	mu      sync.Mutex
	sources map[string]*Source
	// written counts the events that this keeper has written; failing says that the
	// store does not answer.
	written map[Kind]int64
	failing bool
}

const (
	defaultLease = 10 * time.Second
	// renewals of a turn come in a lease, so that one may fail.
	renewals = 3
	// writeWait is how long the store may take, retryAfter when it is asked again after
	// a fault.
	writeWait  = 10 * time.Second
	retryAfter = time.Second
)

// NewKeeper is a keeper without sources.
func NewKeeper(cfg KeeperConfig) *Keeper {
	if cfg.Lease == 0 {
		cfg.Lease = defaultLease
	}
	return &Keeper{
		cfg: cfg, holder: rand.Text(), news: make(chan struct{}, 1),
		sources: map[string]*Source{}, written: map[Kind]int64{},
	}
}

// Open is a source of the frames of a run, in place of one before.
func (k *Keeper) Open(run string) *Source {
	s := &Source{
		run: run, settle: k.cfg.Settle, wake: k.wake, number: func() int64 { return k.batches.Add(1) },
		lines: map[string]*line{}, stored: map[string]*Alarm{},
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if before := k.sources[run]; before != nil {
		before.replace()
	}
	k.sources[run] = s
	return s
}

// wake has Run look.
func (k *Keeper) wake() {
	select {
	case k.news <- struct{}{}:
	default:
	}
}

// Run writes what happens until ctx is done; then it writes what is left, gives its
// turns back and returns nil. The alarms stay open for who tells next. Faults of the
// store are logged and do not end it.
func (k *Keeper) Run(ctx context.Context) error {
	renew := time.NewTicker(k.cfg.Lease / renewals)
	defer renew.Stop()
	for {
		select {
		case <-ctx.Done():
		case <-k.news:
		case <-renew.C:
		}
		if ctx.Err() != nil { // even if there is news: it may be of this end
			k.finish(context.WithoutCancel(ctx))
			return nil
		}
		if err := k.write(ctx); err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(retryAfter):
				k.wake()
			}
		}
	}
}

// write asks the store for all sources. The error has been logged, if it is the first.
func (k *Keeper) write(ctx context.Context) error {
	var all error
	for _, s := range k.open() {
		err := k.tell(ctx, s)
		if err == nil && s.over() {
			err = k.leave(ctx, s)
		}
		all = errors.Join(all, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case all == nil && k.failing:
		k.cfg.Log.Info("alarms go on")
	case all != nil && !k.failing && ctx.Err() == nil:
		k.cfg.Log.Warn("alarms wait for the database", "error", all)
	}
	k.failing = all != nil
	return all
}

// open are the sources in the order of their runs.
func (k *Keeper) open() []*Source {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := make([]*Source, 0, len(k.sources))
	for _, run := range slices.Sorted(maps.Keys(k.sources)) {
		all = append(all, k.sources[run])
	}
	return all
}

// tell writes what a source has to tell.
func (k *Keeper) tell(ctx context.Context, s *Source) error {
	now := time.Now()
	b, ok := s.take(now, k.cfg.Lease/renewals)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, writeWait)
	defer cancel()
	var changes []Change
	t := Turn{Run: s.run, Holder: k.holder, Lease: k.cfg.Lease, Batch: b.number, Since: b.since()}
	latest, err := k.cfg.Store.Tell(ctx, t, func(latest []Alarm) []Change {
		changes = b.fold(s.run, latest)
		return changes
	})
	if err != nil && !errors.Is(err, ErrTold) {
		return err
	}
	s.told(latest, now, err == nil)
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range changes {
		k.written[c.Kind]++
	}
	return nil
}

// leave forgets a source that is over.
func (k *Keeper) leave(ctx context.Context, s *Source) error {
	ctx, cancel := context.WithTimeout(ctx, writeWait)
	defer cancel()
	if err := k.cfg.Store.Leave(ctx, s.run, k.holder); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.sources[s.run] == s {
		delete(k.sources, s.run)
	}
	return nil
}

// finish writes what is left of the sources that go on. Those that have just been
// stopped may have been because the program ends: their alarms stay open.
func (k *Keeper) finish(ctx context.Context) {
	for _, s := range k.open() {
		err := error(nil)
		if !s.over() {
			err = k.tell(ctx, s)
		}
		if err = errors.Join(err, k.leave(ctx, s)); err != nil {
			k.cfg.Log.Warn("the last of the alarms was not written", "run", s.run, "error", err)
		}
	}
}

// Figures are what a Keeper counts.
type Figures struct {
	// Open are the open alarms by run and level, as the store had them last.
	Open map[string]map[heatmap.Level]int
	// Written are the events that were written here, by kind.
	Written map[Kind]int64
	// Waiting are the sights that wait for the store.
	Waiting int
}

// Figures are the counts so far.
func (k *Keeper) Figures() Figures {
	f := Figures{Open: map[string]map[heatmap.Level]int{}}
	for _, s := range k.open() {
		f.Open[s.run] = map[heatmap.Level]int{}
		f.Waiting += s.levels(f.Open[s.run])
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	f.Written = maps.Clone(k.written)
	return f
}
