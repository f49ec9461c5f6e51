package alarm

import (
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"yiping/heatmap"
)

// line is a place as its source sees it.
type line struct {
	outlook outlook
	// place is that of the last frame, at its centroid.
	place *heatmap.Place
	at    orb.Point
	// density and devices are the most since the last sight that waits or was written.
	density float64
	devices int
	// waiting are sights that change something and are not written.
	waiting []sight
	// ahead is the newest alarm of the place once all that waits is written; nil if
	// there will be none.
	ahead *Alarm
}

// maxWaiting is how many sights of a place wait for the store. With more the newest
// replaces the one before.
const maxWaiting = 8

// see takes a sight; ok is true if it changes something.
func (l *line) see(run string, s sight) (ok bool) {
	l.density, l.devices = max(l.density, s.density), max(l.devices, s.devices)
	s.density, s.devices = l.density, l.devices
	next, _, ok := step(run, l.ahead, &s)
	if ok || !l.alarmed() { // the peaks of calm are nobody's
		l.density, l.devices = 0, 0
	}
	if !ok {
		return false
	}
	l.ahead = next
	if len(l.waiting) < maxWaiting {
		l.waiting = append(l.waiting, s)
		return true
	}
	last := &l.waiting[maxWaiting-1]
	s.density, s.devices = max(s.density, last.density), max(s.devices, last.devices)
	*last = s
	return true
}

// centre is the place's centroid, which is worked out when it is another place than
// in the frame before: outlines may be long.
func (l *line) centre(p *heatmap.Place) orb.Point {
	if l.place != p {
		l.place = p
		l.at, _ = planar.CentroidArea(p.Outline)
	}
	return l.at
}

// alarmed tells whether an alarm is open once all that waits is written.
func (l *line) alarmed() bool { return l.ahead != nil && l.ahead.Open() }

// rebase takes the newest alarm that the store has of the place, and works out anew
// what becomes of it.
func (l *line) rebase(run string, stored *Alarm) {
	l.ahead = stored
	for i := range l.waiting {
		l.ahead, _, _ = step(run, l.ahead, &l.waiting[i])
	}
}

// outlook steadies what is foreseen of a place: people come and go in groups, and a
// moment without growth is no end of it.
type outlook struct {
	level heatmap.Level
	// at is when the next level will be reached, as of when it was last foreseen.
	at, asOf time.Time
}

// steady is for how long what was foreseen holds without being foreseen again.
const steady = 3 * time.Minute

// see is when the next level will be reached; zero if that is not foreseen.
func (o *outlook) see(now time.Time, s *heatmap.PlaceState) time.Time {
	switch {
	case s.Next > s.Level:
		*o = outlook{level: s.Level, at: now.Add(s.After), asOf: now}
	case s.Level != o.level || now.Sub(o.asOf) >= steady:
		*o = outlook{level: s.Level}
	}
	return o.at
}
