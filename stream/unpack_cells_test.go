package stream_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"yiping/geo/cell"
)

// cells are the columns of a binary frame of a stream with schema 2.
type cells struct {
	header
	bbox           [4]int32
	up, leave, del []cell.Cell
	metrics        [][]float32
}

// parseCells reads a binary frame, of which every byte must have its place.
func parseCells(data []byte) (m cells, err error) {
	r := bytes.NewReader(data)
	read := func(v any) { err = errors.Join(err, binary.Read(r, binary.LittleEndian, v)) }
	read(&m.header)
	if err == nil && (m.Magic != 0x4C || m.Version != 1 || m.Kind < 1 || m.Kind > 2 || m.Schema != 2 || m.Zero != 0 || m.Names != 0) {
		return m, fmt.Errorf("header %+v", m.header)
	}
	if 8*(int(m.Up)+int(m.Leave)+int(m.Del)) > len(data) {
		return m, fmt.Errorf("%d bytes cannot hold %+v", len(data), m.header)
	}
	if m.Flags&1 != 0 {
		read(&m.bbox)
	}
	halves := func(n uint32) []cell.Cell {
		low, high, all := make([]uint32, n), make([]uint32, n), make([]cell.Cell, n)
		read(low)
		read(high)
		for i := range all {
			all[i] = cell.Cell(high[i])<<32 | cell.Cell(low[i])
		}
		return all
	}
	m.up = halves(m.Up)
	for range m.Metrics {
		column := make([]float32, m.Up)
		read(column)
		m.metrics = append(m.metrics, column)
	}
	m.leave, m.del = halves(m.Leave), halves(m.Del)
	if err == nil && r.Len() > 0 {
		err = fmt.Errorf("%d bytes are left over", r.Len())
	}
	return m, err
}

// unpackCells makes a frame of a binary one of cells, as if it had come as text. The
// lock is held.
func (c *client) unpackCells(data []byte) frame {
	m, err := parseCells(data)
	if err != nil || m.Metrics != 2 {
		c.t.Errorf("%v in %x", err, data)
		return frame{}
	}
	f := frame{F: "delta", SID: &m.SID, From: m.From, To: m.To, Cut: m.To, Part: int(m.Part), Of: int(m.Of), LOD: fmt.Sprintf("h3:%d", m.Resolution)}
	if h := c.subs[m.SID]; h != nil && m.Kind == 1 {
		f.F, f.Epoch = "snap", h.epoch
	}
	if m.Flags&1 != 0 {
		f.BBox = &[4]float64{}
		for i, v := range m.bbox {
			f.BBox[i] = float64(v) / 1e7
		}
	}
	for i, id := range m.up {
		p, n := place(id.Center()), m.metrics[0][i]
		if !id.Valid() || id.Resolution() != int(m.Resolution) || n != m.metrics[1][i] || n != float32(int(n)) {
			c.t.Errorf("subscription %d: cell %x of resolution %d has %v", m.SID, uint64(id), m.Resolution, n)
		}
		r := row{K: id.String(), Ver: math.MaxUint64, Lon: p[0], Lat: p[1], N: int(n)}
		f.Rows, f.Up = append(f.Rows, r), append(f.Up, r)
	}
	for _, id := range m.leave {
		f.Leave = append(f.Leave, id.String())
	}
	for _, id := range m.del {
		f.Del = append(f.Del, id.String())
	}
	return f
}
