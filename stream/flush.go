package stream

import (
	"context"
	"maps"
	"slices"
	"time"

	"yiping/geo"
)

// flush sends what is due to all subscriptions.
func (c *conn) flush(ctx context.Context, now time.Time) {
	if c.failed || ctx.Err() != nil {
		return
	}
	c.reshape(ctx)
	c.flushEvents(ctx, now)
	for _, id := range slices.Sorted(maps.Keys(c.subs)) {
		if s := c.subs[id]; s.looks() && now.Sub(s.looked) >= c.hub.Pace.Views {
			c.serve(s, now)
		}
	}
	for _, s := range c.subs {
		c.relax(s, now)
	}
	if now.Sub(c.flushed) >= c.ladder.tick {
		c.tick(now)
	}
	c.climb(now)
	for _, id := range slices.Sorted(maps.Keys(c.subs)) {
		if s := c.subs[id]; s.urgent && s.snap == nil || now.Sub(s.marked) >= c.hub.Pace.Heartbeat {
			c.mark(s, now)
		}
	}
}

// tick sends the news of all subscriptions whose turn it is, if there is credit.
func (c *conn) tick(now time.Time) {
	if c.paused() {
		return
	}
	var busy []*subscription
	for _, id := range slices.Sorted(maps.Keys(c.subs)) {
		if s := c.subs[id]; s.busy(now) {
			busy = append(busy, s)
		}
	}
	if len(busy) == 0 {
		return
	}
	c.flushed = now
	c.flushes++
	c.ladder.ticked(c.credit.left(), now)
	together := false
	for _, s := range busy {
		if !c.credit.left() || c.failed {
			break
		}
		if s.snap != nil {
			c.sendParts(s)
			continue
		}
		together = c.flushOne(s, now) && s.sync || together
	}
	if together {
		c.send(tickFrame{"tick", c.flushes})
	}
}

// busy reports whether the subscription has something to send.
func (s *subscription) busy(now time.Time) bool {
	return s.snap != nil || !now.Before(s.turn()) && (s.pending() || s.slow.due(now))
}

// turn is when the subscription may be flushed again.
func (s *subscription) turn() time.Time {
	return s.flushed.Add(time.Duration(float64(time.Second) / s.hz))
}

// pending reports whether there is news that the client has not been sent.
func (s *subscription) pending() bool {
	if s.snap != nil {
		return true
	}
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	return !s.news.empty() || s.reply || s.moved
}

// flushOne sends the news of a subscription, and reports whether there were any.
func (c *conn) flushOne(s *subscription, now time.Time) bool {
	st := s.state
	st.mu.Lock()
	n, seq, position := s.news, st.seq, st.position
	s.news = news{}
	st.mu.Unlock()
	s.flushed = now
	if !n.since.IsZero() {
		s.lag = max(s.lag, now.Sub(n.since))
	}
	switch {
	case n.reset != "":
		c.restart(s, n.reset)
		return true
	case n.overflow:
		c.restart(s, "size")
		return true
	case s.tiles:
		return c.flushTiles(s, n.tiles, place{seq, position}, now)
	}
	// Read after the position: the view has that at least.
	r, fault := s.reader(s.table.View())
	if fault != nil {
		c.restart(s, "epoch")
		return true
	}
	if s.tally != nil {
		return c.flushCells(s, r, n.keys, place{seq, position}, now)
	}
	d := s.changes(r, n.keys)
	if len(s.members) > s.maxObjects {
		c.restart(s, s.outgrown())
		return true
	}
	from := s.at
	s.position = position
	if d.empty() && !s.reply && !s.moved {
		return false // the next mark tells how far it is
	}
	s.at = seq
	c.sendDelta(s, s.batch(r, d.up, now), d, from, now)
	s.reply, s.moved, s.thin = false, false, s.lean // refill has all rows sent at once
	return true
}

// outgrown is why a subscription with too many rows begins anew.
func (s *subscription) outgrown() string {
	if s.shrinks() {
		return whyLOD
	}
	return "size"
}

// flushCells sends what has become of counts.
func (c *conn) flushCells(s *subscription, r *reader, keys map[int64]struct{}, to place, now time.Time) bool {
	s.tally.look(r, keys)
	if len(s.tally.cells) > c.hub.Limits.Counted || len(s.tally.counts) > c.hub.Limits.Rows {
		c.restart(s, "size")
		return true
	}
	up, leave := s.tally.news()
	from := s.at
	s.position = to.position
	if len(up) == 0 && len(leave) == 0 {
		return false
	}
	s.at = to.seq
	c.sendDelta(s, s.tally.batch(up, to.seq, now), delta{leave: leave}, from, now)
	return true
}

// mark tells how far a subscription is, with a token.
func (c *conn) mark(s *subscription, now time.Time) {
	st := s.state
	st.mu.Lock()
	if s.news.empty() && s.snap == nil && !s.reply && !s.moved && s.slow.empty() {
		s.at, s.position = st.seq, st.position
	}
	touched := st.touched
	st.mu.Unlock()
	idle := time.Duration(0)
	if !touched.IsZero() {
		idle = now.Sub(touched)
	}
	rung, why := c.ladder.degraded()
	hz := min(s.hz, float64(time.Second)/float64(c.ladder.tick))
	if c.paused() {
		hz = 0
	}
	c.send(markFrame{
		F: "mark", SID: s.id, Epoch: s.epoch, Seq: s.at, Now: now.UnixMilli(),
		Lag: s.lag.Milliseconds(), Idle: idle.Milliseconds(),
		Hz: hz, LOD: s.lod.String(), Degraded: rung, Why: why, Token: s.token(c.hub.tokens),
	})
	s.marked, s.urgent, s.lag = now, false, 0
	if s.share != nil {
		s.share.expire(now)
	}
}

// place is somewhere in a stream, and in the source's history.
type place struct {
	seq      uint64
	position string
}

// anchors are where keys are.
type anchors = map[int64]geo.Fixed
