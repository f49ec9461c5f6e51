package compact_test

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap/compact"
)

// frame is of random cells around a place.
func frame(r *rand.Rand) *compact.Frame {
	f := &compact.Frame{
		Time: time.UnixMilli(r.Int64N(1 << 41)).UTC(), Resolution: r.IntN(cell.MaxResolution + 1),
		Synthetic: r.IntN(2) == 0, Least: r.IntN(20), Devices: r.IntN(1<<20) - 1, Cells: []compact.Count{},
	}
	for _, c := range cell.At(orb.Point{121.49, 31.24}, f.Resolution).Disk(r.IntN(12)) {
		if r.IntN(3) > 0 {
			f.Cells = append(f.Cells, compact.Count{Cell: c, Devices: 1 + r.IntN(1<<r.IntN(20))})
		}
	}
	return sorted(f)
}

// What is packed is unpacked as it was.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 52))
	for range 500 {
		want := frame(r)
		got, err := compact.Decode(compact.Append(nil, want))
		if err != nil {
			t.Fatalf("%v of %+v", err, want)
		}
		if diff := gocmp.Diff(got, want); diff != "" {
			t.Fatalf("frame (-got +want):\n%s", diff)
		}
	}
}

// The layout is what the package says.
func TestLayout(t *testing.T) {
	first := cell.At(orb.Point{121.49, 31.24}, 0)
	f := &compact.Frame{
		Time: time.UnixMilli(300), Synthetic: true, Least: 10, Devices: -1,
		Cells: []compact.Count{{Cell: first, Devices: 10}, {Cell: cell.AtPosition(first.Position()+2, 0), Devices: 128}},
	}
	want := "48" + "01" + "00" + "03" + "ac02" + "0a" + "00" + "02" + hex.EncodeToString([]byte{byte(first.Position() + 1)}) + "0a" + "02" + "8001"
	if got := hex.EncodeToString(compact.Append(nil, f)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Bytes that are cut off, or go on, are no frame.
func TestDamaged(t *testing.T) {
	data := compact.Append(nil, frame(rand.New(rand.NewPCG(4, 52))))
	for n := range data {
		if f, err := compact.Decode(data[:n]); !errors.Is(err, compact.ErrDamaged) {
			t.Errorf("%d bytes of %d are %+v (%v)", n, len(data), f, err)
		}
	}
	if _, err := compact.Decode(append(data, 0)); !errors.Is(err, compact.ErrDamaged) {
		t.Errorf("with a byte more: %v", err)
	}
}

// Whatever bytes come are damaged, or the one form of their frame.
func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 52))
	for range 5 {
		f.Add(compact.Append(nil, frame(r)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := compact.Decode(data)
		if err != nil {
			if !errors.Is(err, compact.ErrDamaged) {
				t.Errorf("%v", err)
			}
			return
		}
		if again := compact.Append(nil, got); !bytes.Equal(again, data) {
			t.Errorf("%x is packed again as %x", data, again)
		}
		if diff := gocmp.Diff(got, sorted(got)); diff != "" {
			t.Errorf("the order (-got +want):\n%s", diff)
		}
	})
}

// sorted is a frame with its cells in order.
func sorted(f *compact.Frame) *compact.Frame {
	s := *f
	s.Cells = slices.Clone(f.Cells)
	slices.SortFunc(s.Cells, func(a, b compact.Count) int { return cmp.Compare(a.Cell, b.Cell) })
	return &s
}
