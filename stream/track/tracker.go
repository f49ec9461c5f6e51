package track

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/stream"
)

// Config is what a Tracker works with.
type Config struct {
	// Applied is told of every change, in order, one call at a time. It must not call
	// Report or Replicate of the same tracker, and should not take long: reports wait.
	Applied func(Batch)
	// Recorder keeps the history of streams that have one; nil keeps none.
	Recorder Recorder
	// Now is the clock; time.Now without it.
	Now func() time.Time
}

// Recorder keeps reports.
type Recorder interface {
	// Reserve waits until there is room for reports, and says how much it took. The
	// error wraps layers.ErrBusy if that takes too long.
	Reserve(ctx context.Context, reports []Report) (bytes int64, err error)
	// Add takes reports for which there is room, and gives back the rest of what was
	// reserved. It does not wait.
	Add(d *Definition, reserved int64, accepted, late []Report)
}

// Batch is what one call has changed.
type Batch struct {
	Stream string
	// Applied are the reports that are the newest of their objects now.
	Applied []Applied
	// Touches are all rows that have changed, also by age.
	Touches []stream.Touch
	// Position is the stream's after them.
	Position string
	// Made is when they came.
	Made time.Time
	// Replicated says that they came from another replica, which has told others.
	Replicated bool
}

// Applied is a report that was applied.
type Applied struct {
	Report
	Handle uint32
	// Known says that the object was there before, at Was at the time WasTime.
	Known   bool
	Was     orb.Point
	WasTime time.Time
}

// Tracker is the state of one stream.
type Tracker struct {
	d       *Definition
	c       Config
	rows    *layers.Layer // as filters see them
	shape   stream.Description
	epoch   string
	filters filters

	// order is held while a call is applied and told of.
	order sync.Mutex
	// mu guards what follows.
	mu       sync.Mutex
	state    paged[row]
	grid     *grid
	handles  map[string]uint32
	suspects map[uint32]suspect
	past     past
	seq      uint64
	counts   counts
	// latest is the view of the state as it is; nil once that has changed.
	latest atomic.Pointer[view]
}

// New is the tracker of a stream, without objects.
func New(d *Definition, c Config) *Tracker {
	if c.Now == nil {
		c.Now = time.Now
	}
	var epoch [8]byte
	_, _ = rand.Read(epoch[:]) // it never fails
	rows := d.layer()
	return &Tracker{
		d: d, c: c, rows: rows, shape: d.describe(rows), epoch: hex.EncodeToString(epoch[:]), filters: newFilters(),
		grid: newGrid(), handles: map[string]uint32{}, suspects: map[uint32]suspect{},
		counts: newCounts(c.Now()),
	}
}

// Definition says what the stream is.
func (t *Tracker) Definition() *Definition { return t.d }

// Report takes reports that enter here. They are judged in their order, so that two
// of one object in one call are two fixes. An error wraps layers.ErrBusy and says that
// none was taken, because the history cannot follow.
func (t *Tracker) Report(ctx context.Context, reports []Report) (Outcome, error) {
	record := t.d.History && t.c.Recorder != nil
	var reserved int64
	if record {
		var err error
		if reserved, err = t.c.Recorder.Reserve(ctx, reports); err != nil {
			return Outcome{}, err
		}
	}
	t.order.Lock()
	defer t.order.Unlock()
	a := t.apply(reports, false)
	if record {
		fresh := make([]Report, len(a.batch.Applied))
		for i := range a.batch.Applied {
			fresh[i] = a.batch.Applied[i].Report
		}
		t.c.Recorder.Add(t.d, reserved, fresh, a.late)
	}
	t.tell(a.batch)
	return a.outcome, nil
}

// Replicate takes reports that another replica has accepted and recorded, or that the
// history has: those that are newer than what is known here.
func (t *Tracker) Replicate(reports []Report) Outcome {
	t.order.Lock()
	defer t.order.Unlock()
	a := t.apply(reports, true)
	t.tell(a.batch)
	return a.outcome
}

func (t *Tracker) tell(b Batch) {
	if t.c.Applied != nil && len(b.Touches) > 0 {
		t.c.Applied(b)
	}
}

// application is a call on its way.
type application struct {
	batch   Batch
	late    []Report
	outcome Outcome
}

func (t *Tracker) apply(reports []Report, replicated bool) application {
	now := t.c.Now()
	a := application{batch: Batch{
		Stream: t.d.Name, Made: now, Replicated: replicated,
		Applied: make([]Applied, 0, len(reports)), Touches: make([]stream.Touch, 0, len(reports)),
	}}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.latest.Store(nil)
	for i := range reports {
		t.take(&a, &reports[i], now)
	}
	a.batch.Position = t.position(t.seq)
	t.counts.add(&a.outcome, now)
	return a
}

// take judges a report and applies it.
func (t *Tracker) take(a *application, r *Report, now time.Time) {
	handle, known := t.handles[r.Key]
	var old *row
	if known {
		old = t.state.at(int(handle))
	}
	var v verdict
	var why *Rejection
	if a.batch.Replicated {
		v = newer(r, old, now.Sub(r.Time) > t.d.TTL)
	} else if v, why = t.judge(r, old, now); v == accepted && known {
		why = t.gate(handle, r, old)
	}
	if why == nil && v == accepted && !known && len(t.handles) >= t.d.MaxObjects {
		why = &Rejection{r.At, "the stream has as many objects as it may have", RuleFull}
	}
	switch {
	case why != nil:
		a.outcome.reject(*why)
		t.counts.rejected[why.Rule]++
	case v == duplicate:
		a.outcome.Duplicate++
	case v == late:
		a.outcome.Late++
		a.late = append(a.late, *r)
	default:
		a.outcome.Accepted++
		t.put(&a.batch, r, handle, known)
	}
}

// put makes a report the newest of its object.
func (t *Tracker) put(b *Batch, r *Report, handle uint32, known bool) {
	t.seq++
	if !known {
		handle = uint32(t.state.add())
		t.handles[r.Key] = handle
	}
	e := t.state.edit(int(handle))
	applied := Applied{Report: *r, Handle: handle, Known: known}
	touch := stream.Touch{ID: int64(handle), Was: known, Is: true}
	before := e.at
	if known {
		applied.Was, applied.WasTime = e.place(), time.UnixMilli(e.time)
		touch.Old = geo.FixedBox{Min: before, Max: before}
		if e.flags.has(stale) {
			t.counts.stale--
		}
	} else {
		e.key = r.Key
	}
	e.set(r, t.seq)
	applied.Place = e.place()
	touch.New = geo.FixedBox{Min: e.at, Max: e.at}
	t.counts.newest = max(t.counts.newest, e.time)
	switch from, to := cellAt(before), cellAt(e.at); {
	case !known:
		t.grid.add(handle, to)
	case from != to:
		t.grid.remove(handle, from)
		t.grid.add(handle, to)
		t.past.add(left{t.seq, b.Made.UnixMilli(), handle, from})
	}
	b.Applied = append(b.Applied, applied)
	b.Touches = append(b.Touches, touch)
}
