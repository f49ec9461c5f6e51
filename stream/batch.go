package stream

import (
	"strconv"

	"github.com/gorilla/websocket"
)

// batch is the rows of a snapshot or a delta, in the order that they are sent.
type batch interface {
	// cut says where each part ends that shall not be larger than limit bytes;
	// there is at least one part.
	cut(limit int) []int
	// append writes the frame with the rows first…end-1.
	append(b []byte, h *head, first, end int) []byte
	// kind is that of the message for its frames, as package websocket has it.
	kind() int
	content() *content
}

// head is what a frame of rows says beside them.
type head struct {
	snap     bool
	sid      uint32
	epoch    string
	from, to uint64 // of a snapshot, both are the cut
	tick     uint32
	part, of int
	lod      lod
	// bbox is told if it has changed.
	bbox       *[4]float64
	leave, del []int64
}

// textBatch is rows as JSON.
type textBatch struct {
	rows  int
	write func(b []byte, i int) []byte
	// key writes the key of an id.
	key func(b []byte, id int64) []byte
	// text is all rows if they are kept, each of which begins at one of lines.
	text  []byte
	lines []int
	holds content
}

// keep writes all rows into a buffer now, which must not be used for anything else
// until the frames are written, so that each is written once.
func (t *textBatch) keep(b []byte) *textBatch {
	t.text, t.lines = b[:0], make([]int, 0, t.rows+1)
	for i := range t.rows {
		t.lines = append(t.lines, len(t.text))
		t.text = t.write(t.text, i)
	}
	t.lines = append(t.lines, len(t.text))
	return t
}

func (t *textBatch) row(b []byte, i int) []byte {
	if t.lines != nil {
		return append(b, t.text[t.lines[i]:t.lines[i+1]]...)
	}
	return t.write(b, i)
}

func (t *textBatch) content() *content { return &t.holds }

func (t *textBatch) kind() int { return websocket.TextMessage }

func (t *textBatch) cut(limit int) (ends []int) {
	var b []byte
	size := 0
	for i := range t.rows {
		n := 0
		if t.lines != nil {
			n = t.lines[i+1] - t.lines[i]
		} else {
			b = t.write(b[:0], i)
			n = len(b)
		}
		if size > 0 && size+n > limit {
			ends = append(ends, i)
			size = 0
		}
		size += n + 1
	}
	return append(ends, t.rows)
}

func (t *textBatch) append(b []byte, h *head, first, end int) []byte {
	if h.snap {
		b = t.appendRows(h.appendSnap(b), "rows", first, end)
		return append(b, '}')
	}
	b = t.appendRows(h.appendDelta(b), "up", first, end)
	b = t.appendKeys(t.appendKeys(b, "leave", h.leave), "del", h.del)
	return append(b, '}')
}

// appendSnap begins a frame snap.
func (h *head) appendSnap(b []byte) []byte {
	b = strconv.AppendUint(append(b, `{"f":"snap","sid":`...), uint64(h.sid), 10)
	b = append(append(append(b, `,"epoch":"`...), h.epoch...), `","cut":`...)
	b = strconv.AppendUint(b, h.to, 10)
	b = strconv.AppendInt(append(b, `,"part":`...), int64(h.part), 10)
	b = strconv.AppendInt(append(b, `,"of":`...), int64(h.of), 10)
	return append(append(append(b, `,"lod":"`...), h.lod.String()...), '"')
}

// appendDelta begins a frame delta.
func (h *head) appendDelta(b []byte) []byte {
	b = strconv.AppendUint(append(b, `{"f":"delta","sid":`...), uint64(h.sid), 10)
	b = strconv.AppendUint(append(b, `,"from":`...), h.from, 10)
	b = strconv.AppendUint(append(b, `,"to":`...), h.to, 10)
	b = strconv.AppendUint(append(b, `,"tick":`...), uint64(h.tick), 10)
	if h.of > 1 {
		b = strconv.AppendInt(append(b, `,"part":`...), int64(h.part), 10)
		b = strconv.AppendInt(append(b, `,"of":`...), int64(h.of), 10)
	}
	if h.bbox == nil {
		return b
	}
	b = append(b, `,"bbox":[`...)
	for i, v := range h.bbox {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, v, 'f', -1, 64)
	}
	return append(b, ']')
}

func (t *textBatch) appendRows(b []byte, name string, first, end int) []byte {
	b = append(append(append(b, `,"`...), name...), `":[`...)
	for i := first; i < end; i++ {
		if i > first {
			b = append(b, ',')
		}
		b = t.row(b, i)
	}
	return append(b, ']')
}

func (t *textBatch) appendKeys(b []byte, name string, ids []int64) []byte {
	b = append(append(append(b, `,"`...), name...), `":[`...)
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = t.key(b, id)
	}
	return append(b, ']')
}
