package replay

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/paulmach/orb"
)

// Crowd is the visitors of an evening.
type Crowd struct {
	scenario *Scenario
	// visitors are by the time they set out.
	visitors []visitor
	// passed is who comes and goes at the core's end of each way, by minute.
	passed []passing
}

// visitor is one who comes and goes. Times are seconds since the beginning.
type visitor struct {
	// arrive and leave are when the visitor is in the core; leave is after the
	// scenario's end for who stays.
	arrive, leave float32
	in, out       uint8
	// phase is when the device is heard of, within the interval.
	phase uint16
	// seed decides where the visitor walks and stands.
	seed uint32
}

const (
	// interval is how often a device is heard of, in seconds. It is less than half of
	// what an engine remembers.
	interval = 240
	// shortest is the shortest stay: in it a device is heard of twice.
	shortest = 2 * interval
)

// NewCrowd decides who comes when, by the scenario and a seed. At every time as many
// are in the core as the scenario says, and in the end all visitors were there.
func NewCrowd(s *Scenario, seed uint64) *Crowd {
	r := rand.New(rand.NewPCG(seed, 2019))
	c := &Crowd{scenario: s}
	first := int(s.people(0))
	var fresh, ripe []int // fresh have not stayed long enough to leave
	for range first {
		ripe = append(ripe, c.add(r, -shortest))
	}
	for at := 1.0; at <= s.Seconds(); at++ {
		come := first + int(math.Round(s.arrived(at)*float64(s.Visitors-first))) - len(c.visitors)
		for range come {
			fresh = append(fresh, c.add(r, at))
		}
		for len(fresh) > 0 && at-float64(c.visitors[fresh[0]].arrive) >= shortest {
			ripe = append(ripe, fresh[0])
			fresh = fresh[1:]
		}
		for len(fresh)+len(ripe) > int(math.Round(s.people(at))) && len(ripe) > 0 {
			n := r.IntN(len(ripe))
			c.visitors[ripe[n]].leave = float32(at)
			ripe[n] = ripe[len(ripe)-1]
			ripe = ripe[:len(ripe)-1]
		}
	}
	slices.SortStableFunc(c.visitors, func(a, b visitor) int {
		if c.setsOut(&a) < c.setsOut(&b) {
			return -1
		}
		return 1
	})
	c.passed = c.pass()
	return c
}

// add has a visitor arrive, and returns the visitor's number.
func (c *Crowd) add(r *rand.Rand, at float64) int {
	c.visitors = append(c.visitors, visitor{
		arrive: float32(at), leave: float32(math.Inf(1)), phase: uint16(r.IntN(interval)), seed: r.Uint32(),
		in: c.choose(r, func(w *way) float64 { return w.In }), out: c.choose(r, func(w *way) float64 { return w.Out }),
	})
	return len(c.visitors) - 1
}

// choose is a way by its share.
func (c *Crowd) choose(r *rand.Rand, share func(*way) float64) uint8 {
	all := 0.0
	for i := range c.scenario.Ways {
		all += share(&c.scenario.Ways[i])
	}
	at := r.Float64() * all
	for i := range c.scenario.Ways {
		if at -= share(&c.scenario.Ways[i]); at < 0 {
			return uint8(i)
		}
	}
	return 0
}

// setsOut is when a visitor begins to walk, gone when the visitor is away.
func (c *Crowd) setsOut(v *visitor) float64 {
	return float64(v.arrive) - c.lasts(v.in)
}

func (c *Crowd) gone(v *visitor) float64 { return float64(v.leave) + c.lasts(v.out) }

// lasts is how long it takes to walk a way, in seconds.
func (c *Crowd) lasts(way uint8) float64 {
	return c.scenario.Ways[way].Line.length / c.scenario.Walk
}

// random is a number from 0 to 1 that a visitor keeps for a purpose.
func (v *visitor) random(purpose uint32) float64 {
	h := uint64(v.seed)<<32 | uint64(purpose)
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	return float64(h>>11) / (1 << 53)
}

// The purposes of a visitor's numbers.
const (
	forSpot = iota
	forSide
	forWalkSide
	forStroll
)

// place is where a visitor is.
func (c *Crowd) place(v *visitor, at float64) orb.Point {
	s := c.scenario
	switch {
	case at < float64(v.arrive):
		return c.walk(v, v.in, 1-(float64(v.arrive)-at)*s.Walk/s.Ways[v.in].Line.length)
	case at >= float64(v.leave):
		return c.walk(v, v.out, 1-(at-float64(v.leave))*s.Walk/s.Ways[v.out].Line.length)
	}
	// Most stand where they came in or near the middle, and stroll a little.
	enter := s.Ways[v.in].Enter
	spot := enter + (v.random(forSpot)-0.5)*0.5
	stroll := 0.02 * math.Sin(2*math.Pi*(at/1800+v.random(forStroll)))
	p, east, north := s.Spine.at(mirror(spot + stroll))
	return aside(p, east, north, (2*v.random(forSide)-1)*s.Spread)
}

// walk is a place on a way, whose end is at the core.
func (c *Crowd) walk(v *visitor, n uint8, share float64) orb.Point {
	p, east, north := c.scenario.Ways[n].Line.at(min(1, max(0, share)))
	return aside(p, east, north, (2*v.random(forWalkSide)-1)*walkSpread)
}

// walkSpread is how far from the middle of a street people walk, in metres.
const walkSpread = 9

// mirror brings what is beyond the ends of 0 to 1 back.
func mirror(v float64) float64 {
	v = math.Abs(v)
	if v > 1 {
		v = 2 - v
	}
	return v
}
