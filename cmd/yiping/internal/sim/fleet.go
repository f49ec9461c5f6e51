package sim

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// States of what moves, as the streams define them.
const (
	stateIdle      = 1
	stateDriving   = 2
	stateTask      = 3
	stateEmergency = 4
)

// Fleet is what drives along a network: vehicles, or patrols.
type Fleet struct {
	stream  string
	network *Network
	members []member
}

// member is one of a fleet.
type member struct {
	driver
	key, plate, kind, unit string
	// busy is the state while there is something to do, which is so a part of the
	// time: now, if on, and for left seconds more.
	busy int
	part float64
	on   bool
	left float64
}

// trade is what some of a fleet do.
type trade struct {
	kind, unit string
	// share of the fleet, in parts of all shares.
	share int
	// pace and most bound the speed: see driver.
	pace, most float64
	// busy is the state of one that has something to do, which is so a part of the
	// time.
	busy int
	part float64
}

// Vehicles are n vehicles of city services on the whole network.
func Vehicles(n *Network, count int, seed uint64) *Fleet {
	return newFleet("vehicles", "v-%05d", "模V%05d", n, count, seed, []trade{
		{"环卫车", "环卫", 24, 0.75, 15, stateTask, 0.6},
		{"渣土车", "渣土运输", 20, 0.85, 18, stateTask, 0.5},
		{"公交车", "公交", 26, 0.85, 17, stateTask, 0.8},
		{"抢修车", "管线抢修", 12, 0.95, 22, stateTask, 0.3},
		{"工程车", "市政养护", 12, 0.9, 20, stateTask, 0.4},
		{"救护车", "急救", 3, 1.25, 28, stateEmergency, 0.2},
		{"消防车", "消防", 3, 1.15, 25, stateEmergency, 0.1},
	})
}

// Patrols are n patrols, each of which stays in the district where it begins.
func Patrols(n *Network, count int, seed uint64) *Fleet {
	f := newFleet("patrols", "p-%05d", "模P%05d", n, count, seed, []trade{
		{"步巡", "城管执法", 30, 1, 1.4, stateTask, 0.2},
		{"电动车巡", "城管执法", 40, 0.9, 6, stateTask, 0.25},
		{"车巡", "公安巡逻", 27, 0.9, 20, stateTask, 0.15},
		{"应急车巡", "公安巡逻", 3, 1.2, 28, stateEmergency, 0.15},
	})
	for i := range f.members {
		m := &f.members[i]
		m.home = n.edge(m.arc).district
		m.ahead(n)
	}
	return f
}

// newFleet spreads a fleet over the network. No real plate begins as theirs do.
func newFleet(stream, keys, plates string, n *Network, count int, seed uint64, trades []trade) *Fleet {
	// Streets are drawn by their length: so cars are spread evenly along them.
	ends := make([]float64, len(n.edges))
	sum := 0.0
	for i := range n.edges {
		sum += n.edges[i].length()
		ends[i] = sum
	}
	shares := 0
	for _, t := range trades {
		shares += t.share
	}
	f := &Fleet{stream: stream, network: n, members: make([]member, count)}
	for i := range f.members {
		r := random(seed, stream, i)
		t := drawTrade(trades, r.IntN(shares))
		m := &f.members[i]
		*m = member{
			driver: driver{random: r, pace: t.pace * (0.85 + 0.25*r.Float64()), most: t.most},
			key:    fmt.Sprintf(keys, i+1), kind: t.kind, unit: t.unit, busy: t.busy, part: t.part,
			plate: fmt.Sprintf(plates, i+1), on: r.Float64() < t.part,
		}
		if m.most < slow {
			m.highest = 2
		}
		m.left = m.shift() * r.Float64()
		m.place(n, m.street(n, ends))
	}
	return f
}

func drawTrade(trades []trade, drawn int) trade {
	for _, t := range trades {
		if drawn -= t.share; drawn < 0 {
			return t
		}
	}
	return trades[0]
}

// slow is the speed below which one keeps off motorways and trunk roads, in m/s.
const slow = 10

// streetDraws is how often a street is drawn to find one that is liked.
const streetDraws = 30

// street draws where a member begins; ends are the streets' lengths, added up.
func (m *member) street(n *Network, ends []float64) arc {
	var a arc
	for range streetDraws {
		i, _ := slices.BinarySearch(ends, m.random.Float64()*ends[len(ends)-1])
		a = arc(2 * min(i, len(ends)-1))
		if m.likes(n, a) {
			break
		}
	}
	if !n.edge(a).oneway && m.random.IntN(2) == 1 {
		a = a.reverse()
	}
	return a
}

// random is the source of chance of one thing of a stream.
func random(seed uint64, stream string, i int) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, stream, i)
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// shiftSeconds is how long something to do, and the time until there is something
// again, take together, on average.
const shiftSeconds = 1200

// shift draws how long it is until there is something to do, or nothing more.
func (m *member) shift() float64 {
	part := m.part
	if !m.on {
		part = 1 - part
	}
	return shiftSeconds * part * (0.5 + m.random.Float64())
}

// state is the one that is reported. Who has something to do is never idle.
func (m *member) state() int {
	switch {
	case m.on:
		return m.busy
	case m.parked():
		return stateIdle
	default:
		return stateDriving
	}
}

// Fix is what a member of a fleet reports.
type Fix struct {
	Key       string  `json:"k"`
	Time      int64   `json:"t"` // Unix milliseconds
	Lon       float64 `json:"lon"`
	Lat       float64 `json:"lat"`
	Speed     float64 `json:"s"` // m/s
	Heading   float64 `json:"h"` // degrees clockwise from north
	State     int     `json:"st"`
	Plate     string  `json:"plate"`
	Kind      string  `json:"kind"`
	Unit      string  `json:"unit"`
	Synthetic bool    `json:"synthetic"`
}

var _ Population = (*Fleet)(nil)

// Stream is vehicles or patrols.
func (f *Fleet) Stream() string { return f.stream }

// Len is how many there are.
func (f *Fleet) Len() int { return len(f.members) }

// Advance lets one of them drive on.
func (f *Fleet) Advance(i int, while time.Duration) {
	m := &f.members[i]
	for m.left -= while.Seconds(); m.left <= 0; m.left += m.shift() {
		m.on = !m.on
	}
	m.drive(f.network, while)
}

// Report says where one of them is.
func (f *Fleet) Report(i int, at time.Time) any {
	m := &f.members[i]
	p, heading := f.network.place(m.arc, m.at)
	return Fix{
		Key: m.key, Time: at.UnixMilli(), Lon: round(p[0], 1e7), Lat: round(p[1], 1e7),
		Speed: round(m.speed, 100), Heading: math.Mod(round(heading, 10), 360), State: m.state(),
		Plate: m.plate, Kind: m.kind, Unit: m.unit, Synthetic: true,
	}
}

// round keeps so many parts of one.
func round(v, parts float64) float64 { return math.Round(v*parts) / parts }
