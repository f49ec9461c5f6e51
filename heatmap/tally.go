package heatmap

import "time"

// Tally is what a gate or a camera has counted.
type Tally struct {
	// Counter names the gate or camera, Place the place that it is of.
	Counter, Place string
	// Time is the end of the time in which people were counted. A counter has one
	// tally a time.
	Time time.Time
	// In and Out are people who came and went since the counter's tally before.
	In, Out int
	// Inside is how many people the counter sees at Time, if Sees.
	Inside int
	Sees   bool
	// Made says that it was made up.
	Made bool
}

// Tally hands tallies on to EngineConfig.Tallied, if anybody listens there.
func (e *Engine) Tally(all []Tally) {
	if e.tally != nil {
		e.tally(e.clock(), all)
	}
}

// Now is the time of arrival of what comes now.
func (e *Engine) Now() time.Time { return e.clock() }
