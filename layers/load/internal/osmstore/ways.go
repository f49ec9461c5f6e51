package osmstore

import (
	"encoding/binary"
	"fmt"
	"os"
	"slices"

	"yiping/layers/load/internal/osmfile"
)

// Ways holds the lines of the ways that were wanted.
type Ways struct {
	file    *os.File
	ids     []int64 // wanted, sorted
	offsets []int64 // of each id in the file plus one; 0 is not put
	size    int64
	buf     []byte
}

const (
	wayHeaderBytes = 8
	locationBytes  = 8
)

// NewWays makes a set for the wanted ids, with its file in dir, or in the system's
// temporary folder if dir is empty. It keeps and sorts ids.
func NewWays(dir string, ids []int64) (*Ways, error) {
	f, err := nameless(dir, "ways")
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return &Ways{file: f, ids: ids, offsets: make([]int64, len(ids))}, nil
}

// Close frees the file.
func (w *Ways) Close() error { return w.file.Close() }

// Wants reports whether the way is one of those wanted.
func (w *Ways) Wants(id int64) bool {
	_, ok := slices.BinarySearch(w.ids, id)
	return ok
}

// Put keeps the line of a wanted way; missing is how many of its nodes the file
// does not have.
func (w *Ways) Put(id int64, line []osmfile.Location, missing int) error {
	i, ok := slices.BinarySearch(w.ids, id)
	if !ok {
		return nil
	}
	w.buf = binary.LittleEndian.AppendUint32(w.buf[:0], uint32(missing))
	w.buf = binary.LittleEndian.AppendUint32(w.buf, uint32(len(line)))
	for _, at := range line {
		w.buf = binary.LittleEndian.AppendUint32(w.buf, uint32(at.Lon))
		w.buf = binary.LittleEndian.AppendUint32(w.buf, uint32(at.Lat))
	}
	if _, err := w.file.WriteAt(w.buf, w.size); err != nil {
		return fmt.Errorf("write the temporary file for ways: %w", err)
	}
	w.offsets[i] = w.size + 1
	w.size += int64(len(w.buf))
	return nil
}

// Find appends the line of a way to line. It returns false if the way was not put.
func (w *Ways) Find(id int64, line []osmfile.Location) (whole []osmfile.Location, missing int, ok bool, err error) {
	i, wanted := slices.BinarySearch(w.ids, id)
	if !wanted || w.offsets[i] == 0 {
		return line, 0, false, nil
	}
	at := w.offsets[i] - 1
	var header [wayHeaderBytes]byte
	if _, err := w.file.ReadAt(header[:], at); err != nil {
		return line, 0, false, fmt.Errorf("read the temporary file for ways: %w", err)
	}
	n := int(binary.LittleEndian.Uint32(header[4:]))
	w.buf = slices.Grow(w.buf[:0], n*locationBytes)[:n*locationBytes]
	if _, err := w.file.ReadAt(w.buf, at+wayHeaderBytes); err != nil {
		return line, 0, false, fmt.Errorf("read the temporary file for ways: %w", err)
	}
	for i := range n {
		b := w.buf[i*locationBytes:]
		line = append(line, osmfile.Location{
			Lon: int32(binary.LittleEndian.Uint32(b)),
			Lat: int32(binary.LittleEndian.Uint32(b[4:])),
		})
	}
	return line, int(binary.LittleEndian.Uint32(header[:])), true, nil
}
