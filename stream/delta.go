package stream

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"yiping/layers/image"
)

// delta is what a client has to do to have what the server has.
type delta struct {
	up         []image.Row
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
			if s.members != nil {
				s.members[id] = r.view.Anchor(row)
			}
			continue
		}
		if _, held := s.members[id]; !held && !s.gone {
			continue
		}
		delete(s.members, id)
		if there {
			d.leave = append(d.leave, id)
		} else {
			d.del = append(d.del, id)
		}
	}
	if s.gone { // from now on it is known
		rows, _ := r.members(s.maxObjects + 1)
		s.members = make(anchors, len(rows))
		for _, row := range rows {
			s.members[r.view.ID(row)] = r.view.Anchor(row)
		}
		s.gone = false
	}
	return d
}

// sendDelta sends a delta in parts; the last has the keys that leave.
func (c *conn) sendDelta(s *subscription, r *reader, d delta, from uint64) {
	var parts [][]byte
	rows := make([]byte, 0, 1<<10)
	for _, row := range d.up {
		if len(rows) > deltaBytes {
			parts = append(parts, rows)
			rows = nil
		}
		if len(rows) > 0 {
			rows = append(rows, ',')
		}
		rows = r.append(rows, row)
	}
	parts = append(parts, rows)
	for i, rows := range parts {
		b := append(c.buffer[:0], `{"f":"delta","sid":`...)
		b = strconv.AppendUint(b, uint64(s.id), 10)
		b = strconv.AppendUint(append(b, `,"from":`...), from, 10)
		b = strconv.AppendUint(append(b, `,"to":`...), s.at, 10)
		b = strconv.AppendUint(append(b, `,"tick":`...), uint64(c.flushes), 10)
		if len(parts) > 1 {
			b = strconv.AppendInt(append(b, `,"part":`...), int64(i+1), 10)
			b = strconv.AppendInt(append(b, `,"of":`...), int64(len(parts)), 10)
		}
		if box := s.area.bbox(); s.moved && box != nil {
			b = append(b, `,"bbox":[`...)
			for j, v := range box {
				if j > 0 {
					b = append(b, ',')
				}
				b = strconv.AppendFloat(b, v, 'f', -1, 64)
			}
			b = append(b, ']')
		}
		b = append(append(append(b, `,"up":[`...), rows...), ']')
		var leave, del []int64
		if i == len(parts)-1 {
			leave, del = d.leave, d.del
		}
		b = appendKeys(appendKeys(b, "leave", leave), "del", del)
		c.buffer = append(b, '}')
		c.write(c.buffer)
		c.credit.add(outstanding{sid: s.id, to: s.at, bytes: len(c.buffer), flush: c.flushes, at: time.Now()})
	}
}
