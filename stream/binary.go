package stream

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/gorilla/websocket"
)

// A binary frame is little endian: a header of 64 bytes, the bbox if it has changed,
// then columns, each beginning at a multiple of 4. docs/live.md has the layout.
const (
	binaryMagic   = 0x4C
	binaryVersion = 1
	binarySnap    = 1
	binaryDelta   = 2
	schemaMovers  = 1
	schemaCells   = 2
	binaryHeader  = 64
	flagBBox      = 1
	// moverBytes is the size of a mover, in all columns.
	moverBytes = 4 + 4 + 4 + 2 + 2 + 2 + 1
	// nameBytes is the size of a name without its text, maxName that of a text.
	nameBytes = 4 + 1
	maxName   = 255
	// oldest and unknown are ages, in 0.1 s.
	oldest, unknown = 65534, 65535
	// synthetic is set in the state of what nobody has measured.
	synthetic = 0x80
)

// moverBatch is rows with schema 1.
type moverBatch struct {
	view Movers
	rows []Row
	// name says which of the rows tell their key.
	name []bool
	now  time.Time
}

// newMoverBatch has those rows tell their key that are not in named, and puts them
// there.
func newMoverBatch(v Movers, rows []Row, named map[uint32]struct{}, now time.Time) *moverBatch {
	m := &moverBatch{view: v, rows: rows, name: make([]bool, len(rows)), now: now}
	for i, row := range rows {
		handle := uint32(v.ID(row))
		if _, ok := named[handle]; !ok {
			m.name[i] = true
			named[handle] = struct{}{}
		}
	}
	return m
}

func (m *moverBatch) content() *content { return &content{view: m.view, rows: m.rows, name: m.name} }

func (m *moverBatch) kind() int { return websocket.BinaryMessage }

func (m *moverBatch) cut(limit int) (ends []int) {
	size := 0
	for i, row := range m.rows {
		n := moverBytes
		if m.name[i] {
			n += nameBytes + len(m.view.Key(uint32(m.view.ID(row))))
		}
		if size > 0 && size+n > limit {
			ends = append(ends, i)
			size = 0
		}
		size += n
	}
	return append(ends, len(m.rows))
}

func (m *moverBatch) append(b []byte, h *head, first, end int) []byte {
	movers := make([]Mover, 0, end-first)
	var names []uint32
	for i := first; i < end; i++ {
		v := m.view.Mover(m.rows[i])
		movers = append(movers, v)
		if m.name[i] {
			names = append(names, v.Handle)
		}
	}
	start := len(b)
	b = h.appendBinary(b, m.now, packed{schema: schemaMovers, rows: len(movers), names: len(names)})
	column := func(put func(b []byte, v *Mover) []byte) {
		for i := range movers {
			b = put(b, &movers[i])
		}
		for (len(b)-start)%4 != 0 {
			b = append(b, 0)
		}
	}
	little := binary.LittleEndian
	column(func(b []byte, v *Mover) []byte { return little.AppendUint32(b, v.Handle) })
	column(func(b []byte, v *Mover) []byte { return little.AppendUint32(b, uint32(v.Lon)) })
	column(func(b []byte, v *Mover) []byte { return little.AppendUint32(b, uint32(v.Lat)) })
	column(func(b []byte, v *Mover) []byte { return little.AppendUint16(b, v.Speed) })
	column(func(b []byte, v *Mover) []byte { return little.AppendUint16(b, v.Heading) })
	column(func(b []byte, v *Mover) []byte { return little.AppendUint16(b, age(v.Time, m.now)) })
	column(func(b []byte, v *Mover) []byte {
		if v.Synthetic {
			return append(b, v.State|synthetic)
		}
		return append(b, v.State)
	})
	for _, ids := range [][]int64{h.leave, h.del} {
		for _, id := range ids {
			b = little.AppendUint32(b, uint32(id))
		}
	}
	for _, handle := range names {
		key := m.view.Key(handle)
		key = key[:min(len(key), maxName)]
		b = append(append(little.AppendUint32(b, handle), byte(len(key))), key...)
	}
	return b
}

// packed is what the header of a binary frame says of its columns.
type packed struct {
	schema               byte
	rows, names, metrics int
}

// appendBinary writes the header, and the bbox if it has changed.
func (h *head) appendBinary(b []byte, now time.Time, p packed) []byte {
	kind, flags := byte(binaryDelta), byte(0)
	if h.snap {
		kind = binarySnap
	}
	if h.bbox != nil {
		flags |= flagBBox
	}
	little := binary.LittleEndian
	b = append(b, binaryMagic, binaryVersion, kind, p.schema)
	b = little.AppendUint32(b, h.sid)
	b = little.AppendUint64(b, h.from)
	b = little.AppendUint64(b, h.to)
	b = little.AppendUint64(b, uint64(now.UnixMilli()))
	b = little.AppendUint32(b, h.tick)
	b = little.AppendUint16(b, uint16(h.part))
	b = little.AppendUint16(b, uint16(h.of))
	for _, n := range []int{p.rows, len(h.leave), len(h.del), p.names} {
		b = little.AppendUint32(b, uint32(n))
	}
	b = append(b, byte(h.lod), flags)
	b = little.AppendUint16(b, uint16(p.metrics))
	b = little.AppendUint32(b, 0)
	if h.bbox != nil {
		for _, v := range h.bbox {
			b = little.AppendUint32(b, uint32(int32(math.Round(v*1e7))))
		}
	}
	return b
}

// age is how long ago something was, in 0.1 s.
func age(t, now time.Time) uint16 {
	if t.IsZero() {
		return unknown
	}
	return uint16(min(max(now.Sub(t)/(100*time.Millisecond), 0), oldest))
}
