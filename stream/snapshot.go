package stream

import (
	"strconv"
	"time"

	"yiping/geo"
	"yiping/layers/image"
)

// snapshot is rows on their way to a client, of one view, which stays in memory
// until the last is out.
type snapshot struct {
	*reader
	rows []image.Row
	// ends is where each part ends in rows, next the part to be sent.
	ends []int
	next int
}

// prepare takes what is there now: rows of a snapshot that is to be sent. It leaves
// the subscription as it is if they are too many.
func (c *conn) prepare(s *subscription) *RequestError {
	st := s.state
	st.mu.Lock()
	epoch, seq, position := st.epoch, st.seq, st.position
	s.news = news{}
	st.mu.Unlock()
	r, fault := s.reader(c.hub.Source.View(s.layer.Name)) // after the position: it has that at least
	if fault != nil {
		return fault
	}
	if !s.tiles {
		rows, more := r.members(s.maxObjects)
		if more {
			return faultf(TooMany, "more than %d objects; choose a smaller area, or filter", s.maxObjects)
		}
		s.members = make(map[int64]geo.Fixed, len(rows))
		for _, row := range rows {
			s.members[r.view.ID(row)] = r.view.Anchor(row)
		}
		s.snap = &snapshot{reader: r, rows: rows}
		c.buffer = s.snap.cut(c.buffer[:0])
	}
	s.epoch, s.at, s.position = epoch, seq, position
	s.gone, s.reply, s.moved = false, false, false
	s.slow = slowTiles{}
	s.marked = time.Now()
	return nil
}

// cut makes parts. It writes the rows for their sizes alone, into a buffer that it
// hands back.
func (s *snapshot) cut(b []byte) []byte {
	size := 0
	for i, row := range s.rows {
		b = s.append(b[:0], row)
		if size > 0 && size+len(b) > snapBytes {
			s.ends = append(s.ends, i)
			size = 0
		}
		size += len(b) + 1
	}
	s.ends = append(s.ends, len(s.rows))
	return b
}

// sendParts sends parts of the snapshot as long as there is credit.
func (c *conn) sendParts(s *subscription) {
	for s.snap != nil && c.credit.left() && !c.failed {
		n := s.snap
		first := 0
		if n.next > 0 {
			first = n.ends[n.next-1]
		}
		part := n.next + 1
		b := append(c.buffer[:0], `{"f":"snap","sid":`...)
		b = strconv.AppendUint(b, uint64(s.id), 10)
		b = append(append(append(b, `,"epoch":"`...), s.epoch...), `","cut":`...)
		b = strconv.AppendUint(b, s.at, 10)
		b = strconv.AppendInt(append(b, `,"part":`...), int64(part), 10)
		b = strconv.AppendInt(append(b, `,"of":`...), int64(len(n.ends)), 10)
		b = append(b, `,"lod":"objects","rows":[`...)
		for i, row := range n.rows[first:n.ends[n.next]] {
			if i > 0 {
				b = append(b, ',')
			}
			b = n.append(b, row)
		}
		c.buffer = append(b, "]}"...)
		c.write(c.buffer)
		c.credit.add(outstanding{sid: s.id, to: s.at, part: uint16(part), snap: true, bytes: len(c.buffer), flush: c.flushes, at: time.Now()})
		if n.next++; n.next == len(n.ends) {
			s.snap = nil
			s.urgent = true // the token comes with the first mark
		}
	}
}
