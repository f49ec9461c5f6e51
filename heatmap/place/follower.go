package place

import (
	"context"
	"log/slog"
	"time"

	"yiping/heatmap"
)

// Follower hears of edits of places, whoever makes them.
type Follower struct {
	Store Store
	// Set takes the places, at first and after each edit.
	Set func([]heatmap.Place)
	Log *slog.Logger
}

const (
	// lookEvery is how often edits are looked for, waitFor how long the store may take.
	lookEvery = time.Second
	waitFor   = 10 * time.Second
)

// Run sets the places, and again when they were edited, until ctx is done; then it
// returns nil. Faults of the store are logged and do not end it.
func (f *Follower) Run(ctx context.Context) error {
	shown, failing := int64(-1), false
	for ctx.Err() == nil {
		edits, err := f.look(ctx, shown)
		switch {
		case err == nil:
			shown, failing = edits, false
		case !failing && ctx.Err() == nil:
			f.Log.Warn("places wait for the database", "error", err)
			failing = true
		}
		select {
		case <-ctx.Done():
		case <-time.After(lookEvery):
		}
	}
	return nil
}

// look sets the places if there were edits after those shown.
func (f *Follower) look(ctx context.Context, shown int64) (edits int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, waitFor)
	defer cancel()
	// Counted first: an edit between the two is set again, and none is missed.
	edits, err = f.Store.PlaceEdits(ctx)
	if err != nil || edits == shown {
		return shown, err
	}
	places, err := f.Store.Places(ctx)
	if err != nil {
		return shown, err
	}
	f.Set(places)
	return edits, nil
}
