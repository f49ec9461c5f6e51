package sim

import (
	"math"
	"math/rand/v2"
	"time"
)

// How drivers drive; usual values of traffic simulation (Treiber and Kesting,
// Traffic Flow Dynamics, ch. 11: comfortable acceleration and braking in a city).
const (
	speedUp   = 1.5 // m/s²
	slowDown  = 2.0
	turnSpeed = 4.0 // m/s, through a right angle
	bendSpeed = 9.0 // m/s, through a bend of 45°
)

// stepSeconds is how finely driving is worked out. A report may be many steps.
const stepSeconds = 0.5

// driver moves along the network.
type driver struct {
	random *rand.Rand
	// pace is a part of the usual speed, least of all; most is a bound in m/s.
	pace, most float64
	// home is the district that it stays in; empty for all of the city.
	home string
	// highest is the rank of the largest streets that it takes: nobody walks along
	// a motorway.
	highest int

	arc, next arc
	at, speed float64 // metres along arc, m/s
	// halt says that it will stop at the end of arc, for so many seconds; wait is
	// how long it still stands.
	halt, wait float64
}

// parking is how long somebody stands who has parked, and is not waiting for
// others, in seconds.
const parking = 60

// parked reports whether it stands for long.
func (d *driver) parked() bool { return d.wait > parking }

// place puts a driver on a street.
func (d *driver) place(n *Network, a arc) {
	d.arc = a
	d.at = d.random.Float64() * n.edge(a).length()
	d.ahead(n)
}

// ahead chooses where to go at the end of the arc, and whether to stop there.
func (d *driver) ahead(n *Network) {
	d.next = d.choose(n)
	d.halt = 0
	out := n.out[n.end(d.arc)]
	here := n.edge(d.arc).class.rank
	highest := here
	for _, a := range out {
		highest = min(highest, n.edge(a).class.rank)
	}
	chance := d.random.Float64()
	switch {
	case here > signalled && chance < 0.01:
		d.halt = parking * (2 + 8*d.random.Float64())
	case len(out) < 3 || highest <= 1: // no crossing, or a ramp, which has no lights
	case highest <= signalled && chance < 0.3:
		d.halt = 2 + 43*d.random.Float64()
	case chance < 0.08: // somebody is to be given way
		d.halt = 2 + 6*d.random.Float64()
	}
}

// choose draws the next arc: rather ahead than around a corner, rather a large
// street than a small one, back only where there is no other way, and not out of
// the home district if that can be helped.
func (d *driver) choose(n *Network) arc {
	out := n.out[n.end(d.arc)]
	var weights [16]float64 // crossings have four arms, seldom six
	sum := 0.0
	for i, a := range out[:min(len(out), len(weights))] {
		if a != d.arc.reverse() && d.likes(n, a) {
			e := n.edge(a)
			weights[i] = e.class.draw * math.Exp(2*math.Cos(n.turn(d.arc, a)*math.Pi/180))
			sum += weights[i]
		}
	}
	if sum == 0 {
		return d.back(n, out)
	}
	drawn := d.random.Float64() * sum
	for i, w := range weights {
		if drawn -= w; drawn < 0 {
			return out[i]
		}
	}
	return out[0]
}

// likes reports whether a street is of the home district and not too large.
func (d *driver) likes(n *Network, a arc) bool {
	e := n.edge(a)
	return e.class.rank >= d.highest && (d.home == "" || e.district == d.home)
}

// back turns around, or takes any street where that is not allowed.
func (d *driver) back(n *Network, out []arc) arc {
	if !n.edge(d.arc).oneway {
		return d.arc.reverse()
	}
	return out[d.random.IntN(len(out))]
}

// drive goes on for a while.
func (d *driver) drive(n *Network, while time.Duration) {
	for left := while.Seconds(); left > 0; left -= stepSeconds {
		d.step(n, min(left, stepSeconds))
	}
}

func (d *driver) step(n *Network, seconds float64) {
	if d.wait > 0 {
		d.wait -= seconds
		return
	}
	wanted := min(d.most, d.pace*n.edge(d.arc).class.speed, d.braking(n))
	d.speed = max(0, min(wanted, d.speed+speedUp*seconds))
	d.at += d.speed * seconds
	for length := n.edge(d.arc).length(); d.at >= length; length = n.edge(d.arc).length() {
		if d.halt > 0 {
			d.at, d.speed, d.wait, d.halt = length, 0, d.halt, 0
			return
		}
		d.at -= length
		d.arc = d.next
		d.ahead(n)
	}
}

// creep is the speed with which the last metres before a stop are driven.
const creep = 0.7

// braking is the speed from which the end of the arc can be met as slowly as it
// must be: v² = u² + 2·b·s.
func (d *driver) braking(n *Network) float64 {
	limit := 0.0
	if d.halt == 0 {
		limit = corneringSpeed(n.turn(d.arc, d.next))
	}
	return max(creep, math.Sqrt(limit*limit+2*slowDown*max(0, n.edge(d.arc).length()-d.at)))
}

// corneringSpeed is how fast one turns by an angle in degrees: freely up to 20°,
// less the sharper it is.
func corneringSpeed(angle float64) float64 {
	switch {
	case angle < 20:
		return math.Inf(1)
	case angle < 60:
		return bendSpeed
	default:
		return turnSpeed
	}
}
