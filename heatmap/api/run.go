package api

import (
	"sync"

	"yiping/heatmap"
	"yiping/heatmap/alarm"
	"yiping/heatmap/counter"
	"yiping/heatmap/forecast"
	"yiping/heatmap/hotspot"
	"yiping/heatmap/window"
)

// Run is one crowd, of now or of an evening, and all that is known of it.
type Run struct {
	Engine *heatmap.Engine
	// Windows are the distinct devices of spans of time; nil if they are not counted.
	Windows *window.Windows
	// Counters are the gates and cameras; nil if people are not estimated.
	Counters *counter.Book
	// Tallied is told, after Counters, what counters have told; nil if nobody is.
	Tallied func([]heatmap.Tally)
	// Hotspots finds what stands out in the engine's frames, and Forecasts has observed
	// them; nil if nobody does.
	Hotspots  *hotspot.Finder
	Forecasts *forecast.Forecaster
	// Alarms are told of its places; nil if nobody keeps alarms.
	Alarms *alarm.Source
}

// Runs are the runs of the evenings that are played. The zero Runs has none.
type Runs struct {
	mu  sync.Mutex
	all map[string]*Run
}

// Add makes a run known in place of another of its id, until remove is called.
func (r *Runs) Add(id string, run *Run) (remove func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[string]*Run{}
	}
	r.all[id] = run
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.all[id] == run {
			delete(r.all, id)
		}
	}
}

// Find is the run of an id.
func (r *Runs) Find(id string) (*Run, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	run, ok := r.all[id]
	return run, ok
}
