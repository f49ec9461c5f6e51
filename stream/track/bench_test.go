// Benchmarks of the tracker: go test -bench . -benchtime 2s ./stream/track

package track_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"
	"golang.org/x/sys/unix"

	"yiping/geo"
	"yiping/stream"
	"yiping/stream/track"
)

// fleet is vehicles that drive through the city.
type fleet struct {
	r       *rand.Rand
	reports []track.Report
}

func newFleet(n int) *fleet {
	f := &fleet{r: rand.New(rand.NewPCG(1, 2)), reports: make([]track.Report, n)}
	for i := range f.reports {
		f.reports[i] = at(key(i), noon(), 121.1+f.r.Float64()*0.8, 30.9+f.r.Float64()*0.6)
		f.reports[i].Fields = []any{fmt.Sprintf("沪A-%d", i), "taxi", nil}
	}
	return f
}

// drive moves every vehicle some 10 m on, a second later.
func (f *fleet) drive() {
	for i := range f.reports {
		r := &f.reports[i]
		r.Time = r.Time.Add(time.Second)
		r.Place[0] += (f.r.Float64() - 0.5) * 2e-4
		r.Place[1] += (f.r.Float64() - 0.5) * 2e-4
	}
}

// BenchmarkReport applies reports in batches of a thousand, with their touches, while
// a view is taken after each batch, as hub and history do. An operation is a report.
func BenchmarkReport(b *testing.B) {
	for _, size := range []struct{ objects, batch int }{{10_000, 1000}, {10_000, 1}, {100_000, 1000}} {
		b.Run(fmt.Sprintf("objects=%d/batch=%d", size.objects, size.batch), func(b *testing.B) {
			f := newFleet(size.objects)
			now := noon()
			t := track.New(definition(b, "vehicles"), track.Config{Now: func() time.Time { return now }, Applied: func(track.Batch) {}})
			table := t.Table()
			b.ReportAllocs()
			if _, err := t.Report(b.Context(), f.reports); err != nil {
				b.Fatal(err)
			}
			next := len(f.reports)
			used := time.Duration(0)
			for n := 0; b.Loop(); {
				if n++; n%size.batch != 0 {
					continue
				}
				if next == len(f.reports) {
					next = 0
					now = now.Add(time.Second)
					b.StopTimer()
					f.drive()
					b.StartTimer()
				}
				begun := cpu(b)
				out, err := t.Report(b.Context(), f.reports[next:next+size.batch])
				if err != nil || out.Accepted != size.batch {
					b.Fatal(out, err)
				}
				next += size.batch
				table.View()
				used += cpu(b) - begun
			}
			b.ReportMetric(float64(b.N)/used.Seconds(), "reports/cpu-s")
		})
	}
}

// cpu is what the process has used of its processors. On a machine that others use
// too it tells more than the time that has passed.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkIndex compares the index, a tree of cells with the objects in each, with
// a tree of the objects themselves. An operation is a move; a copy is taken after
// each thousand.
func BenchmarkIndex(b *testing.B) {
	const objects = 10_000
	b.Run("cells", func(b *testing.B) {
		f, g := newFleet(objects), track.NewGrid()
		for i, r := range f.reports {
			g.Add(uint32(i), geo.FixedAt(r.Place))
		}
		moves(b, f, func(i int, from, to orb.Point) { g.Move(uint32(i), geo.FixedAt(from), geo.FixedAt(to)) }, g.Freeze)
	})
	b.Run("objects", func(b *testing.B) {
		var tree, kept *rtree.RTreeG[uint32]
		f := newFleet(objects)
		tree = &rtree.RTreeG[uint32]{}
		for i, r := range f.reports {
			tree.Insert(r.Place, r.Place, uint32(i))
		}
		moves(b, f, func(i int, from, to orb.Point) {
			tree.Delete(from, from, uint32(i))
			tree.Insert(to, to, uint32(i))
		}, func() { kept = tree.Copy() })
		if kept == nil {
			b.Fatal("no copy was taken")
		}
	})
}

func moves(b *testing.B, f *fleet, move func(i int, from, to orb.Point), keep func()) {
	b.Helper()
	b.ReportAllocs()
	before := make([]orb.Point, len(f.reports))
	n := 0
	for b.Loop() {
		i := n % len(f.reports)
		if i == 0 {
			for j, r := range f.reports {
				before[j] = r.Place
			}
			f.drive()
		}
		move(i, before[i], f.reports[i].Place)
		if n++; n%1000 == 0 {
			keep()
		}
	}
}

// body is reports as lines.
func (f *fleet) body(d *track.Definition) []byte {
	var b []byte
	for i := range f.reports {
		b = append(d.AppendReport(b, &f.reports[i]), '\n')
	}
	return b
}

// BenchmarkDecode reads reports. An operation is a report.
func BenchmarkDecode(b *testing.B) {
	d, f := definition(b, "vehicles"), newFleet(1000)
	lines := bytes.Split(bytes.TrimSpace(f.body(d)), []byte("\n"))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if _, err := d.Decode(lines[n%len(lines)], geo.WGS84); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.SetBytes(int64(len(lines[0])))
}

// BenchmarkHTTP posts the reports of 10,000 vehicles as NDJSON over a socket of the
// machine. An operation is such a request.
func BenchmarkHTTP(b *testing.B) {
	f := newFleet(10_000)
	now := noon()
	t := track.New(definition(b, "vehicles"), track.Config{Now: func() time.Time { return now }, Applied: func(track.Batch) {}})
	server := httptest.NewServer(serve(b, t, nil))
	defer server.Close()
	table := t.Table()
	reports, used := 0, time.Duration(0)
	for b.Loop() {
		b.StopTimer()
		now = now.Add(time.Second)
		f.drive()
		body := f.body(t.Definition())
		b.StartTimer()
		begun := cpu(b)
		res, err := http.Post(server.URL+"/streams/vehicles", "application/x-ndjson", bytes.NewReader(body)) //nolint:noctx // a benchmark
		if err != nil || res.StatusCode != http.StatusOK {
			b.Fatal(res, err)
		}
		if err := res.Body.Close(); err != nil {
			b.Fatal(err)
		}
		reports += len(f.reports)
		table.View()
		used += cpu(b) - begun
	}
	if n := t.Status().Accepted; n != uint64(reports) {
		b.Fatalf("%d of %d were accepted", n, reports)
	}
	b.ReportMetric(float64(reports)/used.Seconds(), "reports/cpu-s")
}

// BenchmarkWithin finds the objects of a camera that shows a thousandth of the city.
func BenchmarkWithin(b *testing.B) {
	f := newFleet(10_000)
	t := track.New(definition(b, "vehicles"), track.Config{Now: noon})
	if _, err := t.Report(b.Context(), f.reports); err != nil {
		b.Fatal(err)
	}
	v := t.Table().View()
	s, err := v.Select(nil)
	if err != nil {
		b.Fatal(err)
	}
	box := geo.FixedBox{Min: geo.FixedAt(orb.Point{121.48, 31.24}), Max: geo.FixedAt(orb.Point{121.51, 31.22})}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		s.Within(box, func(stream.Row) bool { n++; return true })
		if n == 0 {
			b.Fatal("nobody is there")
		}
	}
}
