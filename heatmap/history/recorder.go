package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"yiping/heatmap"
)

// Store keeps minutes.
type Store interface {
	// Write keeps minutes in their order, all or none. A minute that is there already
	// stays as it is. ErrRefused says that they can never be kept.
	Write(ctx context.Context, minutes []*Minute) error
	// Drop forgets what is older than is to be kept.
	Drop(ctx context.Context) error
}

// ErrRefused is wrapped by errors of a Store about what it can never keep.
var ErrRefused = errors.New("refused")

// RecorderConfig is what a Recorder needs.
type RecorderConfig struct {
	Store Store
	// QueueBytes bounds what waits to be written: 64 MiB by default. When it is full,
	// the oldest minutes are dropped, counted and logged.
	QueueBytes int
	Log        *slog.Logger
}

// The pace of a Recorder.
const (
	// gather is how long minutes are gathered; batch is how many are written at once,
	// batchBytes how much.
	gather     = time.Second
	batch      = 64
	batchBytes = 8 << 20
	// writing bounds a write; retry is the pause after one that failed.
	writing = 10 * time.Second
	retry   = 2 * time.Second
	// maxFrames bounds the frames that wait to be packed. At 600 times the speed it
	// is six seconds.
	maxFrames = 64
	// dropEvery is how often old minutes are dropped.
	dropEvery = time.Hour
)

// Recorder writes minutes. When nobody observes any more and Run has returned, Finish
// writes what is left.
type Recorder struct {
	c     RecorderConfig
	codec *Codec
	// writes is held while minutes are written or a run is renewed.
	writes *semaphore.Weighted
	wake   chan struct{}

	mu sync.Mutex
	// frames are to be packed, packed to be written.
	frames []last
	packed []*Minute
	bytes  int // of packed
	// freed is closed when either has become shorter.
	freed chan struct{}
	// ages count how often runs were renewed.
	ages   map[string]int
	status RecorderStatus
	losing bool

	failed bool // the last write; of Run and then Finish alone
}

// last is the last frame of a minute, and the age of the run when it was observed.
type last struct {
	run   string
	age   int
	frame *heatmap.Frame
}

// RecorderStatus is what a Recorder has done.
type RecorderStatus struct {
	// Written and Lost count minutes.
	Written, Lost int64
	// Queued are the minutes that wait.
	Queued int
}

// NewRecorder is a recorder that writes once Run does.
func NewRecorder(c RecorderConfig) *Recorder {
	if c.QueueBytes == 0 {
		c.QueueBytes = 64 << 20
	}
	return &Recorder{
		c: c, codec: NewCodec(), writes: semaphore.NewWeighted(1), wake: make(chan struct{}, 1), ages: map[string]int{},
		freed: make(chan struct{}),
	}
}

// Observer keeps the minutes of an engine.
type Observer struct {
	recorder *Recorder
	last     last
}

// Observer observes the engine of a run from now on.
func (r *Recorder) Observer(run string) *Observer {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &Observer{recorder: r, last: last{run: run, age: r.ages[run]}}
}

// Observe hears of a frame. A frame that is of an earlier minute than the one before is
// left out: time never goes back.
func (o *Observer) Observe(f *heatmap.Frame) {
	if before := o.last.frame; before != nil {
		switch is, was := start(f.Time), start(before.Time); {
		case is.Before(was):
			return
		case is.After(was):
			o.recorder.take(o.last)
		}
	}
	o.last.frame = f
}

// take takes a minute that is over.
func (r *Recorder) take(l last) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.frames) == maxFrames {
		r.frames = r.frames[1:]
		r.lose()
	}
	r.frames = append(r.frames, l)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// lose counts a minute that is dropped, and logs the first since something was written.
func (r *Recorder) lose() {
	if !r.losing {
		r.c.Log.Error("minutes of the heat are lost: more wait to be written than there is room for")
	}
	r.losing = true
	r.status.Lost++
}

// Room waits until half of the queue is free. Who can wait does so before each minute,
// and loses none.
func (r *Recorder) Room(ctx context.Context) error {
	for {
		r.mu.Lock()
		free, freed := len(r.frames) <= maxFrames/2 && r.bytes <= r.c.QueueBytes/2, r.freed
		r.mu.Unlock()
		if free {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-freed:
		}
	}
}

// free tells who waits for room that there may be some. The lock is held.
func (r *Recorder) free() {
	close(r.freed)
	r.freed = make(chan struct{})
}

// Renew makes a change to a run while nothing is written. If it succeeds, what the run's
// observers heard of before and is not written is dropped, and whatever they will hear
// of; new ones observe from then on.
func (r *Recorder) Renew(ctx context.Context, run string, change func(context.Context) error) error {
	if err := r.writes.Acquire(ctx, 1); err != nil {
		return fmt.Errorf("wait for the minutes that are being written: %w", err)
	}
	defer r.writes.Release(1)
	if err := change(ctx); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ages[run]++
	kept := r.packed[:0]
	for _, m := range r.packed {
		if m.Run == run {
			r.bytes -= m.bytes()
		} else {
			kept = append(kept, m)
		}
	}
	clear(r.packed[len(kept):])
	r.packed = kept
	r.free()
	return nil
}

// Status is how the recorder is now.
func (r *Recorder) Status() RecorderStatus {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.status
	s.Queued = len(r.frames) + len(r.packed)
	return s
}
