package heatmap

import (
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
)

// Place is somewhere with a name that is watched: an embankment, a square, the exits of
// a station.
type Place struct {
	ID string
	// Name and NameEN are for people.
	Name, NameEN string
	Flow         Flow
	// Outline is lon, lat on WGS 84.
	Outline orb.MultiPolygon
	// Usable is the area in m² that people can be on; 0 means all of the outline.
	Usable float64
	// Capacity is how many people the place may hold; 0 if that is not known.
	Capacity int
	// Source says where the outline and the numbers are from.
	Source string
	// Version counts the edits of a place that is kept, from 1; 0 if it is not.
	Version int32
}

// Area is the area in m² that people can be on.
func (p *Place) Area() float64 {
	if p.Usable > 0 {
		return p.Usable
	}
	return geo.Area(p.Outline)
}

// PlaceState is how a place stands.
type PlaceState struct {
	*Place
	// Since is when counting began with this outline. Who was inside then counts from
	// the next ping on: the count is complete a Rules.TTL later.
	Since time.Time
	// Devices are those inside, Visits those that came since then, both rounded to
	// Rules.Least, lest a place tell what its cells hide. A device that comes again
	// within Rules.TTL is one visit.
	Devices, Visits int
	// In and Out are devices a second, over the last minute.
	In, Out float64
	// Density is devices per m².
	Density float64
	Level   Level
	// Next is the level that will be reached After from now if people go on to come
	// and go as in the last five minutes; Level itself if that is not foreseen.
	Next  Level
	After time.Duration
}

// watch counts the devices in a place.
type watch struct {
	place   *Place
	outline *outline
	area    float64
	// since is when counting began.
	since time.Time
	// known are the devices that were inside within the TTL.
	known           devices
	here            int
	visits, in, out int
	// flow is the devices that came and went in the ticks of the last minutes.
	flow   []crossing
	ladder Ladder
}

type crossing struct {
	at      time.Time
	in, out int
}

// The cell of a device of a watch says whether it is inside.
const (
	outside = int32(0)
	inside  = int32(1)
)

const (
	// flowOver is how long flow is averaged to be told.
	flowOver = time.Minute
	// trendOver is how long it is averaged to look ahead: people come by trains and
	// traffic lights, and a minute between two of them is no end of it.
	trendOver = 5 * time.Minute
)

func newWatch(p *Place, now time.Time) *watch {
	return &watch{place: p, outline: newOutline(p.Outline), area: p.Area(), since: now}
}

// ping tells where a device is, and returns whether that is inside; slot is that of
// the ping, modulo 2^16.
func (w *watch) ping(name uint64, place orb.Point, slot uint16) bool {
	is := outside
	if w.outline.contains(place) {
		is = inside
	}
	d := w.known.shard(name).find(name)
	switch {
	case d == nil && is == inside:
		w.known.add(device{name: name, cell: inside, seen: slot, since: slot})
		w.here++
		w.visits++
		w.in++
	case d == nil:
	case d.cell == is:
		if is == inside {
			d.seen = slot
		}
	case is == inside:
		d.cell, d.seen, d.since = inside, slot, slot
		w.here++
		w.in++
	default: // seen stays: it is forgotten a TTL after it was inside
		d.cell = outside
		w.here--
		w.out++
	}
	return is == inside
}

// expire forgets who is gone.
func (w *watch) expire(gone silence) {
	for n := range w.known.shards {
		w.known.removeSilent(n, gone, func(d *device) {
			if d.cell == inside {
				w.here--
				w.out++
			}
		})
	}
}

// state is how the place stands at a tick, and takes the flow since the last.
func (w *watch) state(now time.Time, least int) PlaceState {
	w.flow = append(w.flow, crossing{now, w.in, w.out})
	w.in, w.out = 0, 0
	for len(w.flow) > 1 && now.Sub(w.flow[1].at) >= trendOver {
		w.flow = w.flow[1:]
	}
	s := PlaceState{Place: w.place, Since: w.since, Devices: rounded(w.here, least), Visits: rounded(w.visits, least)}
	s.Density = float64(s.Devices) / w.area
	s.In, s.Out = w.rates(now, flowOver, least)
	s.Level = w.ladder.Step(now, s.Density, w.place.Flow)
	s.Next = s.Level
	in, out := w.rates(now, trendOver, least)
	if next, after, ok := w.ladder.Ahead(float64(s.Devices), w.area, in, out, w.place.Flow); ok {
		s.Next, s.After = next, after
	}
	return s
}

// rates are the devices that came and went a second, since the last tick that is so
// long ago.
func (w *watch) rates(now time.Time, over time.Duration, least int) (in, out float64) {
	first := len(w.flow) - 1
	for first > 0 && now.Sub(w.flow[first].at) < over {
		first--
	}
	span := now.Sub(w.flow[first].at).Seconds()
	if span == 0 {
		return 0, 0
	}
	came, went := 0, 0
	for _, c := range w.flow[first+1:] { // what the first has came before it
		came, went = came+c.in, went+c.out
	}
	return float64(rounded(came, least)) / span, float64(rounded(went, least)) / span
}

// rounded is n to the nearest multiple of least.
func rounded(n, least int) int { return (n + least/2) / least * least }
