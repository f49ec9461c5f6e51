package alarm

import (
	"context"
	"errors"
	"time"
)

// Store keeps alarms.
type Store interface {
	// Tell gives the caller the turn to tell of a run and has tell say what happened,
	// which is written with its events, all or nothing. tell hears of the newest alarm
	// of each place of the run that is open or has changed after a time. Without an ID
	// an alarm is given one, and so are the later changes of the same begin. A batch
	// that was written before, whatever the caller heard of it, is not told again.
	//
	// The answer is those alarms as they are then. The error wraps ErrTold if it is
	// another's turn; the answer is valid with it.
	Tell(ctx context.Context, t Turn, tell func(latest []Alarm) []Change) ([]Alarm, error)
	// Leave gives the turn back.
	Leave(ctx context.Context, run, holder string) error
}

// Turn is the right to tell of a run, which is one holder's at a time.
type Turn struct {
	Run, Holder string
	// Lease is how long the turn is the holder's without asking again.
	Lease time.Duration
	// Batch is the number of what is told, which ascends; 0 for nothing.
	Batch int64
	// Since bounds the closed alarms that tell needs.
	Since time.Time
}

// Change is something that happened to an alarm: what it is now, and what it was
// before; nil if it has begun.
type Change struct {
	Kind        Kind
	Now, Before *Alarm
}

// ErrTold says that another replica tells of a run.
var ErrTold = errors.New("another replica tells of this crowd")
