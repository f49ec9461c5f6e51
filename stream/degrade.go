package stream

import "time"

// climb takes the ladder's next step, if it is time to.
func (c *conn) climb(now time.Time) {
	if c.idle() {
		c.ladder.rested(now)
	}
	before := c.ladder.rung()
	if !c.ladder.step(now) {
		return
	}
	for _, s := range c.subs {
		s.urgent = true
		c.shift(s, before, c.ladder.rung())
	}
}

// paused reports whether STATE waits.
func (c *conn) paused() bool { return c.ladder.rung() >= events }

// idle reports whether the client owes nothing, and is owed nothing that it could
// get now.
func (c *conn) idle() bool {
	if len(c.credit.sent) > 0 {
		return false
	}
	for _, s := range c.subs {
		if !c.paused() && s.pending() {
			return false
		}
	}
	return true
}

// shift has a subscription follow its connection from one rung to another.
func (c *conn) shift(s *subscription, before, now rung) {
	if s.tiles {
		return
	}
	if s.setLean(now); s.thin && !s.lean {
		s.refill()
	}
	if s.counts() && (before >= aggregate) != (now >= aggregate) {
		c.restart(s, whyLOD)
	}
}

// setLean says which fields rows are sent with on a rung.
func (s *subscription) setLean(now rung) {
	s.lean = now >= lean && len(s.about.Lean) > 0 && !s.bin
	s.thin = s.thin || s.lean
}

// refill has all rows sent again.
func (s *subscription) refill() {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	for id := range s.members {
		s.news.key(id)
	}
}

// enough is the share of max_objects below which rows are sent again.
const enough = 0.8

// refine sends finer cells again, of those that the camera asks for, once they are few
// enough.
func (c *conn) refine(s *subscription, now time.Time) {
	if s.detail == s.resolution() || s.snap != nil || now.Sub(s.tried) < c.hub.Pace.Calm {
		return
	}
	s.tried = now
	next := *s.query
	next.focus(s.detail + 1)
	r, fault := next.reader(next.table.View())
	if fault != nil {
		return // a flush will see it as well
	}
	if _, more := r.members(int(enough * float64(s.maxObjects))); !more {
		c.restart(s, whyLOD)
	}
}

// relax sends rows again instead of counts once they have been few for a while.
func (c *conn) relax(s *subscription, now time.Time) {
	switch {
	case s.levels != nil:
		c.refine(s, now)
	case s.tally == nil || !s.counts() || s.snap != nil || c.ladder.rung() >= aggregate:
	case float64(len(s.tally.cells)) > enough*float64(s.maxObjects):
		s.fewSince = time.Time{}
	case s.fewSince.IsZero():
		s.fewSince = now
	case now.Sub(s.fewSince) >= c.hub.Pace.Calm:
		c.restart(s, whyLOD)
	}
}
