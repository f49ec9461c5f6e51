package heatmap

import (
	"math"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo/cell"
)

// Ping is a device that was heard of.
type Ping struct {
	// Device names the device for a day; it is forgotten at once for a keyed hash.
	Device string
	Time   time.Time
	// Place is lon, lat on WGS 84, Accuracy its error in metres, 0 if not known.
	Place    orb.Point
	Accuracy float64
}

// What becomes of a ping beside the outcomes of Presence.
const (
	Inaccurate Outcome = "inaccurate" // worse than Rules.Accuracy
	Outside    Outcome = "outside"    // not in Rules.Bound
)

// Counts tells whether a ping of this outcome counts.
func (o Outcome) Counts() bool { return o == Arrived || o == Moved || o == Stayed }

// Sighting is a ping whose device is known by its pseudonym of the day.
type Sighting struct {
	Name uint64
	// Time is that of the ping, at most that of its arrival.
	Time time.Time
	// Place is lon, lat on WGS 84.
	Place orb.Point
	// Cell is that of the finest resolution.
	Cell cell.Cell
}

// Heard is pings that count, in the order in which they came.
type Heard struct {
	// Now is when they came.
	Now time.Time
	// Made says that they were made up, Replicated that another replica took them in.
	Made, Replicated bool
	// Sightings must not be kept nor changed.
	Sightings []Sighting
	// Visits are those of them that are inside places.
	Visits []Visit
}

// Visit is a device inside a place.
type Visit struct {
	Place *Place
	Name  uint64
	Time  time.Time
}

// Take takes pings in, and tells what became of how many. made says that they were
// made up. Times are cut to milliseconds and places to 1e-7 degrees, as replicas tell
// them each other, so that all count them alike.
func (e *Engine) Take(pings []Ping, made bool) map[Outcome]int {
	return e.take(len(pings), &Heard{Made: made}, func(i int, now time.Time) (s Sighting, fault Outcome) {
		p := &pings[i]
		switch {
		case p.Accuracy > e.rules.Accuracy:
			return s, Inaccurate
		case !e.rules.Bound.Contains(p.Place):
			return s, Outside
		}
		return Sighting{
			Name: e.names.name(p.Device, now), Time: p.Time.Truncate(time.Millisecond), Place: orb.Point{cut(p.Place[0]), cut(p.Place[1])},
		}, ""
	})
}

// cut rounds degrees to 1e-7, about a centimetre.
func cut(degrees float64) float64 { return math.Round(degrees*1e7) / 1e7 }

// Replicate takes in what another replica has taken, whose keys are the same.
func (e *Engine) Replicate(all []Sighting, made bool) map[Outcome]int {
	return e.take(len(all), &Heard{Made: made, Replicated: true}, func(i int, _ time.Time) (s Sighting, fault Outcome) {
		if !e.rules.Bound.Contains(all[i].Place) {
			return s, Outside
		}
		return all[i], ""
	})
}

// take counts n sightings, each of which read gives unless it has a fault.
func (e *Engine) take(n int, heard *Heard, read func(i int, now time.Time) (s Sighting, fault Outcome)) map[Outcome]int {
	now, done := e.clock(), make(map[Outcome]int)
	heard.Now = now
	if e.hear != nil {
		heard.Sightings = make([]Sighting, 0, n)
	}
	e.mu.Lock()
	e.advance(now)
	for i := range n {
		s, outcome := read(i, now)
		if outcome == "" {
			outcome = e.count(&s, heard)
		}
		done[outcome]++
	}
	for o, n := range done {
		e.outcomes[o] += int64(n)
	}
	if n > 0 {
		e.heard = now
		if heard.Made {
			e.synthetic = now.Add(e.rules.TTL)
		}
	}
	full := e.presence.waiting() > mostMoves
	e.mu.Unlock()
	if full {
		e.counting.Lock()
		e.settle(now)
		e.counting.Unlock()
	}
	if e.hear != nil && len(heard.Sightings) > 0 {
		e.hear(heard)
	}
	return done
}

// count counts a sighting and notes it if it counts.
func (e *Engine) count(s *Sighting, heard *Heard) Outcome {
	if s.Time.After(heard.Now) && s.Time.Sub(heard.Now) <= e.rules.Ahead {
		s.Time = heard.Now
	}
	if s.Cell = cell.At(s.Place, e.rules.Finest); s.Cell == 0 {
		return Outside
	}
	outcome := e.presence.Ping(s.Name, s.Cell, s.Time)
	if !outcome.Counts() {
		return outcome
	}
	for _, w := range e.watches {
		if w.ping(s.Name, s.Place, uint16(e.presence.slot(s.Time))) && e.hear != nil {
			heard.Visits = append(heard.Visits, Visit{Place: w.place, Name: s.Name, Time: s.Time})
		}
	}
	if e.hear != nil {
		heard.Sightings = append(heard.Sightings, *s)
	}
	return outcome
}
