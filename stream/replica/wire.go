package replica

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"time"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/stream/track"
)

// wireVersion is that of the format in doc.go.
const wireVersion = 1

// headLen is the length of what comes before the reports.
const headLen = 1 + 8

// The scales of places, speeds and headings.
const (
	degreeUnits = 1e7
	centi       = 100
	unknown     = math.MaxUint16
)

// The flags of a report.
const (
	flagSynthetic = 1 << iota
	flagFields
)

// The kinds of a field's value.
const (
	kindNone = iota
	kindText
	kindNumber
	kindInteger
	kindFalse
	kindTrue
)

// maxKey is the length of a key in bytes.
const maxKey = 128

// The faults of a message.
var (
	errOther = errors.New("it is of another definition of the stream, or of another version of the service")
	errShort = errors.New("it is cut off")
	errValue = errors.New("it has a value that no report has")
)

// codec writes and reads the reports of a stream.
type codec struct {
	head  [headLen]byte
	types []layers.PropertyType // of fields
}

func newCodec(d *track.Definition) *codec {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %t", d.Name, d.Mover)
	c := &codec{}
	for _, f := range d.Fields {
		fmt.Fprintf(h, " %s %s", f.Name, f.Type)
		c.types = append(c.types, f.Type)
	}
	c.head[0] = wireVersion
	binary.LittleEndian.PutUint64(c.head[1:], h.Sum64())
	return c
}

// append appends a report.
func (c *codec) append(b []byte, r *track.Report) []byte {
	b = binary.AppendUvarint(b, uint64(len(r.Key)))
	b = append(b, r.Key...)
	b = binary.AppendVarint(b, r.Time.UnixMilli())
	b = binary.LittleEndian.AppendUint32(b, uint32(int32(math.Round(r.Place[0]*degreeUnits))))
	b = binary.LittleEndian.AppendUint32(b, uint32(int32(math.Round(r.Place[1]*degreeUnits))))
	b = binary.LittleEndian.AppendUint16(b, scaled(r.Speed))
	b = binary.LittleEndian.AppendUint16(b, scaled(r.Heading))
	b = append(b, r.State)
	flags := byte(0)
	if r.Synthetic {
		flags |= flagSynthetic
	}
	if r.Fields != nil {
		flags |= flagFields
	}
	b = append(b, flags)
	for _, v := range r.Fields {
		b = appendValue(b, v)
	}
	return b
}

func scaled(v float64) uint16 {
	if math.IsNaN(v) {
		return unknown
	}
	return uint16(math.Round(v * centi))
}

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		b = binary.AppendUvarint(append(b, kindText), uint64(len(v)))
		return append(b, v...)
	case float64:
		return binary.LittleEndian.AppendUint64(append(b, kindNumber), math.Float64bits(v))
	case int64:
		return binary.AppendVarint(append(b, kindInteger), v)
	case bool:
		if v {
			return append(b, kindTrue)
		}
		return append(b, kindFalse)
	default:
		return append(b, kindNone)
	}
}

// decode reads a message. Nothing of it is to be used after an error.
func (c *codec) decode(data []byte) ([]track.Report, error) {
	if len(data) < headLen || [headLen]byte(data) != c.head {
		return nil, errOther
	}
	d := decoder{rest: data[headLen:]}
	var reports []track.Report
	for len(d.rest) > 0 && d.err == nil {
		reports = append(reports, d.report(c))
	}
	return reports, d.err
}

// decoder reads values until the first fault, after which all are zero.
type decoder struct {
	rest []byte
	err  error
}

// take is the next n bytes; of a fault zeros, at most eight.
func (d *decoder) take(n uint64) []byte {
	if d.err == nil && n > uint64(len(d.rest)) {
		d.err = errShort
	}
	if d.err != nil {
		return make([]byte, min(n, 8))
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	d.skip(n)
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	d.skip(n)
	return v
}

func (d *decoder) skip(n int) {
	if d.err == nil && n <= 0 {
		d.err = errShort
	}
	if d.err == nil {
		d.rest = d.rest[n:]
	}
}

// must notes a fault unless what was read is so.
func (d *decoder) must(ok bool) {
	if d.err == nil && !ok {
		d.err = errValue
	}
}

func (d *decoder) text(most uint64) string {
	n := d.uvarint()
	d.must(n <= most)
	s := string(d.take(n))
	d.must(utf8.ValidString(s))
	return s
}

func (d *decoder) degrees() float64 {
	return float64(int32(binary.LittleEndian.Uint32(d.take(4)))) / degreeUnits
}

func (d *decoder) centi() float64 {
	v := binary.LittleEndian.Uint16(d.take(2))
	if v == unknown {
		return math.NaN()
	}
	return float64(v) / centi
}

func (d *decoder) report(c *codec) track.Report {
	var r track.Report
	r.Key = d.text(maxKey)
	d.must(r.Key != "")
	ms := d.varint()
	d.must(ms > 0 && ms <= maxMillis)
	r.Time = time.UnixMilli(ms).UTC()
	r.Place = orb.Point{d.degrees(), d.degrees()}
	d.must(geo.CheckPoint(r.Place) == nil)
	r.Speed, r.Heading = d.centi(), d.centi()
	d.must(!(r.Heading > 360))
	r.State = d.take(1)[0]
	flags := d.take(1)[0]
	d.must(r.State <= maxState && flags <= flagSynthetic|flagFields)
	r.Synthetic = flags&flagSynthetic != 0
	if flags&flagFields != 0 {
		r.Fields = make([]any, len(c.types))
		for i, t := range c.types {
			r.Fields[i] = d.value(t)
		}
	}
	return r
}

// The greatest that reports have: the last millisecond that RFC 3339 can write, and
// seven bits of state.
const (
	maxMillis = 253402300799999
	maxState  = 127
)

// value reads a value of a field.
func (d *decoder) value(t layers.PropertyType) any {
	switch kind := d.take(1)[0]; {
	case kind == kindNone:
		return nil
	case kind == kindText && t == layers.String:
		return d.text(uint64(len(d.rest)))
	case kind == kindNumber && t == layers.Number:
		v := math.Float64frombits(binary.LittleEndian.Uint64(d.take(8)))
		d.must(!math.IsNaN(v) && !math.IsInf(v, 0))
		return v
	case kind == kindInteger && t == layers.Integer:
		return d.varint()
	case (kind == kindFalse || kind == kindTrue) && t == layers.Boolean:
		return kind == kindTrue
	}
	d.must(false)
	return nil
}
