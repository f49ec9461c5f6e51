package stream

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/gorilla/websocket"
)

// replayBatch is how many events are read from a log at once.
const replayBatch = 500

// flushEvents sends all listeners what has happened. Events do not wait for a tick.
func (c *conn) flushEvents(ctx context.Context, now time.Time) {
	for _, id := range slices.Sorted(maps.Keys(c.listeners)) {
		l := c.listeners[id]
		if l.snap != nil {
			c.sendItems(l)
		}
		if l.snap == nil && !c.failed {
			c.tell(ctx, l, now)
		}
		if c.listeners[id] != nil && (l.urgent && l.snap == nil || now.Sub(l.marked) >= c.hub.Pace.Heartbeat) {
			c.markEvents(l, now)
		}
	}
}

// tell sends what comes next, as far as there is credit. What the tail has forgotten
// it reads from the log, a batch each time.
func (c *conn) tell(ctx context.Context, l *listener, now time.Time) {
	t := l.tail
	t.mu.Lock()
	epoch := t.epoch
	next, known := t.after(l.at)
	t.mu.Unlock()
	if epoch != l.epoch {
		c.reopen(ctx, l, whyEpoch)
		return
	}
	if !known {
		if now.Before(l.retry) || !c.credit.eventsLeft() {
			return
		}
		l.retry = time.Time{}
		ctx, cancel := context.WithTimeout(ctx, eventTimeout)
		defer cancel()
		var err error
		next, err = t.log.Since(ctx, l.position, replayBatch)
		switch {
		case errors.Is(err, ErrExpired):
			c.reopen(ctx, l, whyExpired)
			return
		case err != nil || len(next) == 0: // it must have what was announced
			l.retry = now.Add(unreadable().Retry)
			return
		}
		defer c.awake() // for the next batch, after what else there is to do
	}
	for i := range next {
		if !c.credit.eventsLeft() || c.failed {
			return
		}
		c.sendEvent(l, &next[i], now)
	}
}

// sendEvent sends one event if it is any of the subscription's business.
func (c *conn) sendEvent(l *listener, e *Event, now time.Time) {
	l.at++
	l.position = e.Position
	in := l.sieve.after(e)
	if !in && !l.sieve.before(e) {
		return
	}
	buffer := c.hub.buffer()
	defer c.hub.release(buffer)
	b := append(*buffer, `{"f":"event","sid":`...)
	b = strconv.AppendUint(b, uint64(l.id), 10)
	b = strconv.AppendUint(append(b, `,"prev":`...), l.told, 10)
	b = strconv.AppendUint(append(b, `,"seq":`...), l.at, 10)
	*buffer = append(l.appendEvent(append(b, ','), e, in), '}')
	c.write(websocket.TextMessage, *buffer)
	l.told = l.at
	l.lag = max(l.lag, now.Sub(e.Recorded))
	c.credit.add(outstanding{sid: l.id, to: l.at, event: true, bytes: len(*buffer), flush: c.flushes, at: now})
}

// sendItems sends parts of a snapshot as long as there is credit.
func (c *conn) sendItems(l *listener) {
	for l.snap != nil && c.credit.eventsLeft() && !c.failed {
		h := head{snap: true, sid: l.id, epoch: l.epoch, from: l.at, to: l.at, lod: objects}
		size := c.writePart(l.snap, &h)
		c.credit.add(outstanding{sid: l.id, to: l.at, part: uint16(h.part), snap: true, event: true, bytes: size, flush: c.flushes, at: time.Now()})
		if l.snap.next == len(l.snap.ends) {
			l.snap, l.urgent = nil, true // the token comes with the first mark
		}
	}
}

// markEvents tells how far a listener is, with a token.
func (c *conn) markEvents(l *listener, now time.Time) {
	l.tail.mu.Lock()
	touched := l.tail.touched
	l.tail.mu.Unlock()
	idle := time.Duration(0)
	if !touched.IsZero() {
		idle = now.Sub(touched)
	}
	if l.snap == nil {
		l.told = l.at
	}
	c.send(eventMark{
		F: "mark", SID: l.id, Epoch: l.epoch, Seq: l.told, Now: now.UnixMilli(),
		Lag: l.lag.Milliseconds(), Idle: idle.Milliseconds(), Token: l.token(c.hub.tokens),
	})
	l.marked, l.urgent, l.lag = now, false, 0
}
