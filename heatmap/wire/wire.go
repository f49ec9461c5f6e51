package wire

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/paulmach/orb"
)

// ContentType is that of the format.
const ContentType = "application/vnd.yiping.pings"

// The lengths of the head and of a record, in bytes.
const (
	HeadBytes   = 16
	RecordBytes = 24
)

const (
	magic       = "yipings\x01"
	degreeUnits = 1e7
	maxOffset   = math.MaxInt32 * time.Millisecond
)

// The faults of a message. After one nothing more can be read.
var (
	ErrHead  = errors.New("it does not begin as pings of version 1 do")
	ErrKept  = errors.New("the last two bytes of a record are not 0")
	ErrShort = errors.New("it ends within a record")
)

// Record is a ping.
type Record struct {
	Device uint64
	// Time is to the millisecond.
	Time time.Time
	// Place is lon, lat to 1e-7 degrees, in the datum of the feed.
	Place orb.Point
	// Accuracy is in metres; 0 if not known.
	Accuracy uint16
}

// Fault says why a record is no ping; the next may be one.
func (r *Record) Fault() error {
	if math.Abs(r.Place[0]) > 180 || math.Abs(r.Place[1]) > 90 {
		return errors.New("lon, lat: want degrees")
	}
	return nil
}

// AppendHead begins a message whose records are within 24 days of base.
func AppendHead(b []byte, base time.Time) []byte {
	return binary.LittleEndian.AppendUint64(append(b, magic...), uint64(base.UnixMilli()))
}

// Append appends a record. It panics if its time is not within 24 days of base, or
// its place not on earth: that is a mistake of who calls.
func Append(b []byte, base time.Time, r *Record) []byte {
	// Both as they are written, lest half a millisecond be lost.
	offset := r.Time.UnixMilli() - base.UnixMilli()
	if err := r.Fault(); err != nil || offset > maxOffset.Milliseconds() || offset < -maxOffset.Milliseconds() {
		panic(fmt.Sprintf("a ping at %v of %v, %v, in a message of %v", r.Place, r.Time, err, base))
	}
	b = binary.LittleEndian.AppendUint64(b, r.Device)
	b = binary.LittleEndian.AppendUint32(b, uint32(int32(math.Round(r.Place[0]*degreeUnits))))
	b = binary.LittleEndian.AppendUint32(b, uint32(int32(math.Round(r.Place[1]*degreeUnits))))
	b = binary.LittleEndian.AppendUint32(b, uint32(int32(offset)))
	b = binary.LittleEndian.AppendUint16(b, r.Accuracy)
	return append(b, 0, 0)
}

// Is tells whether a message is of this form.
func Is(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }

// Reader reads a message as it comes.
type Reader struct {
	in *bufio.Reader
	// begun says that the head was read, whose time is base.
	begun bool
	base  int64
	err   error
}

// readerBytes holds whole records beside the head.
const readerBytes = HeadBytes + 1024*RecordBytes

// NewReader reads a message.
func NewReader(r io.Reader) *Reader { return &Reader{in: bufio.NewReaderSize(r, readerBytes)} }

// Read reads records until dst is full or there are no more: io.EOF at the end,
// ErrHead, ErrKept or ErrShort of what is no message, otherwise the error of the reader below.
func (r *Reader) Read(dst []Record) (n int, err error) {
	if !r.begun {
		r.begun = true
		r.head()
	}
	for n < len(dst) && r.err == nil {
		raw, err := r.in.Peek(RecordBytes)
		if err != nil {
			r.end(len(raw), err)
			break
		}
		if raw[22]|raw[23] != 0 {
			r.err = ErrKept
			break
		}
		r.record(raw, &dst[n])
		_, _ = r.in.Discard(RecordBytes) // they have been peeked at
		n++
	}
	return n, r.err
}

// end notes how the message ends, with so many bytes left of it.
func (r *Reader) end(left int, err error) {
	if errors.Is(err, io.EOF) && left > 0 {
		err = ErrShort
	}
	r.err = err
}

func (r *Reader) head() {
	var head [HeadBytes]byte
	_, err := io.ReadFull(r.in, head[:])
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		r.err = ErrHead
	case err != nil:
		r.err = err
	case string(head[:len(magic)]) != magic:
		r.err = ErrHead
	default:
		r.base = int64(binary.LittleEndian.Uint64(head[len(magic):]))
	}
}

// record reads a record of RecordBytes.
func (r *Reader) record(raw []byte, to *Record) {
	*to = Record{
		Device:   binary.LittleEndian.Uint64(raw),
		Place:    orb.Point{degrees(raw[8:]), degrees(raw[12:])},
		Time:     time.UnixMilli(r.base + int64(int32(binary.LittleEndian.Uint32(raw[16:])))),
		Accuracy: binary.LittleEndian.Uint16(raw[20:]),
	}
}

func degrees(raw []byte) float64 {
	return float64(int32(binary.LittleEndian.Uint32(raw))) / degreeUnits
}
