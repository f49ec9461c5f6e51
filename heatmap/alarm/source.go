package alarm

import (
	"maps"
	"sync"
	"time"

	"yiping/heatmap"
)

// Source makes alarms of the frames of one crowd.
type Source struct {
	run    string
	settle time.Duration
	wake   func()
	// number numbers batches.
	number func() int64

	mu sync.Mutex
	// time is that of the newest frame; zero before the first.
	time  time.Time
	lines map[string]*line
	// stored are the newest alarms of places as the store had them last.
	stored map[string]*Alarm
	// writing is what the store may have got already; nil if nothing.
	writing *batch
	// asked is when the store was asked last.
	asked time.Time
	// stopped says that no frame follows, replaced that another source tells of the
	// run.
	stopped, replaced bool
}

// Observe takes a frame. It does no I/O.
func (s *Source) Observe(f *heatmap.Frame) {
	if f.Places == nil { // not known yet
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return
	}
	if f.Time.Before(s.time) {
		clear(s.lines) // another part of the evening
	}
	s.time = f.Time
	changed := false
	seen := make(map[string]bool, len(f.Places))
	for i := range f.Places {
		p := &f.Places[i]
		seen[p.ID] = true
		l := s.line(p.ID)
		if l.see(s.run, s.sight(f, p, l)) {
			changed = true
		}
	}
	for place, l := range s.open() {
		if !seen[place] && l.see(s.run, goneSight(l.ahead, f.Time, Removed)) {
			changed = true
		}
	}
	if changed {
		s.wake()
	}
}

// line is that of a place. The lock is held.
func (s *Source) line(place string) *line {
	l := s.lines[place]
	if l == nil {
		l = &line{}
		l.rebase(s.run, s.stored[place])
		s.lines[place] = l
	}
	return l
}

// open are the lines with an open alarm. The lock is held.
func (s *Source) open() map[string]*line {
	for place, a := range s.stored {
		if a.Open() {
			s.line(place)
		}
	}
	open := maps.Clone(s.lines)
	maps.DeleteFunc(open, func(_ string, l *line) bool { return !l.alarmed() })
	return open
}

// sight is how a place stands in a frame. The lock is held.
func (s *Source) sight(f *heatmap.Frame, p *heatmap.PlaceState, l *line) sight {
	return sight{
		place: p.ID, name: p.Name, nameEN: p.NameEN, at: l.centre(p.Place), time: f.Time, level: p.Level,
		foreseen: l.outlook.see(f.Time, p), density: p.Density, devices: p.Devices,
		counted: f.Time.Sub(p.Since) >= s.settle, synthetic: f.Synthetic,
	}
}

// goneSight is the last of a place with an open alarm.
func goneSight(a *Alarm, at time.Time, why Cause) sight {
	return sight{place: a.Place, name: a.Name, nameEN: a.NameEN, at: a.At, time: at, gone: why}
}

// Close says that no frame follows. The open alarms end.
func (s *Source) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	s.wake()
}

// replace says that another source tells of the run.
func (s *Source) replace() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped, s.replaced = true, true
}

// Alarm is the id of a place's open alarm, as the store had it last; empty without
// one.
func (s *Source) Alarm(place string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.stored[place]; a != nil && a.Open() {
		return a.ID
	}
	return ""
}

// levels counts the open alarms by level, and the sights that wait.
func (s *Source) levels(of map[heatmap.Level]int) (waiting int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := heatmap.Watch; l <= heatmap.Critical; l++ {
		of[l] = 0
	}
	for _, a := range s.stored {
		if a.Open() {
			of[a.Level]++
		}
	}
	for _, l := range s.lines {
		waiting += len(l.waiting)
	}
	return waiting
}

// over tells whether no frame follows.
func (s *Source) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}
