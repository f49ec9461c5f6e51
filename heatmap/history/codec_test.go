package history_test

import (
	gocmp "cmp"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap/history"
)

// crowd is n random cells of a resolution around the Bund, in ascending order.
func crowd(r *rand.Rand, n, resolution int) []history.Count {
	devices := map[cell.Cell]int{}
	for range n {
		p := orb.Point{121.3 + 0.4*r.Float64(), 31.1 + 0.3*r.Float64()}
		devices[cell.At(p, resolution)] = 10 + int(math.Exp(8*r.Float64()))
	}
	counts := make([]history.Count, 0, len(devices))
	for c, n := range devices {
		counts = append(counts, history.Count{Cell: c, Devices: n})
	}
	slices.SortFunc(counts, func(a, b history.Count) int { return gocmp.Compare(a.Cell, b.Cell) })
	return counts
}

// What is unpacked is what was packed, at every resolution that there is.
func TestCodecRoundTrip(t *testing.T) {
	const seed = 17
	codec, r := history.NewCodec(), rand.New(rand.NewPCG(seed, 0))
	for n := range 64 {
		resolution := n % (cell.MaxResolution + 1)
		want := crowd(r, r.IntN(300), resolution)
		if n == 0 {
			want = nil
		}
		got, err := codec.Unpack(codec.Pack(want), resolution)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, want, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%d cells of resolution %d, seed %d (-got +want):\n%s", len(want), resolution, seed, diff)
		}
	}
}

// Two thousand cells of the city take less than four bytes each.
func TestCodecIsSmall(t *testing.T) {
	counts := crowd(rand.New(rand.NewPCG(1, 0)), 2000, 9)
	if n := len(history.NewCodec().Pack(counts)); n > 4*len(counts) {
		t.Errorf("%d bytes for %d cells", n, len(counts))
	}
}

func TestDamagedCells(t *testing.T) {
	codec := history.NewCodec()
	whole := codec.Pack(crowd(rand.New(rand.NewPCG(2, 0)), 100, 9))
	for _, tt := range []struct {
		name       string
		packed     []byte
		resolution int
	}{
		{"nothing", nil, 9},
		{"another version", append([]byte{2}, whole[1:]...), 9},
		{"cut", whole[:len(whole)-5], 9},
		{"another resolution", whole, 8},
		{"of two frames", append(slices.Clone(whole), whole[1:]...), 9},
	} {
		if got, err := codec.Unpack(tt.packed, tt.resolution); !errors.Is(err, history.ErrDamaged) {
			t.Errorf("%s: %d cells, %v", tt.name, len(got), err)
		}
	}
}

// Whatever bytes there are, they are damaged or cells in ascending order that can be
// packed again.
func FuzzUnpack(f *testing.F) {
	codec := history.NewCodec()
	f.Add(codec.Pack(nil), 9)
	f.Add(codec.Pack(crowd(rand.New(rand.NewPCG(3, 0)), 20, 9)), 9)
	f.Add(codec.Pack(crowd(rand.New(rand.NewPCG(4, 0)), 5, 15)), 15)
	f.Add([]byte{1, 0x28, 0xb5, 0x2f, 0xfd}, 7)
	f.Fuzz(func(t *testing.T, packed []byte, resolution int) {
		if resolution < 0 || resolution > cell.MaxResolution {
			return // the caller's own mistake
		}
		got, err := codec.Unpack(packed, resolution)
		if err != nil {
			if !errors.Is(err, history.ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		last := cell.Cell(0)
		for _, c := range got {
			if c.Cell <= last || c.Cell.Resolution() != resolution || c.Devices < 1 {
				t.Fatalf("%v after %v", c, last)
			}
			last = c.Cell
		}
		again, err := codec.Unpack(codec.Pack(got), resolution)
		if diff := cmp.Diff(again, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatalf("%v (-again +got):\n%s", err, diff)
		}
	})
}
