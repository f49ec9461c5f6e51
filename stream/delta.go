package stream

import (
	"maps"
	"slices"
	"time"
)

// delta is what a client has to do to have what the server has.
type delta struct {
	up         []Row
	leave, del []int64
}

func (d *delta) empty() bool { return len(d.up) == 0 && len(d.leave) == 0 && len(d.del) == 0 }

// changes looks what has become of keys, and takes note of what the client will
// hold then.
func (s *subscription) changes(r *reader, keys map[int64]struct{}) delta {
	var d delta
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		row, there := r.view.Find(id)
		if there && r.takes(row) {
			d.up = append(d.up, row)
			s.members[id] = r.view.Anchor(row)
			continue
		}
		if _, held := s.members[id]; !held {
			continue
		}
		delete(s.members, id)
		if there {
			d.leave = append(d.leave, id)
		} else {
			d.del = append(d.del, id)
		}
	}
	return d
}

// sendDelta sends a delta in parts; the last has the keys that leave.
func (c *conn) sendDelta(s *subscription, b batch, d delta, from uint64, now time.Time) {
	h := head{sid: s.id, epoch: s.epoch, from: from, to: s.at, tick: c.flushes, lod: s.lod}
	if s.share != nil && s.share.users.Load() > 1 && !s.sync && c.ws != nil {
		h.tick = 0 // it is of one connection
		for _, p := range s.share.parts(c.hub, b, &h, d) {
			c.writePrepared(p)
			c.credit.add(outstanding{sid: s.id, to: s.at, bytes: p.size, flush: c.flushes, at: now})
		}
		return
	}
	if s.moved {
		h.bbox = s.area.bbox()
	}
	c.hub.eachPart(b, &h, d, func(first, end int) {
		size := c.writeBatch(b, &h, first, end)
		c.credit.add(outstanding{sid: s.id, to: s.at, bytes: size, flush: c.flushes, at: now})
	})
}

// eachPart visits the parts of a delta, with the head of each.
func (h *Hub) eachPart(b batch, of *head, d delta, visit func(first, end int)) {
	if t, ok := b.(*textBatch); ok {
		buffer := h.buffer()
		defer h.release(buffer)
		*buffer = t.keep(*buffer).text
	}
	ends, first := b.cut(deltaBytes), 0
	of.of = len(ends)
	for i, end := range ends {
		if of.part = i + 1; of.part == of.of {
			of.leave, of.del = d.leave, d.del
		}
		visit(first, end)
		first = end
	}
}
