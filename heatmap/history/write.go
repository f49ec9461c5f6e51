package history

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Run packs and writes until ctx is done.
func (r *Recorder) Run(ctx context.Context) {
	tick := time.NewTicker(gather)
	defer tick.Stop()
	var dropped, due time.Time
	for {
		if now := time.Now(); now.Sub(dropped) >= dropEvery {
			dropped = now
			r.drop(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
			r.pack()
		case now := <-tick.C:
			if now.Before(due) {
				continue
			}
			if err := r.write(ctx); err != nil {
				due = now.Add(retry)
			}
		}
	}
}

// Finish writes the rest, however long the store is away, until ctx is done. The error
// says how much is lost.
func (r *Recorder) Finish(ctx context.Context) error {
	r.pack()
	for {
		err := r.write(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("write the last %d minutes of the heat: %w", r.Status().Queued, errors.Join(context.Cause(ctx), err))
		case <-time.After(retry):
		}
	}
}

// drop has the store forget what is old.
func (r *Recorder) drop(ctx context.Context) {
	bounded, cancel := context.WithTimeout(ctx, writing)
	defer cancel()
	if err := r.c.Store.Drop(bounded); err != nil && ctx.Err() == nil {
		r.c.Log.Warn("old minutes of the heat stay for now", "error", err)
	}
}

// pack packs the frames that wait.
func (r *Recorder) pack() {
	r.mu.Lock()
	frames := r.frames
	r.frames = nil
	r.free()
	r.mu.Unlock()
	for _, l := range frames {
		m := newMinute(l.run, l.frame, r.codec)
		r.mu.Lock()
		if l.age == r.ages[l.run] {
			r.packed = append(r.packed, m)
			r.bytes += m.bytes()
		}
		for r.bytes > r.c.QueueBytes && len(r.packed) > 1 {
			r.bytes -= r.packed[0].bytes()
			r.packed = r.packed[1:]
			r.lose()
		}
		r.mu.Unlock()
	}
}

// write writes what is packed, batch by batch, until nothing is left or a write fails.
func (r *Recorder) write(ctx context.Context) error {
	for {
		more, err := r.writeBatch(ctx)
		r.note(ctx, err)
		if err != nil || !more {
			return err
		}
	}
}

// note logs that the store begins to fail, and that it is back.
func (r *Recorder) note(ctx context.Context, err error) {
	switch {
	case err == nil && r.failed:
		r.c.Log.Info("the minutes of the heat go on")
	case err != nil && !r.failed && ctx.Err() == nil:
		r.c.Log.Warn("the minutes of the heat wait to be written", "error", err)
	}
	r.failed = err != nil
}

// writeBatch writes the oldest minutes. What the store can never keep is dropped: it
// would hold up all that comes after it.
func (r *Recorder) writeBatch(ctx context.Context) (more bool, err error) {
	bounded, cancel := context.WithTimeout(ctx, writing)
	defer cancel()
	if err := r.writes.Acquire(bounded, 1); err != nil {
		return false, err
	}
	defer r.writes.Release(1)
	minutes := r.next()
	if len(minutes) == 0 {
		return false, nil
	}
	err = r.c.Store.Write(bounded, minutes)
	refused := errors.Is(err, ErrRefused)
	if err != nil && !refused {
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if refused {
		r.c.Log.Error("minutes of the heat are lost", "minutes", len(minutes), "error", err)
		r.status.Lost += int64(len(minutes))
	} else {
		r.status.Written += int64(len(minutes))
		r.losing = false
	}
	for _, m := range minutes {
		r.bytes -= m.bytes()
	}
	r.packed = r.packed[len(minutes):]
	r.free()
	return len(r.packed) > 0, nil
}

// next is what is to be written next: a batch of at most batchBytes, if a minute has no
// more. It stays where it is meanwhile: Run packs before or
// after, and Renew waits.
func (r *Recorder) next() []*Minute {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, bytes := 0, 0
	for n < min(len(r.packed), batch) {
		if bytes += r.packed[n].bytes(); bytes > batchBytes && n > 0 {
			break
		}
		n++
	}
	return r.packed[:n]
}
