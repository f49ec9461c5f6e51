package postgis

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"yiping/layers"
)

// rowBuffer encodes rows in PostgreSQL's binary COPY format (PostgreSQL manual,
// COPY, "Binary Format"). It allocates nothing for a row of points, and a full
// city is 15 million of them.
type rowBuffer struct{ buf []byte }

// copyHeader opens a binary COPY: signature, no flags, no extension.
const copyHeader = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// copyTrailer closes it: a row of -1 fields.
const copyTrailer = "\xff\xff"

// postgresEpoch is the zero of PostgreSQL's dates and times.
var postgresEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant that Go cannot write as one

func (b *rowBuffer) startRow(fields int) {
	b.buf = binary.BigEndian.AppendUint16(b.buf, uint16(fields))
}

func (b *rowBuffer) null() { b.buf = append(b.buf, 0xff, 0xff, 0xff, 0xff) }

func (b *rowBuffer) length(n int) { b.buf = binary.BigEndian.AppendUint32(b.buf, uint32(n)) }

func (b *rowBuffer) int64(v int64) {
	b.length(8)
	b.buf = binary.BigEndian.AppendUint64(b.buf, uint64(v))
}

func (b *rowBuffer) int32(v int32) {
	b.length(4)
	b.buf = binary.BigEndian.AppendUint32(b.buf, uint32(v))
}

func (b *rowBuffer) float64(v float64) {
	b.length(8)
	b.buf = binary.BigEndian.AppendUint64(b.buf, math.Float64bits(v))
}

func (b *rowBuffer) bool(v bool) {
	b.length(1)
	if v {
		b.buf = append(b.buf, 1)
	} else {
		b.buf = append(b.buf, 0)
	}
}

func (b *rowBuffer) text(v string) {
	b.length(len(v))
	b.buf = append(b.buf, v...)
}

// textOrNull writes the empty string as null: no column here tells them apart.
func (b *rowBuffer) textOrNull(v string) {
	if v == "" {
		b.null()
		return
	}
	b.text(v)
}

func (b *rowBuffer) date(v time.Time) {
	b.int32(int32(math.Floor(v.Sub(postgresEpoch).Hours() / 24)))
}

func (b *rowBuffer) timestamp(v time.Time) { b.int64(v.Sub(postgresEpoch).Microseconds()) }

// EWKB of a point in little endian, up to its coordinates.
const (
	ewkbPointSize = 25
	ewkbPointHead = "\x01\x01\x00\x00\x20"
)

// geometry writes EWKB with an SRID; 0 means that the system is not known yet.
func (b *rowBuffer) geometry(g orb.Geometry, srid int) error {
	if p, ok := g.(orb.Point); ok { // nearly all rows of a city
		b.length(ewkbPointSize)
		b.buf = append(b.buf, ewkbPointHead...)
		b.buf = binary.LittleEndian.AppendUint32(b.buf, uint32(srid))
		b.buf = binary.LittleEndian.AppendUint64(b.buf, math.Float64bits(p[0]))
		b.buf = binary.LittleEndian.AppendUint64(b.buf, math.Float64bits(p[1]))
		return nil
	}
	data, err := ewkb.Marshal(g, srid, binary.LittleEndian)
	if err != nil {
		return fmt.Errorf("encode geometry: %w", err)
	}
	b.length(len(data))
	b.buf = append(b.buf, data...)
	return nil
}

// property writes a value of the Go type that the property's type has.
func (b *rowBuffer) property(p layers.Property, narrow bool, v any) error {
	switch v := v.(type) {
	case nil:
		b.null()
	case string:
		b.text(v)
	case int64:
		if narrow {
			b.int32(int32(v))
		} else {
			b.int64(v)
		}
	case float64:
		b.float64(v)
	case bool:
		b.bool(v)
	case time.Time:
		if p.Type == layers.Date {
			b.date(v)
		} else {
			b.timestamp(v)
		}
	default:
		return fmt.Errorf("property %s: no column takes a %T", p.Name, v)
	}
	return nil
}

// promote turns a single geometry into the Multi form that the layer has.
func promote(g orb.Geometry, t layers.GeometryType) orb.Geometry {
	switch g := g.(type) {
	case orb.Point:
		if t == layers.MultiPoint {
			return orb.MultiPoint{g}
		}
	case orb.LineString:
		if t == layers.MultiLineString {
			return orb.MultiLineString{g}
		}
	case orb.Polygon:
		if t == layers.MultiPolygon {
			return orb.MultiPolygon{g}
		}
	}
	return g
}
