package stream_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
)

// header is that of binary frames as docs/live.md has it, field by field.
type header struct {
	Magic, Version, Kind, Schema uint8
	SID                          uint32
	From, To, Now                uint64
	Tick                         uint32
	Part, Of                     uint16
	Up, Leave, Del, Names        uint32
	Resolution, Flags            uint8
	Metrics                      uint16
	Zero                         uint32
}

// movers are the columns of a binary frame.
type movers struct {
	header
	bbox           [4]int32
	handle         []uint32
	lon, lat       []int32
	speed, heading []uint16
	age            []uint16
	state          []uint8
	leave, del     []uint32
	names          map[uint32]string
}

// parseMovers reads a binary frame, of which every byte must have its place.
func parseMovers(data []byte) (m movers, err error) {
	r := bytes.NewReader(data)
	read := func(v any) {
		if err == nil {
			err = binary.Read(r, binary.LittleEndian, v)
		}
	}
	read(&m.header)
	if err == nil && (m.Magic != 0x4C || m.Version != 1 || m.Kind < 1 || m.Kind > 2 || m.Schema != 1 || m.Zero != 0 || m.Metrics != 0 || m.Resolution != 255) {
		return m, fmt.Errorf("header %+v", m.header)
	}
	if int(m.Up)+int(m.Leave)+int(m.Del)+int(m.Names) > len(data) {
		return m, fmt.Errorf("%d bytes cannot hold %+v", len(data), m.header)
	}
	if m.Flags&1 != 0 {
		read(&m.bbox)
	}
	m.handle, m.lon, m.lat = make([]uint32, m.Up), make([]int32, m.Up), make([]int32, m.Up)
	m.speed, m.heading, m.age, m.state = make([]uint16, m.Up), make([]uint16, m.Up), make([]uint16, m.Up), make([]uint8, m.Up)
	m.leave, m.del, m.names = make([]uint32, m.Leave), make([]uint32, m.Del), map[uint32]string{}
	for _, column := range []any{m.handle, m.lon, m.lat, m.speed, m.heading, m.age, m.state, m.leave, m.del} {
		for (len(data)-r.Len())%4 != 0 && err == nil {
			var gap byte
			if gap, err = r.ReadByte(); err == nil && gap != 0 {
				return m, fmt.Errorf("a gap holds %d", gap)
			}
		}
		read(column)
	}
	for (len(data)-r.Len())%4 != 0 && err == nil {
		_, err = r.ReadByte()
	}
	for range m.Names {
		var handle uint32
		var length uint8
		read(&handle)
		read(&length)
		name := make([]byte, length)
		read(name)
		m.names[handle] = string(name)
	}
	if err == nil && r.Len() > 0 {
		err = fmt.Errorf("%d bytes are left over", r.Len())
	}
	return m, err
}

// unpack makes a frame of a binary one, as if it had come as text. The lock is held.
func (c *client) unpack(data []byte) frame {
	if len(data) > 3 && data[3] == 2 {
		return c.unpackCells(data)
	}
	m, err := parseMovers(data)
	if err != nil {
		c.t.Errorf("%v in %x", err, data)
		return frame{}
	}
	f := frame{F: "delta", SID: &m.SID, From: m.From, To: m.To, Cut: m.To, Part: int(m.Part), Of: int(m.Of), LOD: "objects"}
	h := c.subs[m.SID]
	if h == nil {
		return f
	}
	if m.Kind == 1 {
		f.F, f.Epoch = "snap", h.epoch
	}
	if h.namesOf != h.epoch { // handles are of an epoch
		h.names, h.namesOf = map[uint32]string{}, h.epoch
	}
	maps.Copy(h.names, m.names)
	if m.Flags&1 != 0 {
		f.BBox = &[4]float64{}
		for i, v := range m.bbox {
			f.BBox[i] = float64(v) / 1e7
		}
	}
	for i, handle := range m.handle {
		key, known := h.names[handle]
		if !known {
			c.t.Errorf("subscription %d: handle %d came without its key", m.SID, handle)
		}
		if synthetic := m.state[i]&0x80 != 0; m.state[i]&0x7f != 2 || synthetic != (m.speed[i]%2 == 0) || m.heading[i] != math.MaxUint16 || m.age[i] != 65534 {
			c.t.Errorf("subscription %d: handle %d has state %x, heading %d, age %d", m.SID, handle, m.state[i], m.heading[i], m.age[i])
		}
		r := row{K: key, Ver: math.MaxUint64, Lon: float64(m.lon[i]) / 1e7, Lat: float64(m.lat[i]) / 1e7, Floors: int64(m.speed[i])}
		r.Name = fmt.Sprintf("灯 %q", key)
		f.Rows, f.Up = append(f.Rows, r), append(f.Up, r)
	}
	for _, handle := range m.leave {
		f.Leave = append(f.Leave, h.names[handle])
	}
	for _, handle := range m.del {
		f.Del = append(f.Del, h.names[handle])
	}
	return f
}
