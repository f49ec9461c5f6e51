package stream

import "time"

// ladder slows a connection down that does not keep up, and speeds it up again.
type ladder struct {
	pace Pace
	tick time.Duration
	// troubled and healthy are since when, zero if it is not so.
	troubled, healthy time.Time
	// starved counts the ticks in a row that found no credit.
	starved int
}

func newLadder(p Pace) ladder { return ladder{pace: p, tick: p.Tick} }

// maxStarved is how many ticks in a row may find no credit.
const maxStarved = 3

// acked takes note of the time from sending to acknowledging.
func (l *ladder) acked(rtt time.Duration, now time.Time) {
	l.judge(rtt > 2*l.tick, rtt < l.tick, now)
}

// ticked takes note of a tick that had something to send.
func (l *ladder) ticked(credit bool, now time.Time) {
	if credit {
		l.starved = 0
		return
	}
	l.starved++
	l.judge(l.starved >= maxStarved, false, now)
}

func (l *ladder) judge(trouble, health bool, now time.Time) {
	switch {
	case trouble:
		l.healthy = time.Time{}
		if l.troubled.IsZero() {
			l.troubled = now
		}
	case health:
		l.troubled = time.Time{}
		if l.healthy.IsZero() {
			l.healthy = now
		}
	}
}

// step changes the tick if it is time to, and reports whether it has.
func (l *ladder) step(now time.Time) bool {
	before := l.tick
	switch {
	case !l.troubled.IsZero() && now.Sub(l.troubled) >= l.pace.Trouble:
		l.tick = min(2*l.tick, l.pace.SlowestTick)
		l.troubled = now
	case !l.healthy.IsZero() && now.Sub(l.healthy) >= l.pace.Health && l.tick > l.pace.Tick:
		// 2,000 ms is no doubling of 100 ms: the way down meets the way up.
		tick := l.pace.Tick
		for 2*tick < l.tick {
			tick *= 2
		}
		l.tick = tick
		l.healthy = now
	}
	return l.tick != before
}

// degraded is the rung, for mark.
func (l *ladder) degraded() (rung int, why []string) {
	if l.tick > l.pace.Tick {
		return 1, []string{"slow"}
	}
	return 0, []string{}
}

// credit is what a connection has sent and its client has not acknowledged.
type credit struct {
	sent  []outstanding
	bytes int
	// since is when something became outstanding, or was last acknowledged.
	since time.Time
}

// outstanding is one data frame.
type outstanding struct {
	sid   uint32
	to    uint64
	part  uint16
	snap  bool
	bytes int
	flush uint32
	at    time.Time
}

func (c *credit) add(o outstanding) {
	if len(c.sent) == 0 {
		c.since = o.at
	}
	c.sent = append(c.sent, o)
	c.bytes += o.bytes
}

// left reports whether more may be sent.
func (c *credit) left() bool {
	return c.bytes < unackedBytes && c.flushes() < unackedFlushes
}

func (c *credit) flushes() int {
	n := 0
	for i, o := range c.sent {
		if i == 0 || o.flush != c.sent[i-1].flush {
			n++
		}
	}
	return n
}

// release drops what an entry of an ack names, and tells when the newest of it was
// sent; ok is false if that was nothing.
func (c *credit) release(a []uint64, now time.Time) (at time.Time, ok bool) {
	kept := c.sent[:0]
	for _, o := range c.sent {
		done := uint64(o.sid) == a[0]
		if len(a) == 3 {
			done = done && o.snap && o.to == a[1] && uint64(o.part) <= a[2]
		} else {
			done = done && o.to <= a[1]
		}
		if !done {
			kept = append(kept, o)
			continue
		}
		at, ok = o.at, true
		c.bytes -= o.bytes
	}
	c.sent = kept
	if ok {
		c.since = now
	}
	return at, ok
}

// forget drops all of a subscription that has ended.
func (c *credit) forget(sid uint32, now time.Time) {
	_, _ = c.release([]uint64{uint64(sid), maxInteger}, now)
}
