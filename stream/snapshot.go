package stream

import (
	"maps"
	"slices"
	"time"
)

// snapshot is rows on their way to a client, of one view, which stays in memory
// until the last is out.
type snapshot struct {
	batch
	// ends is where each part ends, next the part to be sent.
	ends []int
	next int
}

func newSnapshot(b batch) *snapshot { return &snapshot{batch: b, ends: b.cut(snapBytes)} }

// prepare takes what is there now: rows of a snapshot that is to be sent. Cells are
// those of the camera's resolution, or of the next coarser one of which there are not
// too many.
func (c *conn) prepare(s *subscription) *RequestError {
	if s.levels == nil {
		return c.take(s)
	}
	for l := s.resolution(); ; l-- {
		s.refocus(l)
		if fault := c.take(s); fault == nil || fault.Code != TooMany || !s.shrinks() {
			return fault
		}
	}
}

// refocus has a subscription read the cells of a resolution, and told of those alone.
func (s *subscription) refocus(l lod) {
	next := *s.query
	next.focus(l)
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.query = &next
}

// take takes what is there now. It leaves the subscription as it is, but for the news,
// if that is too much.
func (c *conn) take(s *subscription) *RequestError {
	st := s.state
	st.mu.Lock()
	epoch, seq, position := st.epoch, st.seq, st.position
	s.news = news{}
	st.mu.Unlock()
	r, fault := s.reader(s.table.View()) // after the position: it has that at least
	if fault != nil {
		return fault
	}
	if !s.tiles {
		if fault := c.fill(s, r, seq); fault != nil {
			return fault
		}
	}
	s.epoch, s.at, s.position = epoch, seq, position
	s.reply, s.moved, s.thin = false, false, s.lean
	s.slow, s.unnamed = slowTiles{}, 0
	s.marked = time.Now()
	return nil
}

// fill makes the snapshot: rows, or counts by cell where that is wanted, or where
// rows are too many.
func (c *conn) fill(s *subscription, r *reader, seq uint64) *RequestError {
	now := time.Now()
	s.fewSince = time.Time{}
	if s.levels != nil || s.level == objects || s.level == auto && (!s.counts() || c.ladder.rung() < aggregate) {
		rows, more := r.members(s.maxObjects)
		if !more {
			s.lod, s.tally, s.named = s.detail, nil, map[uint32]struct{}{}
			s.hold(r, rows)
			s.snap = newSnapshot(s.batch(r, rows, now))
			return nil
		}
		if !s.counts() {
			return faultf(TooMany, "more than %d objects; choose a smaller area, or filter", s.maxObjects)
		}
	}
	t, fault := r.count(s.resolution(), &c.hub.Limits)
	if fault != nil {
		return fault
	}
	s.lod, s.tally, s.members = t.lod, t, nil
	s.snap = newSnapshot(t.batch(slices.Sorted(maps.Keys(t.counts)), seq, now))
	return nil
}

// hold takes note of the rows that a client will have.
func (s *subscription) hold(r *reader, rows []Row) {
	s.members = make(anchors, len(rows))
	for _, row := range rows {
		s.members[r.view.ID(row)] = r.view.Anchor(row)
	}
}

// sendParts sends parts of the snapshot as long as there is credit.
func (c *conn) sendParts(s *subscription) {
	for s.snap != nil && c.credit.left() && !c.failed {
		h := head{snap: true, sid: s.id, epoch: s.epoch, from: s.at, to: s.at, lod: s.lod}
		size := c.writePart(s.snap, &h)
		c.credit.add(outstanding{sid: s.id, to: s.at, part: uint16(h.part), snap: true, bytes: size, flush: c.flushes, at: time.Now()})
		if s.snap.next == len(s.snap.ends) {
			s.snap = nil
			s.urgent = true // the token comes with the first mark
		}
	}
}

// writePart writes the next part of a snapshot under a head that is completed, and
// returns its size in bytes.
func (c *conn) writePart(n *snapshot, h *head) int {
	first := 0
	if n.next > 0 {
		first = n.ends[n.next-1]
	}
	end := n.ends[n.next]
	n.next++
	h.part, h.of = n.next, len(n.ends)
	return c.writeBatch(n.batch, h, first, end)
}
