package postgis_test

import (
	"encoding/binary"
	"math"
	"testing"

	"yiping/layers"
	"yiping/layers/image"
	"yiping/layers/postgis"
)

// copied is a binary COPY of a row of the bare layer: id, point, synthetic and no
// regions.
func copied(id int64) []byte {
	b := []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	b = append(b, 0, 6, 0, 0, 0, 8)
	b = binary.BigEndian.AppendUint64(b, uint64(id))
	b = append(b, 0, 0, 0, 21, 1, 1, 0, 0, 0)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(121))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(31))
	b = append(b, 0, 0, 0, 1, 1)
	for range 3 {
		b = append(b, 0xff, 0xff, 0xff, 0xff)
	}
	return append(b, 0xff, 0xff)
}

// The server may cut its stream anywhere, and whatever comes is a row or an error.
func FuzzCopyRows(f *testing.F) {
	whole := copied(7)
	for cut := range len(whole) {
		f.Add(whole, cut)
	}
	f.Add(whole[:30], 3)
	f.Add([]byte("PGCOPY"), 0)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		cut = max(0, min(cut, len(data)))
		l := &layers.Layer{Name: "bare", Geometry: layers.Point}
		pieces, once := image.New(l).NewBatch(), image.New(l).NewBatch()
		errPieces, errOnce := postgis.TakeCopy(pieces, data[:cut], data[cut:]), postgis.TakeCopy(once, data, nil)
		if (errPieces == nil) != (errOnce == nil) || pieces.Rows() != once.Rows() {
			t.Fatalf("in two pieces: %d rows, %v; at once: %d rows, %v", pieces.Rows(), errPieces, once.Rows(), errOnce)
		}
		if string(data) == string(whole) && (errOnce != nil || once.Rows() != 1) {
			t.Fatalf("a whole COPY of one row: %d rows, %v", once.Rows(), errOnce)
		}
	})
}
