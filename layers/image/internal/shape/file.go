package shape

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"yiping/geo"
)

// The file form of an arena is three little-endian counts of 8 bytes, of rows,
// paths and vertices, and then the columns: kinds and ends of paths by row, holes
// and ends of vertices by path, ranks and positions (x and y) by vertex. Numbers of
// a column have 1 or 4 bytes.

// maxVertices is how many vertices an arena holds: their number has 32 bits.
const maxVertices = math.MaxUint32

// headerBytes is the length of the three counts.
const headerBytes = 3 * 8

// WriteTo writes the arena in its file form.
func (a *Arena) WriteTo(w io.Writer) (int64, error) {
	f := fileWriter{to: w}
	f.buf = binary.LittleEndian.AppendUint64(f.buf, uint64(len(a.kinds)))
	f.buf = binary.LittleEndian.AppendUint64(f.buf, uint64(len(a.ends)))
	f.buf = binary.LittleEndian.AppendUint64(f.buf, uint64(len(a.vertices)))
	for _, k := range a.kinds {
		f.byte(byte(k))
	}
	for _, n := range a.paths {
		f.number(n)
	}
	for _, h := range a.holes {
		var b byte
		if h {
			b = 1
		}
		f.byte(b)
	}
	for _, n := range a.ends {
		f.number(n)
	}
	for _, r := range a.ranks {
		f.byte(byte(r))
	}
	for _, v := range a.vertices {
		f.number(v.X)
		f.number(v.Y)
	}
	f.flush()
	return f.written, f.err
}

// fileWriter collects bytes. After an error it writes no more.
type fileWriter struct {
	to      io.Writer
	buf     []byte
	written int64
	err     error
}

func (f *fileWriter) byte(b byte) {
	f.buf = append(f.buf, b)
	f.flushFull()
}

func (f *fileWriter) number(n uint32) {
	f.buf = binary.LittleEndian.AppendUint32(f.buf, n)
	f.flushFull()
}

func (f *fileWriter) flushFull() {
	if len(f.buf) >= 1<<16 {
		f.flush()
	}
}

func (f *fileWriter) flush() {
	if f.err == nil {
		var n int
		n, f.err = f.to.Write(f.buf)
		f.written += int64(n)
	}
	f.buf = f.buf[:0]
}

// Read reads an arena in its file form and returns it with the bytes behind it.
// It copies, so that data may be unmapped. Every number is checked: what Read
// accepts is an arena that Add could have built in structure, and its methods do
// not panic.
func Read(data []byte) (*Arena, []byte, error) {
	if len(data) < headerBytes {
		return nil, nil, io.ErrUnexpectedEOF
	}
	rows := binary.LittleEndian.Uint64(data)
	paths := binary.LittleEndian.Uint64(data[8:])
	vertices := binary.LittleEndian.Uint64(data[16:])
	data = data[headerBytes:]
	// Each takes five bytes or more, so that none of the sums below overflows.
	if left := uint64(len(data)); max(rows, paths, vertices) > left || rows*5+paths*5+vertices*9 > left {
		return nil, nil, io.ErrUnexpectedEOF
	}
	if vertices > maxVertices {
		return nil, nil, ErrFull
	}
	f := fileReader{data}
	p := packed{
		kinds:    readBytes[Kind](&f, rows),
		paths:    f.numbers(rows),
		holes:    make([]bool, paths),
		vertices: make([]geo.Fixed, vertices),
	}
	for i, b := range f.next(paths) {
		if b > 1 {
			return nil, nil, fmt.Errorf("path %d: hole is %d, neither 0 nor 1", i, b)
		}
		p.holes[i] = b == 1
	}
	p.ends = f.numbers(paths)
	p.ranks = readBytes[geo.Zoom](&f, vertices)
	for i, positions := 0, f.next(8*vertices); i < len(p.vertices); i++ {
		p.vertices[i] = geo.Fixed{
			X: binary.LittleEndian.Uint32(positions[8*i:]),
			Y: binary.LittleEndian.Uint32(positions[8*i+4:]),
		}
	}
	if err := p.check(); err != nil {
		return nil, nil, err
	}
	return finish(p), f.data, nil
}

// fileReader cuts columns off the bytes, whose number has been checked.
type fileReader struct{ data []byte }

func (f *fileReader) next(n uint64) []byte {
	column := f.data[:n]
	f.data = f.data[n:]
	return column
}

func (f *fileReader) numbers(n uint64) []uint32 {
	column := make([]uint32, n)
	for i, data := 0, f.next(4*n); i < len(column); i++ {
		column[i] = binary.LittleEndian.Uint32(data[4*i:])
	}
	return column
}

func readBytes[T ~uint8](f *fileReader, n uint64) []T {
	column := make([]T, n)
	for i, b := range f.next(n) {
		column[i] = T(b)
	}
	return column
}

// check finds what would make a method go wrong.
func (p *packed) check() error {
	for i := range p.ends {
		if p.ends[i] <= before(p.ends, i) {
			return fmt.Errorf("path %d has no vertices", i)
		}
	}
	if got := before(p.ends, len(p.ends)); int(got) != len(p.vertices) {
		return fmt.Errorf("the paths end at vertex %d of %d", got, len(p.vertices))
	}
	for i := range p.paths {
		if p.paths[i] < before(p.paths, i) || int(p.paths[i]) > len(p.ends) {
			return fmt.Errorf("row %d: its paths end at %d of %d", i, p.paths[i], len(p.ends))
		}
		if err := p.checkRow(i); err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
	}
	if got := before(p.paths, len(p.paths)); int(got) != len(p.ends) {
		return fmt.Errorf("the rows end at path %d of %d", got, len(p.ends))
	}
	for i, r := range p.ranks {
		if r > geo.MaxZoom {
			return fmt.Errorf("vertex %d: rank %d is above %d", i, r, geo.MaxZoom)
		}
	}
	return nil
}

// checkRow holds the paths of a row against its kind.
func (p *packed) checkRow(row int) error {
	kind := p.kinds[row]
	first, end := p.Paths(row)
	holes := 0
	for path := first; path < end; path++ {
		if p.holes[path] {
			holes++
		}
	}
	paths, ok := end-first, false
	switch kind {
	case Empty:
		ok = paths == 0
	case Point:
		ok = paths == 1 && len(p.row(row)) == 1 && holes == 0
	case MultiPoint, Line:
		ok = paths == 1 && holes == 0
	case MultiLine:
		ok = paths > 0 && holes == 0
	case Polygon:
		ok = paths > 0 && paths-holes == 1 && !p.holes[first]
	case MultiPolygon:
		ok = paths > 0 && !p.holes[first]
	default:
		return fmt.Errorf("kind %d is unknown", kind)
	}
	if !ok {
		return errors.New("its paths do not fit its kind")
	}
	return nil
}
