package postgis

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrGap says that the change feed no longer has all that came after a position:
// read the layers anew.
var ErrGap = errors.New("the change feed has forgotten what came after this position")

// The pace of Follow. A NOTIFY of the writers would wake it sooner, but takes a
// lock for the whole server until they have committed.
const (
	busyPause = 50 * time.Millisecond  // after changes
	idlePause = 100 * time.Millisecond // after none
	slowPause = 2 * time.Second        // after a fault
	// feedBatch is the most changes read at once.
	feedBatch = 10_000
	// rotateEvery is how often old days are dropped and coming ones made.
	rotateEvery = time.Hour
)

// Follow reads the change feed from a position on and hands on what has changed,
// one call after another, until ctx is done; it returns nil then. No committed
// change is left out, whatever order transactions commit in: it reads below the
// number of the oldest open one. Faults of the database, and errors that handle
// returns, are logged, and the same changes come again: handle must bear that.
// ErrGap is the only error.
func (s *Store) Follow(ctx context.Context, from Position, handle func(context.Context, Changes) error) error {
	t := tailer{store: s, next: from}
	var rotated time.Time
	for ctx.Err() == nil {
		if time.Since(rotated) > rotateEvery {
			rotated = time.Now()
			s.rotate(ctx)
		}
		err := t.step(ctx, handle)
		if errors.Is(err, ErrGap) {
			return err
		}
		if t.more {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(t.pause(ctx, err)):
		}
	}
	return nil
}

// pause is how long to wait after a step that ended with err. Of a row of faults
// the first is logged.
func (t *tailer) pause(ctx context.Context, err error) time.Duration {
	switch {
	case err != nil:
		if !t.failing && ctx.Err() == nil {
			t.store.log.Warn("the change feed stands still", "error", err)
		}
		t.failing, t.begun = true, false
		return slowPause
	case t.failing:
		t.store.log.Info("the change feed goes on")
		t.failing = false
	}
	if t.read > 0 {
		return busyPause
	}
	return idlePause
}

// rotate drops the days that are older than the retention. It waits for no
// writer: the next time will do.
func (s *Store) rotate(ctx context.Context) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '200ms'"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "SELECT yiping.rotate_changes($1)", s.retention)
		return err
	})
	if err != nil && ctx.Err() == nil {
		s.log.Info("the days of the change feed stay as they are for now", "error", err)
	}
}

// tailer is where Follow stands.
type tailer struct {
	store *Store
	// next is the position, and seq the last change of transaction next.Xid that
	// was handed on; 0 if none.
	next Position
	seq  int64
	// begun says that the epoch was compared on a connection that has held since.
	begun   bool
	read    int  // changes of the last step
	more    bool // there are more to read at once
	failing bool // the last step did not go well
}

// step reads once, hands on what came, and moves on if that went well.
func (t *tailer) step(ctx context.Context, handle func(context.Context, Changes) error) error {
	t.more, t.read = false, 0
	if !t.begun {
		state, err := t.store.feedState(ctx)
		if err != nil {
			return err
		}
		if !state.holds(t.next) {
			return ErrGap
		}
		t.begun = true
	}
	rows, horizon, at, err := t.store.readFeed(ctx, t.next.Xid, t.seq)
	if err != nil {
		return err
	}
	next, seq := Position{Epoch: t.next.Epoch, Xid: horizon}, int64(0)
	more := len(rows) > feedBatch
	if more {
		rows = rows[:feedBatch]
		last := rows[feedBatch-1]
		next.Xid, seq = last.Xid, last.Seq
	}
	if len(rows) > 0 {
		changes := Changes{Position: next, Time: at, Oldest: rows[0].At, Layers: byLayer(rows)}
		if err := t.store.learnLayers(ctx, changes.Layers); err != nil {
			return err
		}
		if err := handle(ctx, changes); err != nil {
			return err
		}
	}
	t.next, t.seq = next, seq
	t.read, t.more = len(rows), more
	return nil
}

// learnLayers reads the catalog anew after a reset: it may be that of a layer
// which another process has made or dropped.
func (s *Store) learnLayers(ctx context.Context, changed []LayerChanges) error {
	if !slices.ContainsFunc(changed, func(c LayerChanges) bool { return c.Reset }) {
		return nil
	}
	return s.readCatalog(ctx)
}
