package heatmap

import (
	"slices"
	"time"
)

// SetPlaces watches these places from now on. One that has the id and the outline of
// one before keeps its counts and its level, whatever else is new of it; any other
// begins with nobody, and counts who pings from then on: where exactly devices were
// is not known any more.
func (e *Engine) SetPlaces(places []Place) {
	now := e.clock()
	e.mu.Lock()
	defer e.mu.Unlock()
	before := make(map[string]*watch, len(e.watches))
	for _, w := range e.watches {
		before[w.place.ID] = w
	}
	// Frames point to places: what they have must not change.
	places = slices.Clone(places)
	e.watches = make([]*watch, len(places))
	for i := range places {
		p := &places[i]
		if w := before[p.ID]; w != nil && w.place.Outline.Equal(p.Outline) {
			w.place, w.area = p, p.Area()
			e.watches[i] = w
			continue
		}
		e.watches[i] = newWatch(p, now)
	}
}

// states are how the places stand at a tick; nil while they are not known.
func (e *Engine) states(now time.Time) []PlaceState {
	if e.watches == nil {
		return nil
	}
	all := make([]PlaceState, len(e.watches))
	for i, w := range e.watches {
		all[i] = w.state(now, e.rules.Least)
	}
	return all
}
