package stream

import (
	"context"
	"encoding/json"
	"time"

	"github.com/paulmach/orb"
)

// Log is an EVENT stream: occurrences that were committed before they are told. All
// replicas and all calls count them in the same order, and one that is told once is
// never followed by one that belongs before it.
type Log interface {
	Describe() Description
	// Open lists the newest event of each item that is not in a final state and lies
	// within a bound, at most limit events.
	Open(ctx context.Context, within orb.Bound, limit int) ([]Event, error)
	// Since lists the events after a position in their order, at most limit. The
	// error is or wraps ErrExpired if not all can be told.
	Since(ctx context.Context, position string, limit int) ([]Event, error)
	// Newest is the newest event of an item, whatever its state; ok is false if there
	// is none.
	Newest(ctx context.Context, key string) (e Event, ok bool, err error)
	// Count is the number of events after one position up to and with another, at
	// most limit; 0 if the other comes first. The error is as that of Since.
	Count(ctx context.Context, after, upTo string, limit int) (int, error)
}

// Event is an occurrence.
type Event struct {
	// Position is the place in the Log after the event.
	Position string
	ID       string // unique in its stream
	Kind     string
	// Key is the item's that it happened to, Version that of the item after it.
	Key     string
	Version int64
	// Time is when it happened, Recorded when it was committed or a little before.
	Time, Recorded time.Time
	// Was and Is are where the item was before and is; nil where it was not or is
	// not any more.
	Was, Is *orb.Point
	// Body is the item's row after the event, as JSON without key, version, time and
	// place; nil if it is gone. Before is the one before.
	Body, Before json.RawMessage
	// Final says that nothing happens to the item any more. It is no member then.
	Final bool
}
