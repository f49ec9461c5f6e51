package heatmap_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/planar"

	"yiping/heatmap"
)

// square is some hundred metres at the Bund.
func square() heatmap.Place {
	return heatmap.Place{
		ID: "square", Flow: heatmap.Standing,
		Outline: orb.MultiPolygon{{{{121.485, 31.240}, {121.487, 31.240}, {121.487, 31.242}, {121.485, 31.242}, {121.485, 31.240}}}},
	}
}

// watched is a place by the definition: where each device was last, and when it was
// last inside.
type watched struct {
	last, inside map[string]heatmap.Ping
	visits       int
}

// A place counts who was last heard of inside it, and each visit once.
func TestPlaceEqualsItsDefinition(t *testing.T) {
	const people = 400
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 9))
		now := newYear()
		rules := heatmap.DefaultRules()
		rules.Least, rules.Places = 1, []heatmap.Place{square()}
		e := heatmap.New(heatmap.EngineConfig{Rules: rules, Clock: func() time.Time { return now }})
		m := watched{last: map[string]heatmap.Ping{}, inside: map[string]heatmap.Ping{}}
		in := func(p heatmap.Ping) bool {
			return p.Place[0] > 121.485 && p.Place[0] < 121.487 && p.Place[1] > 31.240 && p.Place[1] < 31.242
		}
		before, flow := 0, 0.0
		for range 150 {
			pings := make([]heatmap.Ping, 60)
			for i := range pings {
				pings[i] = heatmap.Ping{
					Device: fmt.Sprint(r.IntN(people)), Time: now,
					Place: orb.Point{121.484 + 0.004*r.Float64(), 31.239 + 0.004*r.Float64()},
				}
				p := pings[i]
				if in(p) {
					was, ever := m.inside[p.Device]
					if !ever || now.Sub(was.Time) >= rules.TTL {
						m.visits++
					}
					m.inside[p.Device] = p
				}
				m.last[p.Device] = p
			}
			e.Take(pings, false)
			now = now.Add(heatmap.DefaultSlot * time.Duration(1+r.IntN(6)))
			e.Tick()
			want := 0
			for _, p := range m.last {
				if in(p) && now.Sub(p.Time) < rules.TTL {
					want++
				}
			}
			got := e.Frame().Places[0]
			if got.Devices != want || got.Visits != m.visits {
				t.Fatalf("seed %d: %d devices and %d visits, want %d and %d", seed, got.Devices, got.Visits, want, m.visits)
			}
			if area := geo.Area(square().Outline); got.Density < float64(want)/area*0.999 || got.Density > float64(want)/area*1.001 {
				t.Fatalf("the density is %v with %d devices on %v m²", got.Density, want, area)
			}
			flow += got.In - got.Out
			before = got.Devices
		}
		if before == 0 || flow == 0 {
			t.Error("nothing happened, which proves little")
		}
	}
}

// A place that fills is announced before it is full, and never says a number that
// tells of few.
func TestPlaceFills(t *testing.T) {
	now := newYear()
	rules := heatmap.DefaultRules()
	rules.Places = []heatmap.Place{square()}
	rules.Places[0].Usable = 1000
	e := heatmap.New(heatmap.EngineConfig{Rules: rules, Clock: func() time.Time { return now }})
	announced, watch := time.Duration(0), false
	for n := range 2400 { // a device a second
		e.Take([]heatmap.Ping{{Device: fmt.Sprint(n), Time: now, Place: orb.Point{121.486, 31.241}}}, false)
		if n%10 == 0 { // so that nobody is forgotten
			all := make([]heatmap.Ping, n)
			for i := range all {
				all[i] = heatmap.Ping{Device: fmt.Sprint(i), Time: now, Place: orb.Point{121.486, 31.241}}
			}
			e.Take(all, false)
		}
		e.Tick()
		s := e.Frame().Places[0]
		if s.Devices%rules.Least != 0 {
			t.Fatalf("the place tells of %d devices", s.Devices)
		}
		if s.Level == heatmap.Calm && s.Next == heatmap.Watch && announced == 0 {
			announced = now.Sub(newYear())
		}
		if s.Level == heatmap.Watch && !watch {
			watch = true
			if at := now.Sub(newYear()); announced == 0 || at-announced < 9*time.Minute {
				t.Errorf("watch began after %v and was announced after %v", at, announced)
			}
		}
		now = now.Add(time.Second)
	}
	if !watch {
		t.Error("the place never filled")
	}
}

// The outline of a place with holes and parts contains what planar says.
func TestOutlineOfAPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 30 {
		place := square()
		ring := func(x, y, size float64) orb.Ring {
			var ring orb.Ring
			corners := 8 + r.IntN(60)
			for i := range corners {
				sin, cos := math.Sincos(float64(i) / float64(corners) * 2 * math.Pi)
				reach := size * (0.5 + 0.5*r.Float64())
				ring = append(ring, orb.Point{x + reach*cos, y + reach*sin})
			}
			return append(ring, ring[0])
		}
		place.Outline = orb.MultiPolygon{
			{ring(121.48, 31.24, 0.01), ring(121.48, 31.24, 0.002)},
			{ring(121.52, 31.24+0.02*r.Float64(), 0.005)},
		}
		now := newYear()
		rules := heatmap.DefaultRules()
		rules.Least, rules.Places = 1, []heatmap.Place{place}
		e := heatmap.New(heatmap.EngineConfig{Rules: rules, Clock: func() time.Time { return now }})
		want := 0
		pings := make([]heatmap.Ping, 500)
		for i := range pings {
			pings[i] = heatmap.Ping{Device: fmt.Sprint(i), Time: now, Place: orb.Point{121.465 + 0.07*r.Float64(), 31.225 + 0.05*r.Float64()}}
			if planar.MultiPolygonContains(place.Outline, pings[i].Place) {
				want++
			}
		}
		e.Take(pings, false)
		e.Tick()
		if got := e.Frame().Places[0].Devices; got != want || want == 0 {
			t.Errorf("%d devices are inside, want %d", got, want)
		}
	}
}
