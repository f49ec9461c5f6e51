package heatmap_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/heatmap"
)

// model is presence by the definition: the newest ping of each device, and all moves of
// the time that the flow is of.
type model struct {
	heatmap.Config
	now     time.Time
	devices map[uint64]fix
	moves   []move
}

type fix struct {
	cell cell.Cell
	slot time.Time
}

// move is a device that went from a cell to another, each 0 if there was none, between
// two times of the census, the first of which was in a slot.
type move struct {
	from, to cell.Cell
	slot     time.Time
}

func newModel(c heatmap.Config) *model { return &model{Config: c, devices: map[uint64]fix{}} }

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
	m.moves = append(m.moves, move{last.cell, c, m.now})
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
	before := m.now
	m.now = now.Truncate(m.Slot)
	m.moves = slices.DeleteFunc(m.moves, func(v move) bool { return m.now.Sub(v.slot) > heatmap.FlowSlots*m.Slot })
	maps.DeleteFunc(m.devices, func(_ uint64, f fix) bool {
		gone := m.now.Sub(f.slot) >= m.TTL
		if gone {
			m.moves = append(m.moves, move{f.cell, 0, before})
		}
		return gone
	})
}

// flow is who came and went by cell of a resolution, in the slots before that of now.
func (m *model) flow(resolution int) (in, out map[cell.Cell]int32) {
	in, out = map[cell.Cell]int32{}, map[cell.Cell]int32{}
	for _, v := range m.moves {
		from, to := v.from.Parent(resolution), v.to.Parent(resolution)
		if from == to || !v.slot.Before(m.now) {
			continue
		}
		if from != 0 {
			out[from]++
		}
		if to != 0 {
			in[to]++
		}
	}
	return in, out
}

// counts are the devices by cell of a resolution.
func (m *model) counts(resolution int) map[cell.Cell]int {
	all := map[cell.Cell]int{}
	for _, f := range m.devices {
		all[f.cell.Parent(resolution)]++
	}
	return all
}

func counts(f *heatmap.Frame, resolution int) map[cell.Cell]int {
	all := map[cell.Cell]int{}
	for _, c := range f.Cells(resolution) {
		all[c.Cell] = c.Devices
	}
	return all
}

func newYear() time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) }

// Late, repeated, moving and expiring pings, in any order: counts are those of the
// definition at every resolution, and so is the flow.
func TestPresenceEqualsItsDefinition(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			config := heatmap.Config{Finest: 11, Coarsest: 7, TTL: 5 * time.Minute, Slot: 10 * time.Second}
			p, census := heatmap.NewPresence(config), heatmap.NewCensus(config, 1)
			m := newModel(config)
			now := newYear()
			p.Advance(now)
			m.advance(now)
			census.Count(p.Moves(heatmap.Moves{}), now)
			flows := 0
			for range 40 {
				for range 150 {
					place := orb.Point{121.48 + 0.02*r.NormFloat64(), 31.24 + 0.02*r.NormFloat64()}
					// Few of the names begin alike, as hashes do; or all.
					name := (1 + r.Uint64N(500)) * 0x9E3779B97F4A7C15 >> (seed % 2 * 8)
					at := now.Add(time.Duration((0.05 - r.ExpFloat64()*0.3) * float64(config.TTL)))
					c := cell.At(place, 11)
					if got, want := p.Ping(name, c, at), m.ping(name, c, at); got != want {
						t.Fatalf("a ping of %v at %v was %s, want %s", at, now, got, want)
					}
				}
				now = now.Add(time.Duration(r.Int64N(int64(40 * time.Second))))
				p.Advance(now)
				census.Count(p.Moves(heatmap.Moves{}), now)
				m.advance(now)
				f := census.Frame(now)
				for resolution := 7; resolution <= 11; resolution++ {
					if got, want := counts(f, resolution), m.counts(resolution); !maps.Equal(got, want) {
						t.Fatalf("resolution %d (-got +want):\n%s", resolution, cmp.Diff(got, want))
					}
					in, out := m.flow(resolution)
					for _, c := range f.Cells(resolution) {
						if c.In != in[c.Cell] || c.Out != out[c.Cell] {
							t.Fatalf("into %v came %d and out of it %d, want %d and %d", c.Cell, c.In, c.Out, in[c.Cell], out[c.Cell])
						}
						flows += int(c.In + c.Out)
					}
				}
				if p.Devices() != len(m.devices) || f.Devices != len(m.devices) {
					t.Fatalf("%d devices, %d told, want %d", p.Devices(), f.Devices, len(m.devices))
				}
			}
			if flows == 0 {
				t.Error("nobody moved, which proves little")
			}
		})
	}
}
