package heatmap

import "time"

// Tally is what a gate or a camera has counted.
type Tally struct {
	// Counter names the gate or camera, Place the place that it is of.
	Counter string `json:"counter"`
	Place   string `json:"place"`
	// Time is the end of the time in which people were counted. A counter has one
	// tally a time.
	Time time.Time `json:"t"`
	// In and Out are people who came and went since the counter's tally before.
	In  int `json:"in"`
	Out int `json:"out"`
	// Inside is how many people the counter sees at Time, if Sees.
	Inside int  `json:"inside"`
	Sees   bool `json:"sees"`
	// Made says that it was made up.
	Made bool `json:"made"`
}

// Tally hands tallies on to EngineConfig.Tallied, if anybody listens there.
func (e *Engine) Tally(all []Tally) {
	if e.tally != nil {
		e.tally(e.clock(), all)
	}
}

// Now is the time of arrival of what comes now.
func (e *Engine) Now() time.Time { return e.clock() }
