package shape_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/geo"
	"yiping/layers/image/internal/shape"
)

func file(tb testing.TB, a *shape.Arena) []byte {
	tb.Helper()
	var b bytes.Buffer
	n, err := a.WriteTo(&b)
	if err != nil {
		tb.Fatal(err)
	}
	if n != int64(b.Len()) {
		tb.Errorf("%d bytes written, %d reported", b.Len(), n)
	}
	return b.Bytes()
}

func TestReadWhatWasWritten(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{0, 1, 7, 2000} {
		a := build(t, many(rows)...)
		got, rest, err := shape.Read(append(file(t, a), "behind"...))
		if err != nil {
			t.Fatal(err)
		}
		if string(rest) != "behind" {
			t.Errorf("got the rest %q", rest)
		}
		if diff := cmp.Diff(got, a, sameArena()); diff != "" {
			t.Errorf("%d rows: got − want +\n%s", rows, diff)
		}
	}
}

// Any file that is too short is an error, and any byte that is changed is an error
// or gives an arena whose methods work.
func TestReadDamagedFiles(t *testing.T) {
	t.Parallel()
	whole := file(t, build(t, many(14)...))
	for n := range whole {
		if _, _, err := shape.Read(whole[:n]); err == nil {
			t.Fatalf("the first %d bytes of %d were accepted", n, len(whole))
		}
	}
	refused := 0
	for i := range whole {
		for _, bit := range []byte{1, 0x80} {
			damaged := bytes.Clone(whole)
			damaged[i] ^= bit
			a, _, err := shape.Read(damaged)
			if err != nil {
				refused++
				continue
			}
			exercise(a)
		}
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
}

// exercise calls every method on every row.
func exercise(a *shape.Arena) {
	var refs []shape.Ref
	for row := range a.Len() {
		a.Geometry(row)
		a.Area(row)
		a.Length(row)
		verticesAt(a, row, 10)
		refs = append(refs, shape.Ref{Row: uint32(row)})
	}
	a.Search(geo.TileID{}.FixedBox(), func(int) bool { return true })
	if _, err := shape.Gather([]*shape.Arena{a}, refs); err != nil {
		panic(err)
	}
}

type brokenWriter struct{ left int }

var errBroken = errors.New("broken")

func (w *brokenWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		n := w.left
		w.left = 0
		return n, errBroken
	}
	w.left -= len(p)
	return len(p), nil
}

func TestWriteError(t *testing.T) {
	t.Parallel()
	a := build(t, many(4000)...)
	for _, left := range []int{0, 100, 1 << 17} {
		n, err := a.WriteTo(&brokenWriter{left})
		if n != int64(left) || !errors.Is(err, errBroken) {
			t.Errorf("%d bytes, %v; want %d and the error", n, err, left)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(f, build(f)))
	f.Add(file(f, build(f, many(7)...)))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, rest, err := shape.Read(data)
		if err != nil {
			return
		}
		exercise(a)
		if again := file(t, a); !bytes.Equal(again, data[:len(data)-len(rest)]) {
			t.Error("the file came out different")
		}
	})
}
