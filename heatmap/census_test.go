package heatmap_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap"
)

// stream is a random crowd around some places, some far apart, whose moves are given
// to several censuses.
type stream struct {
	r       *rand.Rand
	p       *heatmap.Presence
	now     time.Time
	centers []orb.Point
	people  uint64
	spread  float64
}

func newStream(seed uint64, c heatmap.Config) *stream {
	s := &stream{r: rand.New(rand.NewPCG(seed, 5)), p: heatmap.NewPresence(c), now: newYear()}
	for range 1 + s.r.IntN(4) {
		s.centers = append(s.centers, orb.Point{121.3 + 0.3*s.r.Float64(), 31.1 + 0.3*s.r.Float64()})
	}
	s.people, s.spread = 30+s.r.Uint64N(250), 0.0005+0.01*s.r.Float64()
	s.p.Advance(s.now)
	return s
}

// step is some pings and some time.
func (s *stream) step() heatmap.Moves {
	for range s.r.IntN(100) {
		center := s.centers[s.r.IntN(len(s.centers))]
		place := orb.Point{center[0] + s.spread*s.r.NormFloat64(), center[1] + s.spread*s.r.NormFloat64()}
		s.p.Ping((1+s.r.Uint64N(s.people))*0x9E3779B97F4A7C15, cell.At(place, s.p.Finest), s.now)
	}
	s.now = s.now.Add(time.Duration(s.r.Int64N(int64(12 * time.Second))))
	if s.r.IntN(50) == 0 {
		s.now = s.now.Add(time.Duration(s.r.Int64N(int64(3 * time.Minute))))
	}
	s.p.Advance(s.now)
	return s.p.Moves(heatmap.Moves{})
}

// A frame is that which is made anew from all that was counted, whatever was made
// before it, and the frames before it stay as they were.
func TestFrameIsThatMadeAnew(t *testing.T) {
	for _, least := range []int{1, 2, 3, 10} {
		t.Run(fmt.Sprint(least), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(3) {
				config := heatmap.Config{Finest: 11, Coarsest: 7, TTL: 3 * time.Minute}
				s := newStream(seed, config)
				census := heatmap.NewCensus(config, least)
				type counted struct {
					moves heatmap.Moves
					at    time.Time
				}
				var all []counted
				var last *heatmap.Frame
				var lastRows [][]heatmap.Heat
				told := 0
				for n := range 120 {
					moves := s.step()
					all = append(all, counted{moves, s.now})
					census.Count(moves, s.now)
					f := census.Frame(s.now)
					if n%29 != 28 {
						continue
					}
					anew := heatmap.NewCensus(config, least)
					for _, c := range all {
						anew.Count(c.moves, c.at)
					}
					want := rows(anew.Frame(s.now), config)
					if got := rows(f, config); !equal(got, want) {
						t.Fatalf("seed %d, frame %d (-got +want):\n%s", seed, n, cmp.Diff(got, want))
					}
					if last != nil && !equal(rows(last, config), lastRows) {
						t.Fatalf("seed %d: a frame has changed (-got +want):\n%s", seed, cmp.Diff(rows(last, config), lastRows))
					}
					last, lastRows = f, want
					told += len(want[0]) + len(want[4])
				}
				if told == 0 {
					t.Errorf("seed %d: nothing was told, which proves little", seed)
				}
			}
		})
	}
}

// rows are the cells of all resolutions.
func rows(f *heatmap.Frame, c heatmap.Config) [][]heatmap.Heat {
	var all [][]heatmap.Heat
	for resolution := c.Coarsest; resolution <= c.Finest; resolution++ {
		all = append(all, append([]heatmap.Heat{}, f.Cells(resolution)...))
	}
	return all
}

func equal(a, b [][]heatmap.Heat) bool { return slices.EqualFunc(a, b, slices.Equal) }

// Rows are in ascending order, with the library's area of each cell; resolutions that
// are not counted have none.
func TestRowsOfAFrame(t *testing.T) {
	config := heatmap.Config{Finest: 11, Coarsest: 7, TTL: 3 * time.Minute}
	s, census := newStream(1, config), heatmap.NewCensus(config, 3)
	for range 20 {
		census.Count(s.step(), s.now)
	}
	f := census.Frame(s.now)
	for i, rows := range rows(f, config) {
		for n, h := range rows {
			if n > 0 && rows[n-1].Cell >= h.Cell || h.Cell.Resolution() != config.Coarsest+i {
				t.Errorf("%v follows %v", h.Cell, rows[max(n-1, 0)].Cell)
			}
			if got, want := h.Density*h.Cell.Area(), float64(h.Devices); got < want*(1-1e-6) || got > want*(1+1e-6) {
				t.Errorf("%v has %v devices by its density, want %v", h.Cell, got, want)
			}
		}
	}
	if f.Cells(6) != nil || f.Cells(12) != nil || f.Cells(-1) != nil {
		t.Error("resolutions that are not counted have cells")
	}
	again := census.Frame(s.now.Add(time.Second))
	if a, b := f.Cells(9), again.Cells(9); len(a) == 0 || &a[0] != &b[0] {
		t.Error("what has not changed is not shared")
	}
}

// Where more passes than is kept, the flow is not told, until a minute without that has
// passed; the devices are right all the time.
func TestTooManyPassages(t *testing.T) {
	config := heatmap.Config{Finest: 11, Coarsest: 9, TTL: time.Hour}
	p, census := heatmap.NewPresence(config), heatmap.NewCensus(config, 10)
	here, there := cell.At(orb.Point{121.49, 31.24}, 11), cell.At(orb.Point{121.4, 31.2}, 11)
	const people = 1100
	now := newYear()
	p.Advance(now)
	census.Count(p.Moves(heatmap.Moves{}), now)
	// walk lets all go to a cell and back so often, and a slot pass.
	walk := func(times int) heatmap.Heat {
		for n := range 2*times + 1 {
			for name := range uint64(people) {
				p.Ping((name+1)*0x9E3779B97F4A7C15, [2]cell.Cell{here, there}[n%2], now)
			}
		}
		now = now.Add(heatmap.DefaultSlot)
		p.Advance(now)
		census.Count(p.Moves(heatmap.Moves{}), now)
		all := census.Frame(now).Cells(11)
		if len(all) != 1 || all[0].Cell != here || all[0].Devices != people {
			t.Fatalf("the cells are %+v", all)
		}
		return all[0]
	}
	if got := walk(1); got.In != 2*people || got.Out != people {
		t.Errorf("%d came and %d went, want %d and %d", got.In, got.Out, 2*people, people)
	}
	for n, times := range []int{500, 0, 0, 1, 0, 0, 0} {
		if got := walk(times); n < heatmap.FlowSlots && got.In+got.Out != 0 {
			t.Errorf("%d slots after there was too much, %d came and %d went", n, got.In, got.Out)
		} else if n == heatmap.FlowSlots && (got.In != people || got.Out != people) {
			t.Errorf("%d came and %d went, want %d", got.In, got.Out, people)
		}
	}
}
