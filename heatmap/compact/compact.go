package compact

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"yiping/geo/cell"
)

// Frame is the cells of one resolution.
type Frame struct {
	Time       time.Time // to the millisecond
	Resolution int
	Synthetic  bool
	// Least is the fewest devices that are told of, Devices how many are present, -1 if
	// they are fewer.
	Least, Devices int
	// Cells are in ascending order.
	Cells []Count
}

// Count is the devices in a cell, at least one.
type Count struct {
	Cell    cell.Cell
	Devices int
}

const (
	magic     = 0x48
	version   = 1
	synthetic = 1 << 0
	tooFew    = 1 << 1
	// headBytes are those before the varints, cellBytes the fewest of a cell.
	headBytes = 4
	cellBytes = 2
	// maxTime is the year 9999 in Unix ms: what RFC 3339 can write.
	maxTime = 253_402_300_799_999
)

// ErrDamaged says that bytes are not what Append makes.
var ErrDamaged = errors.New("damaged frame of heat")

// Append packs a frame.
func Append(b []byte, f *Frame) []byte {
	flags := byte(0)
	if f.Synthetic {
		flags |= synthetic
	}
	if f.Devices < 0 {
		flags |= tooFew
	}
	b = append(b, magic, version, byte(f.Resolution), flags)
	for _, n := range []int64{f.Time.UnixMilli(), int64(f.Least), int64(max(f.Devices, 0)), int64(len(f.Cells))} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	next := uint64(0) // the position that would be a step of 1 away, less 1
	for _, c := range f.Cells {
		at := c.Cell.Position()
		b = binary.AppendUvarint(b, at+1-next)
		b = binary.AppendUvarint(b, uint64(c.Devices))
		next = at + 1
	}
	return b
}

// Decode unpacks a frame. The error wraps ErrDamaged. What is made is at most a few
// times as large as the bytes.
func Decode(b []byte) (*Frame, error) {
	if len(b) < headBytes || b[0] != magic || b[1] != version || b[2] > cell.MaxResolution || b[3] > synthetic|tooFew {
		return nil, fmt.Errorf("%w: it is of another kind or version", ErrDamaged)
	}
	f := &Frame{Resolution: int(b[2]), Synthetic: b[3]&synthetic != 0}
	r := reader{rest: b[headBytes:]}
	f.Time = time.UnixMilli(int64(r.next(0, maxTime))).UTC()
	f.Least = int(r.next(0, math.MaxInt32))
	if f.Devices = int(r.next(0, math.MaxInt32)); b[3]&tooFew != 0 {
		if f.Devices != 0 {
			r.failed = true
		}
		f.Devices = -1
	}
	n := r.next(0, uint64(len(r.rest)/cellBytes))
	f.Cells = make([]Count, 0, n)
	next := uint64(0)
	for range n {
		next += r.next(1, 1<<52)
		c := Count{cell.AtPosition(next-1, f.Resolution), int(r.next(1, math.MaxInt32))}
		if r.failed || c.Cell == 0 {
			return nil, fmt.Errorf("%w: cell %d of %d", ErrDamaged, len(f.Cells), n)
		}
		f.Cells = append(f.Cells, c)
	}
	if r.failed || len(r.rest) > 0 {
		return nil, fmt.Errorf("%w: its head, or what follows the %d cells", ErrDamaged, n)
	}
	return f, nil
}

// reader reads varints until one is wrong.
type reader struct {
	rest   []byte
	failed bool
}

// next is a number within bounds, in its shortest form; the lower bound if it is wrong.
func (r *reader) next(least, most uint64) uint64 {
	v, n := binary.Uvarint(r.rest)
	if r.failed || n <= 0 || v < least || v > most || n > 1 && r.rest[n-1] == 0 {
		r.failed = true
		return least
	}
	r.rest = r.rest[n:]
	return v
}
