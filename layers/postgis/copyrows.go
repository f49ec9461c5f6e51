package postgis

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"yiping/layers"
	"yiping/layers/image"
)

// copyRows takes a binary COPY of imageColumns as it arrives and puts its rows
// into a batch. Nothing is allocated for a row: a full city is 15 million.
type copyRows struct {
	batch   *image.Batch
	take    []taker
	begun   bool
	ended   bool
	rest    []byte // of a row whose other bytes are still to come
	fields  [][]byte
	got     func(id int64)
	unfit   func(id int64, err error)
	skipped int
}

// taker puts a value, which is not null, into a batch.
type taker func(b *image.Batch, value []byte) error

func newCopyRows(b *image.Batch, unfit func(id int64, err error)) *copyRows {
	c := &copyRows{batch: b, got: func(int64) {}, unfit: unfit}
	for _, p := range b.Columns() {
		c.take = append(c.take, takerOf(p))
	}
	c.fields = make([][]byte, 2+len(c.take))
	return c
}

// errCopy says that the bytes are no binary COPY of these columns.
var errCopy = errors.New("not the COPY that was asked for")

// Write takes the next bytes of the stream.
func (c *copyRows) Write(p []byte) (int, error) {
	data := p
	if len(c.rest) > 0 {
		c.rest = append(c.rest, p...)
		data = c.rest
	}
	if !c.begun {
		if len(data) < len(copyHeader) {
			c.rest = append(c.rest[:0], data...)
			return len(p), nil
		}
		if string(data[:len(copyHeader)]) != copyHeader {
			return 0, errCopy
		}
		data, c.begun = data[len(copyHeader):], true
	}
	for len(data) > 0 && !c.ended {
		n, err := c.cut(data)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			break
		}
		data = data[n:]
		if c.ended {
			break
		}
		if err := c.row(); err != nil {
			return 0, err
		}
	}
	if c.ended && len(data) > 0 {
		return 0, fmt.Errorf("%w: bytes after its end", errCopy)
	}
	c.rest = append(c.rest[:0], data...)
	return len(p), nil
}

// cut finds the fields of the next row and its length in bytes; 0 if it is not
// complete.
func (c *copyRows) cut(data []byte) (int, error) {
	if len(data) < 2 {
		return 0, nil
	}
	switch n := int16(binary.BigEndian.Uint16(data)); {
	case n == -1:
		c.ended = true
		return 2, nil
	case int(n) != len(c.fields):
		return 0, fmt.Errorf("%w: %d fields in a row, want %d", errCopy, n, len(c.fields))
	}
	at := 2
	for i := range c.fields {
		if len(data)-at < 4 {
			return 0, nil
		}
		n := int(int32(binary.BigEndian.Uint32(data[at:])))
		at += 4
		if n == -1 {
			c.fields[i] = nil
			continue
		}
		if n < 0 {
			return 0, fmt.Errorf("%w: a field of %d bytes", errCopy, n)
		}
		if len(data)-at < n {
			return 0, nil
		}
		c.fields[i] = data[at : at+n : at+n]
		at += n
	}
	return at, nil
}

// row hands the fields that cut found to the batch. A feature whose geometry an
// image cannot have, such as an empty one, is left out.
func (c *copyRows) row() error {
	if len(c.fields[0]) != 8 {
		return fmt.Errorf("%w: an id of %d bytes", errCopy, len(c.fields[0]))
	}
	id := int64(binary.BigEndian.Uint64(c.fields[0]))
	if err := c.batch.Row(id, c.fields[1]); err != nil {
		c.skipped++
		c.unfit(id, err)
		return nil
	}
	c.got(id)
	for i, take := range c.take {
		value := c.fields[2+i]
		if value == nil {
			c.batch.Null()
			continue
		}
		if err := take(c.batch, value); err != nil {
			return fmt.Errorf("column %s of feature %d: %w", c.batch.Columns()[i].Name, id, err)
		}
	}
	return nil
}

// end checks that the stream was whole.
func (c *copyRows) end() error {
	if !c.ended || len(c.rest) > 0 {
		return fmt.Errorf("%w: it ends early", errCopy)
	}
	return nil
}

// PostgreSQL counts time from 2000, an image from 1970.
const (
	epochDays   = 10957
	epochMicros = epochDays * 24 * 60 * 60 * 1e6
)

// takerOf reads the binary form of a property's column (columnType).
func takerOf(p layers.Property) taker {
	switch p.Type {
	case layers.Integer:
		return func(b *image.Batch, v []byte) error { return takeInt(b, v, 0) }
	case layers.Date:
		return func(b *image.Batch, v []byte) error { return takeInt(b, v, epochDays) }
	case layers.DateTime:
		return func(b *image.Batch, v []byte) error { return takeInt(b, v, epochMicros) }
	case layers.Number:
		return takeFloat
	case layers.Boolean:
		return takeBool
	default:
		return func(b *image.Batch, v []byte) error {
			b.Text(v)
			return nil
		}
	}
}

func takeInt(b *image.Batch, v []byte, epoch int64) error {
	switch len(v) {
	case 4:
		b.Int(int64(int32(binary.BigEndian.Uint32(v))) + epoch)
	case 8:
		b.Int(int64(binary.BigEndian.Uint64(v)) + epoch)
	default:
		return fmt.Errorf("%w: an integer of %d bytes", errCopy, len(v))
	}
	return nil
}

func takeFloat(b *image.Batch, v []byte) error {
	if len(v) != 8 {
		return fmt.Errorf("%w: a number of %d bytes", errCopy, len(v))
	}
	b.Float(math.Float64frombits(binary.BigEndian.Uint64(v)))
	return nil
}

func takeBool(b *image.Batch, v []byte) error {
	if len(v) != 1 {
		return fmt.Errorf("%w: a boolean of %d bytes", errCopy, len(v))
	}
	b.Bool(v[0] != 0)
	return nil
}
