package alarm

import (
	"maps"
	"slices"
	"time"
)

// batch is what was seen of some places, each in order.
type batch struct {
	number int64
	// time is that of the newest frame.
	time   time.Time
	sights map[string][]sight
}

// since is the time after which what has been told matters.
func (b *batch) since() time.Time {
	oldest := b.time
	for _, all := range b.sights {
		if at := all[0].time; at.Before(oldest) {
			oldest = at
		}
	}
	return oldest.Add(-again)
}

// fold is what the sights of a batch make of the newest alarms of places, in the
// order of the places.
func (b *batch) fold(run string, latest []Alarm) []Change {
	of := byPlace(latest)
	var changes []Change
	for _, place := range slices.Sorted(maps.Keys(b.sights)) {
		changes = append(changes, fold(run, of[place], b.sights[place])...)
	}
	return changes
}

// fold is what the sights of a place make of its newest alarm, nil without one.
func fold(run string, a *Alarm, sights []sight) (changes []Change) {
	for i := range sights {
		if next, kind, ok := step(run, a, &sights[i]); ok {
			changes = append(changes, Change{kind, next, a})
			a = next
		}
	}
	return changes
}

// byPlace are alarms by their place.
func byPlace(alarms []Alarm) map[string]*Alarm {
	of := make(map[string]*Alarm, len(alarms))
	for i := range alarms {
		of[alarms[i].Place] = &alarms[i]
	}
	return of
}
