package stream

import "time"

// credit is what a connection has sent and its client has not acknowledged.
type credit struct {
	sent  []outstanding
	bytes int
	// events is what EVENT streams have of bytes.
	events int
	// since is when something became outstanding, or was last acknowledged.
	since time.Time
}

// outstanding is one data frame.
type outstanding struct {
	sid   uint32
	to    uint64
	part  uint16
	snap  bool
	event bool
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
	if o.event {
		c.events += o.bytes
	}
}

// left reports whether more may be sent.
func (c *credit) left() bool {
	return c.bytes < unackedBytes && c.flushes() < unackedFlushes
}

// eventsLeft reports whether more of EVENT streams may be sent: they have credit of
// their own beside that of all.
func (c *credit) eventsLeft() bool { return c.events < unackedEvents || c.left() }

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
		if o.event {
			c.events -= o.bytes
		}
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
