package window_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap"
	"yiping/heatmap/window"
)

// at is a time of day in Shanghai, on New Year's Eve or, from 24:00 on, after it.
func at(hour, minute int) time.Time {
	return time.Date(2019, 12, 31, hour-8, minute, 0, 0, time.UTC)
}

func bund() orb.Point { return orb.Point{121.4905, 31.2397} }

// hear has devices be heard of at a point, and in a place if it has an id.
func hear(w *window.Windows, now, at time.Time, p orb.Point, place string, names ...uint64) {
	h, c, in := &heatmap.Heard{Now: now}, cell.At(p, 11), &heatmap.Place{ID: place}
	for _, name := range names {
		h.Sightings = append(h.Sightings, heatmap.Sighting{Name: name, Time: at, Place: p, Cell: c})
		if place != "" {
			h.Visits = append(h.Visits, heatmap.Visit{Place: in, Name: name, Time: at})
		}
	}
	w.Hear(h)
}

// some are n names, from a first on, evenly distributed as hashes are.
func some(first, n int) []uint64 {
	all := make([]uint64, n)
	for i := range all {
		x := uint64(first+i+1) * 0x9E3779B97F4A7C15
		x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
		x = (x ^ x>>27) * 0x94D049BB133111EB
		all[i] = x ^ x>>31
	}
	return all
}

// visitors are the numbers of hour, evening and day of a place.
func visitors(w *window.Windows, place string, now time.Time) [3]int {
	v := w.Place(place, now)
	return [3]int{v[window.Hour].Visitors, v[window.Evening].Visitors, v[window.Day].Visitors}
}

// An evening, step by step: the hour slides, the evening begins at 16:00, and all is
// forgotten at 4 o'clock.
func TestSpans(t *testing.T) {
	t.Parallel()
	w := window.New(window.Config{})
	for _, step := range []struct {
		now, at time.Time
		names   []uint64
		want    [3]int
	}{
		{at(15, 5), at(15, 5), some(0, 30), [3]int{30, 0, 30}},
		{at(15, 40), at(15, 35), some(0, 40), [3]int{40, 0, 40}},
		{at(16, 1), at(15, 59), some(40, 10), [3]int{40 + 10, 0, 50}}, // before 16:00, heard of after it
		{at(16, 2), at(16, 2), some(0, 20), [3]int{50, 20, 50}},       // the slot of 15:00 is gone, they are here again
		{at(16, 29), at(16, 29), nil, [3]int{50, 20, 50}},             //
		{at(16, 30), at(16, 30), nil, [3]int{30, 20, 50}},             // the slot of 15:30 is gone
		{at(17, 0), at(17, 0), nil, [3]int{0, 20, 50}},                // and that of 16:00
		{at(27, 59), at(27, 58), some(100, 20), [3]int{20, 40, 70}},   //
		{at(28, 1), at(27, 59), some(200, 20), [3]int{0, 0, 0}},       // of the day before, by a key of this
		{at(28, 2), at(28, 2), some(300, 20), [3]int{20, 0, 20}},      //
		{at(28, 12), at(28, 12), some(310, 20), [3]int{30, 0, 30}},    //
		{at(28, 13), at(28, 3), some(300, 1), [3]int{30, 0, 30}},      // again
		{at(40, 1), at(40, 1), some(400, 20), [3]int{20, 20, 50}},     // the next evening
		{at(52, 1), at(52, 1), nil, [3]int{0, 0, 0}},                  // and nobody for an hour and a day
	} {
		hear(w, step.now, step.at, bund(), "bund", step.names...)
		if diff := cmp.Diff(visitors(w, "bund", step.now), step.want); diff != "" {
			t.Errorf("at %v (-got +want):\n%s", step.now, diff)
		}
		for _, o := range window.Spans() {
			n := 0
			for _, c := range w.Cells(o, step.now) {
				n += c.Visitors
			}
			if n != step.want[o] {
				t.Errorf("at %v the cells have %d over the %v, want %d", step.now, n, o, step.want[o])
			}
		}
	}
}

// A span begins where doc.go says.
func TestFrom(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		over      window.Over
		now, want time.Time
	}{
		{window.Hour, at(20, 59), at(20, 0)},
		{window.Hour, at(21, 0), at(20, 10)},
		{window.Hour, at(28, 30), at(28, 0)},
		{window.Evening, at(20, 59), at(16, 0)},
		{window.Evening, at(27, 59), at(16, 0)},
		{window.Evening, at(28, 0), at(40, 0)},
		{window.Day, at(20, 59), at(4, 0)},
		{window.Day, at(28, 0), at(28, 0)},
	} {
		if got := tt.over.From(tt.now); !got.Equal(tt.want) {
			t.Errorf("the %v at %v begins at %v, want %v", tt.over, tt.now, got, tt.want)
		}
	}
	for _, o := range window.Spans() {
		if got, err := window.ParseOver(o.String()); got != o || err != nil {
			t.Errorf("%v is read as %v, %v", o, got, err)
		}
	}
	if _, err := window.ParseOver("year"); err == nil {
		t.Error("a year is taken")
	}
}

// Small sets are exact, whatever is repeated and in whatever order it comes: the
// model is a set a slot.
func TestSmallCountsAreExact(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 7))
		w := window.New(window.Config{Least: 1})
		bySlot, day := map[int64]map[uint64]bool{}, map[uint64]bool{}
		now := at(9, 0)
		for range 300 {
			now = now.Add(time.Duration(r.IntN(120)) * time.Second)
			when := now.Add(-time.Duration(r.IntN(600)) * time.Second)
			name := some(r.IntN(200), 1)
			hear(w, now, when, bund(), "bund", name...)
			n := when.Unix() / 600
			if bySlot[n] == nil {
				bySlot[n] = map[uint64]bool{}
			}
			bySlot[n][name[0]], day[name[0]] = true, true
			last := map[uint64]bool{}
			for back := range int64(6) {
				for name := range bySlot[now.Unix()/600-back] {
					last[name] = true
				}
			}
			// Told once a minute: ask anew each time.
			if got := visitors(w, "bund", now.Truncate(time.Minute)); now.Second() == 0 && got != [3]int{len(last), 0, len(day)} {
				t.Fatalf("seed %d at %v: %v, want %d, 0, %d", seed, now, got, len(last), len(day))
			}
		}
	}
}

// In at least 95 % of cases the number is within two of the standard errors that are
// told with it, and on the average it is true.
func TestErrorIsWithinTwoSigma(t *testing.T) {
	t.Parallel()
	const cases = 100
	first := 0
	for _, tt := range []struct {
		name string
		ask  func(w *window.Windows) window.Count
	}{
		{"place", func(w *window.Windows) window.Count { return w.Place("bund", at(9, 30))[window.Hour] }},
		{"cell", func(w *window.Windows) window.Count { return w.Cells(window.Day, at(9, 30))[0].Count }},
	} {
		within, all := 0, 0
		for _, n := range []int{300, 3000, 10_000} {
			sum, square := 0.0, 0.0
			for range cases {
				w := window.New(window.Config{Least: 1})
				// In three slots that overlap, so that the union is tested too.
				names := some(first, n)
				first += n
				hear(w, at(9, 0), at(9, 0), bund(), "bund", names[:n/2]...)
				hear(w, at(9, 10), at(9, 10), bund(), "bund", names[n/3:]...)
				got := tt.ask(w)
				off := float64(got.Visitors)/float64(n) - 1
				sum, square = sum+off, square+off*off
				if all++; math.Abs(off) <= 2*got.Error {
					within++
				}
			}
			mean, deviation := sum/cases, math.Sqrt(square/cases)
			t.Logf("%s of %d: mean error %+.4f, deviation %.4f", tt.name, n, mean, deviation)
			// A mean of so many cases is within three of its own deviations.
			if math.Abs(mean) > 3*deviation/math.Sqrt(cases) {
				t.Errorf("%s of %d: the numbers are off by %+.4f on the average", tt.name, n, mean)
			}
		}
		if t.Logf("%s: %d of %d within two sigma", tt.name, within, all); float64(within) < 0.95*float64(all) {
			t.Errorf("%s: only %d of %d numbers are within two standard errors", tt.name, within, all)
		}
	}
}

// Fewer than ten are not told, and other numbers are tens; within a minute they do not
// change.
func TestFewAreNotTold(t *testing.T) {
	t.Parallel()
	w := window.New(window.Config{})
	hear(w, at(20, 0), at(20, 0), bund(), "bund", some(0, 9)...)
	if got := visitors(w, "bund", at(20, 0)); got != [3]int{} || len(w.Cells(window.Day, at(20, 0))) != 0 {
		t.Errorf("nine devices are told: %v", got)
	}
	hear(w, at(20, 0), at(20, 0), bund(), "bund", some(0, 16)...)
	if got := visitors(w, "bund", at(20, 0).Add(59*time.Second)); got != [3]int{} {
		t.Errorf("within the minute: %v", got)
	}
	if got := visitors(w, "bund", at(20, 1)); got != [3]int{20, 20, 20} {
		t.Errorf("a minute later: %v", got)
	}
	if got := visitors(w, "elsewhere", at(20, 1)); got != [3]int{} {
		t.Errorf("a place that nobody was at: %v", got)
	}
}

// However many are heard of, and wherever, the memory has the bound of doc.go.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	w := window.New(window.Config{MaxCells: 3, MaxPlaces: 2})
	for n := range 5 {
		p := orb.Point{121.2 + float64(n)/10, 31.2}
		for hour := 16; hour < 18; hour++ {
			for minute := 0; minute < 60; minute += 10 {
				hear(w, at(hour, minute), at(hour, minute), p, fmt.Sprint(n), some(1000*minute, 1000)...)
			}
		}
	}
	s := w.State()
	if s.Cells != 3 || s.Places != 2 || s.Uncounted != (2+3)*12*1000 {
		t.Errorf("%+v", s)
	}
	if most := 3*(8*2048+1024) + 2*(8*16384+1024); s.Bytes > most || s.Bytes < most*9/10 {
		t.Errorf("%d bytes, want about %d and not more", s.Bytes, most)
	}
}

// BenchmarkHear is batches of pings of a wandering crowd, one in four inside a place.
//
//	go test -run - -bench . ./heatmap/window
func BenchmarkHear(b *testing.B) {
	const crowd, batch = 1_000_000, 1000
	r := rand.New(rand.NewPCG(1, 1))
	names, cells := some(0, crowd), make([]cell.Cell, crowd)
	for i := range cells {
		cells[i] = cell.At(orb.Point{121.47 + 0.1*r.NormFloat64(), 31.23 + 0.1*r.NormFloat64()}, 11)
	}
	place := &heatmap.Place{ID: "bund"}
	w := window.New(window.Config{})
	now := at(16, 0)
	h := &heatmap.Heard{}
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(10 * time.Millisecond)
		h.Now, h.Sightings, h.Visits = now, h.Sightings[:0], h.Visits[:0]
		for range batch {
			i := r.IntN(crowd)
			h.Sightings = append(h.Sightings, heatmap.Sighting{Name: names[i], Time: now, Cell: cells[i]})
			if i%4 == 0 {
				h.Visits = append(h.Visits, heatmap.Visit{Place: place, Name: names[i], Time: now})
			}
		}
		w.Hear(h)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*batch)*1e9, "ns/ping")
	b.ReportMetric(float64(w.State().Bytes)/1e6, "MB")
}

// BenchmarkCells tells 10,000 cells of 3,000 devices each, in two slots of the hour.
func BenchmarkCells(b *testing.B) {
	now := at(20, 15)
	for b.Loop() {
		b.StopTimer() // what was told is told again for a minute
		w := window.New(window.Config{})
		for n := range 10_000 {
			p := orb.Point{121.0 + 0.012*float64(n%100), 30.8 + 0.012*float64(n/100)}
			hear(w, at(20, 0), at(20, 0), p, "", some(3000*n, 1500)...)
			hear(w, at(20, 10), at(20, 10), p, "", some(3000*n+1500, 1500)...)
		}
		b.StartTimer()
		w.Cells(window.Hour, now)
	}
}
