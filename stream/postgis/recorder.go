package postgis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"golang.org/x/sync/semaphore"

	"yiping/layers"
	"yiping/stream/track"
)

// RecorderConfig is how a Recorder works; what is zero has a default.
type RecorderConfig struct {
	// Keep is how long history is kept: a week by default, in whole days.
	Keep time.Duration
	// QueueBytes bounds what waits to be written: 64 MiB by default. When it is full,
	// reports wait, and are refused after Wait, by default 5 s.
	QueueBytes int64
	Wait       time.Duration
	Log        *slog.Logger
}

// The pace of a Recorder.
const (
	// flushEvery is how long fixes are gathered, flushFixes how many at most.
	flushEvery = time.Second
	flushFixes = 20_000
	// retryAfter is the pause after a fault of the database.
	retryAfter = 2 * time.Second
	// rotateEvery is how often old days are dropped and coming ones made.
	rotateEvery = time.Hour
	// fixBytes is the memory of a fix without its texts.
	fixBytes = 192
)

// Recorder writes the history of moving objects, in batches by COPY. It loses nothing
// that was added, unless the process is killed: then what it gathered since the last
// second is gone. Run writes while others add; when nobody does any more and Run has
// returned, Finish writes what is left.
type Recorder struct {
	store  *Store
	c      RecorderConfig
	room   *semaphore.Weighted
	wake   chan struct{}
	mu     sync.Mutex
	queue  []fix
	failed bool // the last batch; of Run and then Finish alone

	written, lost atomic.Int64
	queued        atomic.Int64 // bytes
}

var _ track.Recorder = (*Recorder)(nil)

// fix is a report of a stream.
type fix struct {
	d *track.Definition
	track.Report
}

// NewRecorder is a recorder that writes once Run does.
func (s *Store) NewRecorder(c RecorderConfig) *Recorder {
	if c.Keep == 0 {
		c.Keep = 7 * 24 * time.Hour
	}
	if c.QueueBytes == 0 {
		c.QueueBytes = 64 << 20
	}
	if c.Wait == 0 {
		c.Wait = 5 * time.Second
	}
	return &Recorder{store: s, c: c, room: semaphore.NewWeighted(c.QueueBytes), wake: make(chan struct{}, 1)}
}

// Reserve waits until there is room for reports. The error wraps layers.ErrBusy if
// that takes too long.
func (r *Recorder) Reserve(ctx context.Context, reports []track.Report) (bytes int64, err error) {
	if bytes = weigh(reports); bytes > r.c.QueueBytes {
		return 0, layers.InputErrorf("", "%d reports at once are more than the history can take", len(reports))
	}
	if !r.room.TryAcquire(bytes) {
		waiting, cancel := context.WithTimeout(ctx, r.c.Wait)
		defer cancel()
		if err := r.room.Acquire(waiting, bytes); err != nil {
			if ctx.Err() == nil {
				return 0, fmt.Errorf("%w: the history of %d reports finds no room", layers.ErrBusy, len(reports))
			}
			return 0, fmt.Errorf("wait to record reports: %w", err)
		}
	}
	r.queued.Add(bytes)
	return bytes, nil
}

// weigh is the memory of reports in bytes, about.
func weigh(reports []track.Report) int64 {
	sum := int64(len(reports)) * fixBytes
	for i := range reports {
		sum += int64(len(reports[i].Key))
		for _, v := range reports[i].Fields {
			sum += fixBytes / 8
			if s, ok := v.(string); ok {
				sum += int64(len(s))
			}
		}
	}
	return sum
}

func (r *Recorder) release(bytes int64) {
	r.room.Release(bytes)
	r.queued.Add(-bytes)
}

// Add takes reports for which there is room, and gives back the rest of what was
// reserved. It does not wait.
func (r *Recorder) Add(d *track.Definition, reserved int64, accepted, late []track.Report) {
	r.release(reserved - weigh(accepted) - weigh(late))
	r.mu.Lock()
	for _, reports := range [][]track.Report{accepted, late} {
		for i := range reports {
			r.queue = append(r.queue, fix{d, reports[i]})
		}
	}
	full := len(r.queue) >= flushFixes
	r.mu.Unlock()
	if full {
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
}

// Run writes until ctx is done.
func (r *Recorder) Run(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	var rotated time.Time
	for {
		if time.Since(rotated) >= rotateEvery {
			rotated = time.Now()
			r.rotate(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-r.wake:
		}
		for r.flush(ctx) {
		}
	}
}

// Finish writes the rest, however long the database is away, until ctx is done. The
// error says how much is lost.
func (r *Recorder) Finish(ctx context.Context) error {
	if n := r.waiting(); n > flushFixes {
		r.c.Log.Info("writing the rest of the track history", "fixes", n)
	}
	for r.flush(ctx) {
	}
	if n := r.waiting(); n > 0 {
		return fmt.Errorf("write the last %d fixes of the track history: %w", n, context.Cause(ctx))
	}
	return nil
}

// waiting is how many fixes are to be written.
func (r *Recorder) waiting() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.queue)
}

// next is what is to be written next.
func (r *Recorder) next() []fix {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(len(r.queue), flushFixes)
	batch := r.queue[:n:n]
	if r.queue = r.queue[n:]; len(r.queue) == 0 {
		r.queue = nil
	}
	return batch
}

// flush writes a batch, however long the database is away; more says that others
// wait.
func (r *Recorder) flush(ctx context.Context) (more bool) {
	batch := r.next()
	if len(batch) == 0 {
		return false
	}
	for {
		err := r.write(ctx, batch)
		if err == nil {
			if r.failed {
				r.c.Log.Info("the track history goes on")
			}
			r.failed = false
			return len(batch) == flushFixes
		}
		if ctx.Err() != nil { // Finish writes the batch, or counts it
			r.mu.Lock()
			r.queue = append(batch, r.queue...)
			r.mu.Unlock()
			return false
		}
		if !r.failed {
			r.c.Log.Warn("the track history stands still", "error", err)
		}
		r.failed = true
		select {
		case <-ctx.Done():
		case <-time.After(retryAfter):
		}
	}
}

// write copies a batch into the table. What the database can never take is dropped,
// logged and counted: it would hold up all that comes after it.
func (r *Recorder) write(ctx context.Context, batch []fix) error {
	var b []byte
	_, err := r.store.pool.CopyFrom(ctx, pgx.Identifier{"yiping", "track"},
		[]string{"stream", "key", "t", "place", "s", "h", "st", "synthetic", "fields"},
		pgx.CopyFromSlice(len(batch), func(i int) ([]any, error) {
			f := &batch[i]
			var fields []byte // null without any
			if f.Fields != nil {
				b = f.d.AppendFields(b[:0], f.Fields)
				fields = b
			}
			var state *int16
			if f.d.Mover {
				n := int16(f.State)
				state = &n
			}
			place := pgtype.Point{P: pgtype.Vec2{X: f.Place[0], Y: f.Place[1]}, Valid: true}
			return []any{f.d.Name, f.Key, f.Time, place, number(f.Speed), number(f.Heading), state, f.Synthetic, fields}, nil
		}))
	var fault *pgconn.PgError
	switch {
	case err == nil:
		r.written.Add(int64(len(batch)))
	case errors.As(err, &fault) && fault.Code[:2] == "22": // data exception
		r.lost.Add(int64(len(batch)))
		r.c.Log.Error("track history is lost: the database cannot take it", "fixes", len(batch), "error", err)
	default:
		return err
	}
	var bytes int64
	for i := range batch {
		bytes += weigh([]track.Report{batch[i].Report})
	}
	r.release(bytes)
	return nil
}

// number is null if it is not known.
func number(v float64) pgtype.Float4 {
	return pgtype.Float4{Float32: float32(v), Valid: !math.IsNaN(v)}
}

func known(v pgtype.Float4) float64 {
	if !v.Valid {
		return math.NaN()
	}
	// As it was reported, not as the nearest float32 prints.
	return math.Round(float64(v.Float32)*100) / 100
}

// rotate makes the coming days and drops the old ones.
func (r *Recorder) rotate(ctx context.Context) {
	if _, err := r.store.pool.Exec(ctx, "SELECT yiping.rotate_tracks($1)", r.c.Keep); err != nil && ctx.Err() == nil {
		r.c.Log.Warn("the days of the track history stay as they are for now", "error", err)
	}
}

// RecorderStatus is what a Recorder has done.
type RecorderStatus struct {
	// Written and Lost count fixes.
	Written, Lost int64
	// QueuedBytes is the memory of what waits to be written, of at most QueueBytes.
	QueuedBytes int64
}

// Status is how the recorder is now.
func (r *Recorder) Status() RecorderStatus {
	return RecorderStatus{Written: r.written.Load(), Lost: r.lost.Load(), QueuedBytes: r.queued.Load()}
}
