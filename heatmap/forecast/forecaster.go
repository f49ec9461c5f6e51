package forecast

import (
	"errors"
	"slices"
	"sync"
	"time"

	"yiping/heatmap"
)

// ErrUnknown says that nothing has been forecast for a place: it is not watched, or has
// not been for long enough.
var ErrUnknown = errors.New("nothing has been forecast for this place yet")

// Config is what a Forecaster needs.
type Config struct {
	// Profiles are the kinds of events that the calendar has.
	Profiles []Profile
	// Appeared hears of each place that is observed for the first time, and when, so
	// that Warm may be called with what was before; nil if nobody listens. It must
	// return at once, and not call the Forecaster.
	Appeared func(p *heatmap.Place, at time.Time)
}

// Forecaster forecasts the places of the frames that it observes.
type Forecaster struct {
	Config

	mu      sync.Mutex
	records map[string]*record
	// last is the last slot that was taken.
	last slot
}

// New has observed nothing.
func New(c Config) *Forecaster {
	return &Forecaster{Config: c, records: map[string]*record{}}
}

// late is how long after the beginning of a slot a frame may be taken for it.
const late = time.Minute

// Observe takes notice of a frame, if it is the first of a Step and all who are there
// have been heard of, and makes the forecasts of that time. Places that the frame does
// not have are forgotten; so is what was known of a place that now has another outline.
func (f *Forecaster) Observe(frame *heatmap.Frame) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := slotOf(frame.Time)
	if now <= f.last || frame.Time.Sub(now.time()) >= late || !frame.WarmingUntil.IsZero() || frame.Places == nil {
		return
	}
	f.last = now
	e := eventAt(f.Profiles, now.time())
	for i := range frame.Places {
		p := &frame.Places[i]
		if _, known := f.records[p.ID]; !known && f.Appeared != nil {
			f.Appeared(p.Place, now.time())
		}
		r := f.record(p.Place)
		if !r.series.add(now, p.Devices) { // its past is yet to come
			r = newRecord(p.Place)
			r.series.add(now, p.Devices)
			f.records[p.ID] = r
		}
		if frame.Synthetic {
			r.synthetic = now
		}
		r.make(e)
	}
	for id := range f.records {
		if !slices.ContainsFunc(frame.Places, func(p heatmap.PlaceState) bool { return p.ID == id }) {
			delete(f.records, id)
		}
	}
}

// record is that of a place.
func (f *Forecaster) record(p *heatmap.Place) *record {
	r, ok := f.records[p.ID]
	if !ok || !r.place.Outline.Equal(p.Outline) {
		r = newRecord(p)
		f.records[p.ID] = r
	}
	r.place = p
	return r
}

// Minute is how a place stood at a time, or within the minute after it.
type Minute struct {
	Time    time.Time
	Devices int
	// Synthetic says that some of them may be made up.
	Synthetic bool
}

// Memory is how much of the past can be of use.
const Memory = remembered * Step

// rehearsed is how many of the last slots Warm forecasts: those that are kept, those that
// their bands are worked out from, and those that the shares of these are.
const rehearsed = 3 * kept

// Warm tells of a place's past, in ascending order of time. What was observed of the
// place since stays. Forecasts of the last hours are made as they would have been made
// then, and scored; the calls are of these hours.
func (f *Forecaster) Warm(p *heatmap.Place, minutes []Minute) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(minutes) == 0 {
		return
	}
	observed, ok := f.records[p.ID]
	last := slotOf(minutes[len(minutes)-1].Time)
	if ok && !observed.place.Outline.Equal(p.Outline) {
		return // the past is of another place
	}
	if ok {
		last = observed.series.last
	}
	r := newRecord(p)
	take := func(at slot, devices int) {
		if at <= last && r.series.add(at, devices) && at > last-rehearsed {
			r.make(eventAt(f.Profiles, at.time()))
		}
	}
	for _, m := range minutes {
		at := slotOf(m.Time)
		if m.Time.Sub(at.time()) >= late {
			continue
		}
		if m.Synthetic {
			r.synthetic = max(r.synthetic, at)
		}
		take(at, m.Devices)
	}
	if ok {
		for at := max(r.series.last+1, last-remembered+1); at <= last; at++ {
			if n, known := observed.series.at(at); known {
				take(at, int(n))
			}
		}
		r.synthetic = max(r.synthetic, observed.synthetic)
	}
	f.records[p.ID] = r
}
