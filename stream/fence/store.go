package fence

import (
	"context"
	"errors"
	"time"

	"yiping/layers"
)

// Store keeps fences.
type Store interface {
	// Fences are all definitions, by ID, and the count of edits that they show.
	Fences(ctx context.Context) (all []Definition, edits int64, err error)
	// FenceEdits counts the edits of definitions so far.
	FenceEdits(ctx context.Context) (int64, error)
	// Fence is one; the error wraps layers.ErrNotFound without it.
	Fence(ctx context.Context, id string) (Definition, error)
	// AddFence stores a definition, which Check has passed, under a new ID. The error
	// is a *layers.InputError if the database refuses its geometry.
	AddFence(ctx context.Context, d Definition) (Definition, error)
	// ReplaceFence stores another definition under the ID of one with a version that
	// matches. The error is a *layers.StaleError if its version is another, wraps
	// layers.ErrNotFound if there is none, or is as that of AddFence.
	ReplaceFence(ctx context.Context, d Definition, m layers.Match) (Definition, error)
	// RemoveFence deletes one, with the errors of ReplaceFence.
	RemoveFence(ctx context.Context, id string, m layers.Match) error
	// FenceStates are the states that were saved of one fence, but for those with phase
	// None that are not near, in order of stream and entity, at most limit.
	FenceStates(ctx context.Context, id string, limit int) ([]State, error)
	// LeadFences makes the caller the only one that may save, until it closes the
	// Lease or its connection is lost. The error wraps ErrLed if another leads.
	LeadFences(ctx context.Context) (Lease, error)
}

// ErrLed says that another replica evaluates the fences.
var ErrLed = errors.New("another replica evaluates the fences")

// Lease is the right to save. It belongs to one goroutine. Any error of its methods
// means that it may be lost: close it.
type Lease interface {
	// Term counts the leases ever given.
	Term() int64
	// Edits counts the edits of definitions so far.
	Edits(ctx context.Context) (int64, error)
	// States are those that were saved last, but for what Forget has dropped.
	States(ctx context.Context) ([]State, error)
	// Save writes states and transitions, all or none. What was saved before may be
	// saved again.
	Save(ctx context.Context, o *Outcome) error
	// Forget drops states with phase None, and not near, that were saved so long ago.
	Forget(ctx context.Context, age time.Duration) error
	// Close gives the lease back.
	Close()
}
