package load_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/load"
)

// memory is a sink that keeps all.
type memory struct {
	features map[string][]layers.Feature
	rejected []layers.Rejection
	strict   bool
}

var errStrict = errors.New("strict")

func newMemory() *memory { return &memory{features: map[string][]layers.Feature{}} }

func (m *memory) Add(_ context.Context, layer string, f *layers.Feature) error {
	kept := *f
	kept.Properties = slices.Clone(f.Properties)
	kept.Geometry = orb.Clone(f.Geometry)
	m.features[layer] = append(m.features[layer], kept)
	return nil
}

func (m *memory) Reject(r layers.Rejection) error {
	m.rejected = append(m.rejected, r)
	if m.strict {
		return errStrict
	}
	return nil
}

// sieve is a sink that keeps nothing.
type sieve struct{}

func (sieve) Add(context.Context, string, *layers.Feature) error { return nil }
func (sieve) Reject(layers.Rejection) error                      { return nil }

// standard is the catalog of the standard layers.
func standard(tb testing.TB) load.Catalog {
	tb.Helper()
	all, err := layers.Standard()
	if err != nil {
		tb.Fatal(err)
	}
	return func(name string) (*layers.Layer, bool) {
		i := slices.IndexFunc(all, func(l *layers.Layer) bool { return l.Name == name })
		if i < 0 {
			return nil, false
		}
		return all[i], true
	}
}

func standardLayer(tb testing.TB, name string) *layers.Layer {
	tb.Helper()
	l, ok := standard(tb)(name)
	if !ok {
		tb.Fatalf("no standard layer %s", name)
	}
	return l
}

// thing makes a layer called thing.
func thing(geometry layers.GeometryType, properties ...layers.Property) *layers.Layer {
	return &layers.Layer{Name: "thing", Geometry: geometry, Properties: properties}
}

// message is the text of an error, "" for none.
func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// endless is a file that repeats a piece for ever, and counts what was read of it.
type endless struct {
	head, piece string
	read        int64
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		at := e.read
		var from string
		if at < int64(len(e.head)) {
			from = e.head[at:]
		} else {
			from = e.piece[(at-int64(len(e.head)))%int64(len(e.piece)):]
		}
		c := copy(p[n:], from)
		n += c
		e.read += int64(c)
	}
	return n, nil
}

var _ io.Reader = (*endless)(nil)

// shared opens a file of the shared test data, or skips the test.
func shared(tb testing.TB, name string) *os.File {
	tb.Helper()
	f, err := os.Open(filepath.Join(sharedData(tb), filepath.FromSlash(name)))
	if err != nil {
		tb.Skipf("the shared data lacks a file: %v", err)
	}
	tb.Cleanup(func() { f.Close() }) //nolint:errcheck // only read
	return f
}

func sharedData(tb testing.TB) string {
	tb.Helper()
	if dir := os.Getenv("YIPING_TEST_DATA"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			tb.Skip("no go.mod above the working directory: set YIPING_TEST_DATA to the folder of the shared data")
		}
		dir = up
	}
	data := filepath.Join(filepath.Dir(dir), "shared", "data")
	if _, err := os.Stat(data); err != nil {
		tb.Skip("the shared data is absent: set YIPING_TEST_DATA to its folder")
	}
	return data
}

func reader(s string) io.Reader { return strings.NewReader(s) }
