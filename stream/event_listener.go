package stream

import (
	"context"
	"errors"
	"slices"
	"time"
)

// listener is a subscription of an EVENT stream. It keeps no queue but a place in the
// stream, from which the tail or the log tells what comes next. It belongs to the
// connection's goroutine.
type listener struct {
	*query
	id    uint32
	tail  *tail
	sieve *sieve
	epoch string
	// at is how far the stream was looked at, position the same place in the log.
	at       uint64
	position string
	// told is what the client knows to be at.
	told   uint64
	snap   *snapshot
	marked time.Time
	// urgent asks for a mark at once, lag is the greatest since the last.
	urgent bool
	lag    time.Duration
	// retry is when the log may be asked again after a fault; zero without one.
	retry time.Time
}

// eventTimeout bounds a question to a log. The connection waits for the answer.
const eventTimeout = 5 * time.Second

// readLog checks a sub of an EVENT stream.
func (l *Limits) readLog(r *request, log Log, shapes Shapes) (*query, *RequestError) {
	q := &query{about: log.Describe(), shapes: shapes, hz: maxHz, zoom: -1, maxObjects: l.Rows}
	for _, step := range []func(*request) *RequestError{q.readWords, q.readLOD, q.readNumbers, q.readFields} {
		if fault := step(r); fault != nil {
			return nil, fault
		}
	}
	if q.tiles || r.View || r.Enc == "bin" || q.level < auto {
		return nil, faultf(BadFrame, "as, view, enc, lod: an EVENT stream has events alone")
	}
	q.level = objects
	if fault := q.readArea(r, l); fault != nil {
		return nil, fault
	}
	return q, q.readWhere(r, l)
}

// listen begins a subscription of an EVENT stream.
func (c *conn) listen(ctx context.Context, r *request, t *tail) *RequestError {
	q, fault := c.hub.Limits.readLog(r, t.log, c.hub.Shapes)
	if fault != nil {
		return fault
	}
	sieve, err := newSieve(q)
	if err != nil {
		return faultf(BadWhere, "where: %v", err)
	}
	for _, other := range c.listeners {
		if other.form() == q.form() {
			return faultf(Duplicate, "subscription %d is the same", other.id)
		}
	}
	l := &listener{query: q, tail: t, sieve: sieve}
	if fault := c.attend(l); fault != nil {
		return fault
	}
	why := ""
	if r.Resume != "" {
		why, fault = c.goOn(ctx, l, r.Resume)
	}
	if fault == nil && (r.Resume == "" && !q.silent || why != "") {
		fault = l.open(ctx)
	}
	if fault != nil {
		c.ignore(l)
		return fault
	}
	l.id, l.told = c.hub.nextSID(), l.at
	c.listeners[l.id] = l
	c.send(accepted{F: "ok", Ref: *r.Ref, SID: l.id, Epoch: l.epoch, Seq: l.at, Resumed: r.Resume != "" && why == "", LOD: "objects", BBox: l.area.bbox()})
	if why != "" {
		c.send(resetFrame{F: "reset", SID: l.id, Epoch: l.epoch, Why: why})
	}
	return nil
}

// attend puts a listener at the end of its stream, and has it woken from now on.
func (c *conn) attend(l *listener) *RequestError {
	t := l.tail
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.position == "" {
		return &RequestError{Code: Unavailable, Msg: "the stream waits for the database", Retry: 2 * time.Second}
	}
	t.listeners[l] = c
	l.epoch, l.at, l.position, l.marked = t.epoch, t.seq, t.position, time.Now()
	return nil
}

// ignore undoes attend.
func (c *conn) ignore(l *listener) {
	l.tail.mu.Lock()
	defer l.tail.mu.Unlock()
	delete(l.tail.listeners, l)
}

// endListener forgets a subscription.
func (c *conn) endListener(l *listener) {
	now := time.Now()
	c.ignore(l)
	delete(c.listeners, l.id)
	c.credit.forget(l.id, now)
	c.lonely = now
}

// goOn puts a listener back to where a token was made; why says that it cannot be.
func (c *conn) goOn(ctx context.Context, l *listener, token string) (why string, fault *RequestError) {
	at, why := c.hub.tokens.standing(l.about.class(), token, l.form(), time.Now())
	if why == "" && at.shape != l.area.digest() {
		why = whyArea
	}
	if why != "" {
		return why, nil
	}
	ctx, cancel := context.WithTimeout(ctx, eventTimeout)
	defer cancel()
	missed, err := l.tail.log.Count(ctx, at.position, l.position, maxReplay+1)
	switch {
	case errors.Is(err, ErrExpired), err == nil && missed > maxReplay:
		return whyExpired, nil
	case err != nil:
		return "", unreadable()
	case missed > 0: // if none, this replica may know less than the one of the token
		l.at, l.position = l.at-uint64(missed), at.position
	}
	l.urgent = true
	return "", nil
}

// open prepares a snapshot of the open items. It has at least all up to l.at.
func (l *listener) open(ctx context.Context) *RequestError {
	ctx, cancel := context.WithTimeout(ctx, eventTimeout)
	defer cancel()
	events, err := l.tail.log.Open(ctx, l.area.bound.Pad(rounding), l.maxObjects+1)
	if err != nil {
		return unreadable()
	}
	if len(events) > l.maxObjects {
		return faultf(TooMany, "more than %d open items; choose a smaller area", l.maxObjects)
	}
	events = slices.DeleteFunc(events, func(e Event) bool { return !l.sieve.after(&e) })
	write := func(b []byte, i int) []byte { return l.appendItem(b, &events[i]) }
	l.snap = newSnapshot(&textBatch{rows: len(events), write: write})
	return nil
}

// reopen has a listener begin anew.
func (c *conn) reopen(ctx context.Context, l *listener, why string) {
	fault := c.attend(l)
	if fault == nil {
		fault = l.open(ctx)
	}
	c.send(resetFrame{F: "reset", SID: l.id, Epoch: l.epoch, Why: why})
	if fault != nil {
		c.refuse(nil, &l.id, fault)
		c.endListener(l)
		return
	}
	l.told = l.at
}

func unreadable() *RequestError {
	return &RequestError{Code: Unavailable, Msg: "the events cannot be read now", Retry: 2 * time.Second}
}

// token is for what the client has; empty while it has nothing whole.
func (l *listener) token(t signer) string {
	if l.snap != nil {
		return ""
	}
	return t.token(l.about.class(), l.form(), standing{lod: objects, shape: l.area.digest(), position: l.position}, time.Now())
}
