package heatmap_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap"
)

// Nothing that is shown, and no difference of shown cells within each other, tells
// of fewer than k devices.
func TestSuppressionCannotBeUndone(t *testing.T) {
	const k = 10
	told := 0
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		config := heatmap.Config{Finest: 11, Coarsest: 7, TTL: time.Hour}
		p, census, exact := heatmap.NewPresence(config), heatmap.NewCensus(config, k), heatmap.NewCensus(config, 1)
		p.Advance(newYear())
		spread := 0.0005 + 0.02*r.Float64()
		for range 20 + r.IntN(3000) {
			place := orb.Point{121.48 + spread*r.NormFloat64(), 31.24 + spread*r.NormFloat64()}
			p.Ping(r.Uint64(), cell.At(place, 11), newYear())
		}
		moves := p.Moves(heatmap.Moves{})
		census.Count(moves, newYear())
		exact.Count(moves, newYear())
		f, all := census.Frame(newYear()), exact.Frame(newYear())
		shown := map[cell.Cell]int{}
		children := map[cell.Cell][]cell.Cell{}
		var top []cell.Cell
		for resolution := 7; resolution <= 11; resolution++ {
			is := counts(all, resolution)
			for _, c := range f.Cells(resolution) {
				shown[c.Cell] = c.Devices
				if is[c.Cell] != c.Devices {
					t.Fatalf("%v is shown with %d devices and has %d", c.Cell, c.Devices, is[c.Cell])
				}
				if resolution == 7 {
					top = append(top, c.Cell)
				} else {
					above := c.Cell.Parent(resolution - 1)
					children[above] = append(children[above], c.Cell)
				}
			}
		}
		told += len(shown)
		// An attacker takes shown cells, and takes away shown cells within them.
		var below func(c cell.Cell) int
		below = func(c cell.Cell) int {
			sum := 0
			for _, child := range children[c] {
				switch r.IntN(3) {
				case 0: // the child is left in
				case 1:
					sum += shown[child]
				case 2:
					sum += below(child)
				}
			}
			return sum
		}
		for range 200 {
			from, taken := p.Devices(), 0
			if r.IntN(2) == 0 && len(shown) > 0 {
				from = 0
				for _, c := range top {
					if r.IntN(2) == 0 {
						from += shown[c]
						taken += below(c)
					}
				}
			} else {
				for _, c := range top {
					if r.IntN(2) == 0 {
						taken += shown[c]
					} else {
						taken += below(c)
					}
				}
			}
			if d := from - taken; d > 0 && d < k {
				t.Fatalf("seed %d: %d devices can be told apart", seed, d)
			}
		}
		// One child alone is the sharpest question.
		for c := range children {
			rest := shown[c]
			for _, child := range children[c] {
				rest -= shown[child]
			}
			if rest > 0 && rest < k {
				t.Fatalf("seed %d: %d devices are hidden in %v", seed, rest, c)
			}
		}
	}
	if told < 400 {
		t.Errorf("only %d cells were shown, which proves little", told)
	}
}

// The flow that is told is of shown cells, in multiples of k, so that differences of it
// are too. Who came and who went is told of a cell only if neither are few: from the
// counts of both ends of the minute the one follows from the other.
func TestFlowCannotBeUndone(t *testing.T) {
	const k = 10
	told, kept := 0, 0
	for seed := range uint64(6) {
		config := heatmap.Config{Finest: 11, Coarsest: 7, TTL: 3 * time.Minute}
		s := newStream(seed, config)
		s.spread = 0.0004
		census, exact := heatmap.NewCensus(config, k), heatmap.NewCensus(config, 1)
		for range 100 {
			moves := s.step()
			census.Count(moves, s.now)
			exact.Count(moves, s.now)
			f, all := census.Frame(s.now), exact.Frame(s.now)
			for resolution := 7; resolution <= 11; resolution++ {
				is := map[cell.Cell]heatmap.Heat{}
				for _, c := range all.Cells(resolution) {
					is[c.Cell] = c
				}
				for _, c := range f.Cells(resolution) {
					in, out := is[c.Cell].In, is[c.Cell].Out
					switch {
					case c.In%k != 0 || c.Out%k != 0:
						t.Fatalf("seed %d: %d and %d are told as %d and %d", seed, in, out, c.In, c.Out)
					case in > 0 && in < k || out > 0 && out < k:
						kept++
						if c.In != 0 || c.Out != 0 {
							t.Fatalf("seed %d: %d and %d are told as %d and %d", seed, in, out, c.In, c.Out)
						}
					case c.In < in-k/2 || c.In > in+k/2 || c.Out < out-k/2 || c.Out > out+k/2:
						t.Fatalf("seed %d: %d and %d are told as %d and %d", seed, in, out, c.In, c.Out)
					case c.In > 0 || c.Out > 0:
						told++
					}
				}
			}
		}
	}
	if told < 100 || kept < 100 {
		t.Errorf("the flow of %d cells was told and of %d not, which proves little", told, kept)
	}
}
