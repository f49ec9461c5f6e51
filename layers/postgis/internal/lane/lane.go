// Package lane bounds how many queries of one kind run at once, and how many
// wait their turn, so that no kind can take all connections and no client waits
// for ever.
//
// # Concurrency
//
// A Lane is safe for concurrent use. Turns are given in the order of asking.
package lane

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"yiping/layers"
)

// Lane is a number of places and a queue before them.
type Lane struct {
	places *semaphore.Weighted
	inside atomic.Int64 // running and waiting
	most   int64        // of inside
	wait   time.Duration
}

// New makes a lane of that many places. At most queue callers wait, each no
// longer than wait.
func New(places, queue int, wait time.Duration) *Lane {
	return &Lane{places: semaphore.NewWeighted(int64(places)), most: int64(places + queue), wait: wait}
}

// Enter takes a place, waiting for one if it must. The caller leaves exactly
// once. The error wraps layers.ErrBusy if the queue is full or the wait was too
// long, and is that of ctx if ctx ended first.
func (l *Lane) Enter(ctx context.Context) (leave func(), err error) {
	if l.inside.Add(1) > l.most {
		l.inside.Add(-1)
		return nil, fmt.Errorf("%w: too many requests wait for the database; ask again in a moment", layers.ErrBusy)
	}
	waiting, cancel := context.WithTimeout(ctx, l.wait)
	defer cancel()
	if err := l.places.Acquire(waiting, 1); err != nil {
		l.inside.Add(-1)
		if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
			return nil, fmt.Errorf("%w: no turn at the database within %v; ask again in a moment", layers.ErrBusy, l.wait)
		}
		return nil, fmt.Errorf("wait for a turn at the database: %w", err)
	}
	return func() {
		l.places.Release(1)
		l.inside.Add(-1)
	}, nil
}
