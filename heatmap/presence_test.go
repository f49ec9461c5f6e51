package heatmap_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap"
)

// model is presence by the definition: all pings of each device.
type model struct {
	heatmap.Config
	now     time.Time
	devices map[uint64]fix
}

type fix struct {
	cell cell.Cell
	slot time.Time
}

func (m *model) ping(name uint64, c cell.Cell, at time.Time) heatmap.Outcome {
	slot := at.Truncate(m.Slot)
	last, known := m.devices[name]
	switch {
	case slot.After(m.now):
		return heatmap.Future
	case m.now.Sub(slot) >= m.TTL, known && slot.Before(last.slot):
		return heatmap.Late
	}
	m.devices[name] = fix{c, slot}
	switch {
	case !known:
		return heatmap.Arrived
	case last.cell == c:
		return heatmap.Stayed
	default:
		return heatmap.Moved
	}
}

func (m *model) advance(now time.Time) {
	m.now = now.Truncate(m.Slot)
	maps.DeleteFunc(m.devices, func(_ uint64, f fix) bool { return m.now.Sub(f.slot) >= m.TTL })
}

// counts are the devices by cell of a resolution.
func (m *model) counts(resolution int) map[cell.Cell]int {
	all := map[cell.Cell]int{}
	for _, f := range m.devices {
		all[f.cell.Parent(resolution)]++
	}
	return all
}

func counts(p *heatmap.Presence, resolution int) map[cell.Cell]int {
	all := map[cell.Cell]int{}
	p.Each(resolution, func(c heatmap.Count) {
		if c.Here != 0 {
			all[c.Cell] = c.Here
		}
	})
	return all
}

func newYear() time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) }

// Late, repeated, moving and expiring pings, in any order: counts are those of the
// definition at every resolution, and the flow explains each change.
func TestPresenceEqualsItsDefinition(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			config := heatmap.Config{Finest: 11, Coarsest: 7, TTL: 5 * time.Minute, Slot: 10 * time.Second}
			p, m := heatmap.NewPresence(config), &model{Config: config, devices: map[uint64]fix{}}
			now := newYear()
			p.Advance(now)
			m.advance(now)
			before := map[cell.Cell]int{}
			for range 60 {
				for range 200 {
					place := orb.Point{121.48 + 0.02*r.NormFloat64(), 31.24 + 0.02*r.NormFloat64()}
					// Few of the names begin alike, as hashes do.
					name := (1 + r.Uint64N(300)) * 0x9E3779B97F4A7C15
					at := now.Add(time.Duration((0.05 - r.ExpFloat64()*0.3) * float64(config.TTL)))
					c := cell.At(place, 11)
					if got, want := p.Ping(name, c, at), m.ping(name, c, at); got != want {
						t.Fatalf("a ping of %v at %v was %s, want %s", at, now, got, want)
					}
				}
				now = now.Add(time.Duration(r.Int64N(int64(2 * time.Minute))))
				p.Advance(now)
				m.advance(now)
				for resolution := 7; resolution <= 11; resolution++ {
					if diff := cmp.Diff(counts(p, resolution), m.counts(resolution)); diff != "" {
						t.Fatalf("resolution %d (-got +want):\n%s", resolution, diff)
					}
				}
				if p.Devices() != len(m.devices) {
					t.Fatalf("%d devices, want %d", p.Devices(), len(m.devices))
				}
				p.Each(9, func(c heatmap.Count) {
					if c.Here != before[c.Cell]+c.In-c.Out {
						t.Fatalf("%v had %d devices, %d came, %d went, and has %d", c.Cell, before[c.Cell], c.In, c.Out, c.Here)
					}
				})
				before = counts(p, 9)
				p.TakeFlow()
			}
		})
	}
}

// Nothing that is shown, and no difference of shown cells within each other, tells
// of fewer than k devices.
func TestSuppressionCannotBeUndone(t *testing.T) {
	const k = 10
	told := 0
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		p := heatmap.NewPresence(heatmap.Config{Finest: 11, Coarsest: 7, TTL: time.Hour})
		p.Advance(newYear())
		spread := 0.0005 + 0.02*r.Float64()
		for range 20 + r.IntN(3000) {
			place := orb.Point{121.48 + spread*r.NormFloat64(), 31.24 + spread*r.NormFloat64()}
			p.Ping(r.Uint64(), cell.At(place, 11), newYear())
		}
		s := p.Suppress(k)
		shown := map[cell.Cell]int{}
		children := map[cell.Cell][]cell.Cell{}
		var top []cell.Cell
		for resolution := 7; resolution <= 11; resolution++ {
			s.Each(resolution, func(c heatmap.Count) {
				shown[c.Cell] = c.Here
				if p.At(c.Cell) != c.Here {
					t.Fatalf("%v is shown with %d devices and has %d", c.Cell, c.Here, p.At(c.Cell))
				}
				if resolution == 7 {
					top = append(top, c.Cell)
				} else {
					above := c.Cell.Parent(resolution - 1)
					children[above] = append(children[above], c.Cell)
				}
			})
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
