package image

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"math"
	"slices"

	"yiping/layers/image/internal/shape"
)

// sectionReader reads what sectionWriter wrote. It never takes more memory than
// the file is long.
type sectionReader struct {
	from *bufio.Reader
	left int64
	sum  hash.Hash32
	buf  []byte
}

func newSectionReader(r io.Reader, size int64) *sectionReader {
	return &sectionReader{from: bufio.NewReaderSize(r, 1<<16), left: size, sum: newSum()}
}

// has checks that the file is long enough for n values of a size.
func (r *sectionReader) has(n, size int64) error {
	if n < 0 || n > r.left/size {
		return fmt.Errorf("%w: it is too short", errDamaged)
	}
	return nil
}

func (r *sectionReader) fill(data []byte) error {
	if _, err := io.ReadFull(r.from, data); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	r.left -= int64(len(data))
	_, _ = r.sum.Write(data) // which never fails
	return nil
}

func (r *sectionReader) raw(n int64) ([]byte, error) {
	if err := r.has(n, 1); err != nil {
		return nil, err
	}
	data := make([]byte, n)
	return data, r.fill(data)
}

// end checks the sum of a section.
func (r *sectionReader) end() error {
	want := r.sum.Sum32()
	data, err := r.raw(4)
	if err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(data) != want {
		return fmt.Errorf("%w: a checksum is wrong", errDamaged)
	}
	r.sum.Reset()
	return nil
}

func (r *sectionReader) header() (h snapshotHeader, err error) {
	start, err := r.raw(int64(len(snapshotMagic) + 4))
	if err != nil {
		return h, err
	}
	if string(start[:len(snapshotMagic)]) != snapshotMagic {
		return h, errOther
	}
	n := binary.LittleEndian.Uint32(start[len(snapshotMagic):])
	if n > maxHeader {
		return h, fmt.Errorf("%w: its header is too long", errDamaged)
	}
	data, err := r.raw(int64(n))
	if err != nil {
		return h, err
	}
	if err := r.end(); err != nil {
		return h, err
	}
	if err := json.Unmarshal(data, &h); err != nil {
		return h, fmt.Errorf("%w: %w", errDamaged, err)
	}
	if h.Rows < 0 || h.Rows > math.MaxUint32 {
		return h, fmt.Errorf("%w: it has %d rows", errDamaged, h.Rows)
	}
	return h, nil
}

func readSlice[T number](r *sectionReader, n int) ([]T, error) {
	size := binary.Size(make([]T, 1))
	if err := r.has(int64(n), int64(size)); err != nil || n == 0 {
		return nil, err
	}
	r.buf = slices.Grow(r.buf[:0], sliceBlock*size)
	out := make([]T, n)
	for rest := out; len(rest) > 0; {
		block := rest[:min(sliceBlock, len(rest))]
		rest = rest[len(block):]
		data := r.buf[:len(block)*size]
		if err := r.fill(data); err != nil {
			return nil, err
		}
		if _, err := binary.Decode(data, binary.LittleEndian, block); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *sectionReader) ints(n int, bits uint8) (s ints, err error) {
	s.bits = bits
	switch {
	case bits == 8:
		s.i8, err = readSlice[int8](r, n)
	case bits == 16:
		s.i16, err = readSlice[int16](r, n)
	case bits == 32:
		s.i32, err = readSlice[int32](r, n)
	case bits == 64:
		s.i64, err = readSlice[int64](r, n)
	case bits != 0 || n > 0:
		err = fmt.Errorf("%w: %d values of %d bits", errDamaged, n, bits)
	}
	return s, err
}

func (r *sectionReader) floats(n int, bits uint8) (s floats, err error) {
	switch {
	case bits == 32:
		s.f32, err = readSlice[float32](r, n)
	case bits == 64:
		s.f64, err = readSlice[float64](r, n)
	case bits != 0 || n > 0:
		err = fmt.Errorf("%w: %d numbers of %d bits", errDamaged, n, bits)
	}
	if err == nil && !s.finite() {
		err = fmt.Errorf("%w: a number is not finite", errDamaged)
	}
	return s, err
}

// bits reads a set of rows.
func (r *sectionReader) bits(words, rows int) (bitset, error) {
	b, err := readSlice[uint64](r, words)
	if err != nil {
		return nil, err
	}
	if most := (rows + 63) / 64; words > most || words == most && rows%64 > 0 && b[words-1]>>(rows%64) != 0 {
		return nil, fmt.Errorf("%w: bits of rows that are not there", errDamaged)
	}
	return b, nil
}

func (r *sectionReader) column(k Kind, rows int, h snapshotColumn) (c column, err error) {
	c.kind = k
	switch k {
	case Float:
		c.floats, err = r.floats(rows, h.Bits)
	case Bool:
	default:
		c.ints, err = r.ints(rows, h.Bits)
	}
	if err != nil {
		return c, err
	}
	if c.trues, err = r.bits(h.Trues, rows); err != nil {
		return c, err
	}
	if c.nulls, err = r.bits(h.Nulls, rows); err != nil {
		return c, err
	}
	return c, r.end()
}

// texts reads dictionaries from a section of n bytes.
func (r *sectionReader) texts(n int64, to []*dictionary) error {
	data, err := r.raw(n)
	if err != nil {
		return err
	}
	short := fmt.Errorf("%w: its texts are cut off", errDamaged)
	next := func() (uint32, bool) {
		if len(data) < 4 {
			return 0, false
		}
		v := binary.LittleEndian.Uint32(data)
		data = data[4:]
		return v, true
	}
	for _, d := range to {
		count, ok := next()
		if !ok {
			return short
		}
		for code := range count {
			length, ok := next()
			if !ok || uint64(length) > uint64(len(data)) {
				return short
			}
			text := string(data[:length])
			data = data[length:]
			if code > 0 && d.code(text) != code {
				return fmt.Errorf("%w: text %q is not number %d", errDamaged, text, code)
			}
		}
		if int(count) != len(d.texts) {
			return fmt.Errorf("%w: %d texts, want %d", errDamaged, count, len(d.texts))
		}
	}
	if len(data) > 0 {
		return fmt.Errorf("%w: there is more behind its texts", errDamaged)
	}
	return r.end()
}

// readSegment reads what the header announces, and checks all that would make a
// method go wrong.
func (i *Image) readSegment(r *sectionReader, h snapshotHeader) (*segment, []*dictionary, error) {
	s := &segment{number: i.segments.Add(1), table: newTable(i.properties), first: i.place(i.layer.Zoom.Property)}
	var err error
	if s.keys, err = readSlice[uint64](r, h.Rows); err != nil {
		return nil, nil, err
	}
	if err := r.end(); err != nil {
		return nil, nil, err
	}
	if !slices.IsSorted(s.keys) {
		return nil, nil, fmt.Errorf("%w: its rows are out of order", errDamaged)
	}
	if s.ids, err = r.ints(h.Rows, h.IDBits); err != nil {
		return nil, nil, err
	}
	if err := r.end(); err != nil {
		return nil, nil, err
	}
	for n := range s.columns {
		if s.columns[n], err = r.column(s.columns[n].kind, h.Rows, h.Columns[n]); err != nil {
			return nil, nil, err
		}
	}
	dictionaries := newDictionaries(i.properties)
	if err := r.texts(h.Texts, dictionaries); err != nil {
		return nil, nil, err
	}
	s.texts = texts(dictionaries)
	if err := s.checkCodes(); err != nil {
		return nil, nil, err
	}
	return s, dictionaries, i.readShapes(r, h, s)
}

// checkCodes finds codes that no dictionary has.
func (s *segment) checkCodes() error {
	for n := range s.columns {
		c := &s.columns[n]
		if c.kind != Text {
			continue
		}
		for row := range s.rows() {
			if code := c.ints.at(row); code < 0 || code >= int64(len(s.texts[n])) {
				return fmt.Errorf("%w: code %d of %d texts", errDamaged, code, len(s.texts[n]))
			}
		}
	}
	return nil
}

func (i *Image) readShapes(r *sectionReader, h snapshotHeader, s *segment) error {
	data, err := r.raw(h.Shapes)
	if err != nil {
		return err
	}
	if err := r.end(); err != nil {
		return err
	}
	if r.left > 0 {
		return fmt.Errorf("%w: there is more behind its end", errDamaged)
	}
	if !shaped(i.layer) {
		if len(data) > 0 {
			return fmt.Errorf("%w: shapes of points", errDamaged)
		}
		return nil
	}
	arena, rest, err := shape.Read(data)
	if err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	if len(rest) > 0 || arena.Len() != h.Rows {
		return fmt.Errorf("%w: %d shapes of %d rows", errDamaged, arena.Len(), h.Rows)
	}
	s.shapes = arena
	return nil
}
