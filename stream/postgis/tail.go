package postgis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"yiping/stream"
)

// Tailer follows the events of all streams. Each replica has one.
type Tailer struct {
	Store *Store
	Log   *slog.Logger
	// Keep is how long events are kept.
	Keep time.Duration
	// Begin says that events are told from a position on, and that some before it were
	// perhaps not: at first, when another history has begun, and after so long
	// without the database that events were dropped.
	Begin func(position string)
	// Events tells of events of one stream, in their order.
	Events func(stream string, events []stream.Event)
}

// The pace of Run is that of the change feed, for the same reasons.
const (
	busyPause = 50 * time.Millisecond  // after events
	idlePause = 100 * time.Millisecond // after none
	slowPause = 2 * time.Second        // after a fault
	// tailBatch is the most events read at once.
	tailBatch = 1000
	// dropEvery is how often old events are dropped, dropBatch how many at once.
	dropEvery = time.Hour
	dropBatch = 10_000
)

// Run tells of each event once, until ctx is done; then it returns nil. No committed
// event is left out, whatever order transactions commit in. Faults of the database
// are logged, and do not end it.
func (t *Tailer) Run(ctx context.Context) error {
	var dropped time.Time
	r := tailing{Tailer: t}
	for ctx.Err() == nil {
		if time.Since(dropped) > dropEvery {
			dropped = time.Now()
			t.drop(ctx)
		}
		n, err := r.step(ctx)
		if n == tailBatch {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(r.pause(ctx, n, err)):
		}
	}
	return nil
}

// tailing is where a Tailer stands.
type tailing struct {
	*Tailer
	at position
	// begun says that Begin was called, sure that the epoch was compared on a
	// connection that has held since.
	begun, sure bool
	failing     bool // the last step did not go well
}

// step reads once and tells what came: n events.
func (t *tailing) step(ctx context.Context) (n int, err error) {
	if !t.sure {
		if err := t.begin(ctx); err != nil {
			return 0, err
		}
	}
	rows, err := t.Store.pool.Query(ctx, "SELECT "+eventColumns+` FROM yiping.event e
		WHERE (e.xid, e.seq) > ($1, $2) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
		ORDER BY e.xid, e.seq LIMIT $3`, t.at.xid, t.at.seq, tailBatch)
	if err != nil {
		return 0, fmt.Errorf("follow events: %w", err)
	}
	events, err := pgx.CollectRows(rows, scanEvent)
	if err != nil {
		return 0, fmt.Errorf("follow events: %w", err)
	}
	of := map[string][]stream.Event{}
	for _, e := range events {
		t.at.xid, t.at.seq = e.xid, e.seq
		e.Position = t.at.String()
		of[e.stream] = append(of[e.stream], e.Event)
	}
	for name, events := range of {
		t.Events(name, events)
	}
	return len(events), nil
}

// begin sees to it that all that comes after t.at will be told.
func (t *tailing) begin(ctx context.Context) error {
	here, err := t.Store.here(ctx)
	if err != nil {
		return err
	}
	gap := here.epoch != t.at.epoch || here.xid < t.at.xid
	if t.begun && !gap {
		if err := t.Store.pool.QueryRow(ctx, "SELECT EXISTS (SELECT FROM yiping.event_floor WHERE (xid, seq) > ($1, $2))",
			t.at.xid, t.at.seq).Scan(&gap); err != nil {
			return fmt.Errorf("ask which events were dropped: %w", err)
		}
	}
	if !t.begun || gap {
		if t.begun {
			t.Log.Warn("events were missed; all clients begin anew")
		}
		t.at, t.begun = here, true
		t.Begin(here.String())
	}
	t.sure = true
	return nil
}

// pause is how long to wait after a step. Of a row of faults the first is logged.
func (t *tailing) pause(ctx context.Context, n int, err error) time.Duration {
	switch {
	case err != nil:
		if !t.failing && ctx.Err() == nil {
			t.Log.Warn("events wait for the database", "error", err)
		}
		t.failing, t.sure = true, false
		return slowPause
	case t.failing:
		t.Log.Info("events go on")
		t.failing = false
	}
	if n > 0 {
		return busyPause
	}
	return idlePause
}

// drop drops what is too old.
func (t *Tailer) drop(ctx context.Context) {
	for n := dropBatch; n == dropBatch; {
		err := t.Store.pool.QueryRow(ctx, "SELECT yiping.drop_events($1, $2)", t.Keep, dropBatch).Scan(&n)
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Log.Info("old events stay for now", "error", err)
			}
			return
		}
	}
}
