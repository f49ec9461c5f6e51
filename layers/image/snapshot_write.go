package image

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"hash"
	"hash/crc32"
	"io"
)

// sliceBlock is how many values are turned into bytes at a time.
const sliceBlock = 1 << 12

// sectionWriter writes sections with their checksums. It keeps its first error.
type sectionWriter struct {
	to  *bufio.Writer
	sum hash.Hash32
	buf []byte
	err error
}

func newSectionWriter(w io.Writer) *sectionWriter {
	return &sectionWriter{to: bufio.NewWriterSize(w, 1<<20), sum: newSum()}
}

func newSum() hash.Hash32 { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }

func (w *sectionWriter) raw(data []byte) {
	if w.err != nil {
		return
	}
	_, w.err = w.to.Write(data)
	_, _ = w.sum.Write(data) // which never fails
}

// end closes a section.
func (w *sectionWriter) end() {
	if w.err == nil {
		_, w.err = w.to.Write(binary.LittleEndian.AppendUint32(nil, w.sum.Sum32()))
	}
	w.sum.Reset()
}

func (w *sectionWriter) flush() error {
	if w.err != nil {
		return w.err
	}
	return w.to.Flush()
}

func (w *sectionWriter) header(h snapshotHeader) error {
	data, err := json.Marshal(h)
	if err != nil {
		return err
	}
	w.raw([]byte(snapshotMagic))
	w.raw(binary.LittleEndian.AppendUint32(nil, uint32(len(data))))
	w.raw(data)
	w.end()
	return nil
}

// number is what a section is made of.
type number interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint64 | ~float32 | ~float64
}

func writeSlice[T number](w *sectionWriter, values []T) {
	for len(values) > 0 && w.err == nil {
		block := values[:min(sliceBlock, len(values))]
		values = values[len(block):]
		if w.buf, w.err = binary.Append(w.buf[:0], binary.LittleEndian, block); w.err == nil {
			w.raw(w.buf)
		}
	}
}

func (w *sectionWriter) ints(s *ints) {
	writeSlice(w, s.i8)
	writeSlice(w, s.i16)
	writeSlice(w, s.i32)
	writeSlice(w, s.i64)
}

// texts writes, for each dictionary, the number of its texts, and each with its
// length.
func (w *sectionWriter) texts(lists [][]string) {
	for _, list := range lists {
		w.buf = binary.LittleEndian.AppendUint32(w.buf[:0], uint32(len(list)))
		for _, text := range list {
			w.buf = binary.LittleEndian.AppendUint32(w.buf, uint32(len(text)))
			w.buf = append(w.buf, text...)
		}
		w.raw(w.buf)
	}
}

// textBytes is the length of what texts writes.
func textBytes(lists [][]string) int64 {
	n := int64(0)
	for _, list := range lists {
		n += 4
		for _, text := range list {
			n += 4 + int64(len(text))
		}
	}
	return n
}
