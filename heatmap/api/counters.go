package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"yiping/heatmap"
	"yiping/heatmap/counter"
	"yiping/layers"
	"yiping/layers/api"
)

// Bounds of a tally.
const (
	maxCounterName = 128
	maxPassed      = 100_000
	maxInside      = 1_000_000
	talliesAtOnce  = 1000
)

// tallied is the answer to a body of tallies.
type tallied struct {
	// Tallies is the lines that were tallies, Outcomes what became of them.
	Tallies  int                     `json:"tallies"`
	Outcomes map[counter.Outcome]int `json:"outcomes"`
	rejects
}

// tally is a line.
type tally struct {
	Counter string  `json:"counter"`
	Place   string  `json:"place"`
	Time    instant `json:"t"`
	In      int     `json:"in"`
	Out     int     `json:"out"`
	Inside  *int    `json:"inside"`
}

// counters answers POST /heat/counters.
func (h *handlers) counters(w http.ResponseWriter, r *http.Request) error {
	values, err := api.ReadQuery(r, "synthetic")
	if err != nil {
		return err
	}
	made, err := api.ReadFlag(values, "synthetic")
	if err != nil {
		return err
	}
	if h.Now.Counters == nil {
		return fmt.Errorf("%w: nobody asks counters here", layers.ErrNotFound)
	}
	answer := tallied{Outcomes: map[counter.Outcome]int{}, rejects: newRejects()}
	var batch []heatmap.Tally
	take := func() {
		for o, n := range h.Now.Counters.Take(h.Now.Engine.Now(), batch) {
			answer.Outcomes[o] += n
		}
		if h.Now.Tallied != nil && len(batch) > 0 {
			h.Now.Tallied(batch)
		}
		answer.Tallies += len(batch)
		batch = batch[:0]
	}
	places := h.Now.places()
	err = readLines(api.PatientBody(w, r, maxBody), func(n int, line []byte) {
		t, err := readTally(line, places)
		if err != nil {
			answer.reject(n, err)
			return
		}
		t.Made = made
		if batch = append(batch, t); len(batch) == talliesAtOnce {
			take()
		}
	})
	take()
	if err != nil {
		return fault(err, answer.Tallies)
	}
	return api.WriteJSON(w, "application/json", answer)
}

// readTally reads a line. Places are those that are watched.
func readTally(line []byte, places map[string]bool) (heatmap.Tally, error) {
	var t tally
	if err := json.Unmarshal(line, &t); err != nil {
		return heatmap.Tally{}, fmt.Errorf("not a tally: %w", err)
	}
	made := heatmap.Tally{Counter: t.Counter, Place: t.Place, Time: t.Time.Time, In: t.In, Out: t.Out}
	switch {
	case t.Counter == "" || len(t.Counter) > maxCounterName:
		return made, fmt.Errorf("counter: want 1 to %d bytes", maxCounterName)
	case !places[t.Place]:
		return made, fmt.Errorf("place: %.60q is not watched", t.Place)
	case t.Time.IsZero():
		return made, errTime
	case t.In < 0 || t.In > maxPassed || t.Out < 0 || t.Out > maxPassed:
		return made, fmt.Errorf("in, out: want 0 to %d people", maxPassed)
	case t.Inside != nil && (*t.Inside < 0 || *t.Inside > maxInside):
		return made, fmt.Errorf("inside: want 0 to %d people", maxInside)
	}
	if t.Inside != nil {
		made.Inside, made.Sees = *t.Inside, true
	}
	return made, nil
}

// places are the names of those that are watched.
func (r *Run) places() map[string]bool {
	all := map[string]bool{}
	for _, s := range r.Engine.Frame().Places {
		all[s.ID] = true
	}
	return all
}

// people is how many people are at a place.
type people struct {
	Low     int      `json:"low"`
	Mid     *int     `json:"mid"`
	High    int      `json:"high"`
	Sources []string `json:"sources"`
	Agree   bool     `json:"agree"`
	Factor  factor   `json:"factor"`
	// Synthetic is of the counters; that of the devices is told with all places.
	Synthetic bool `json:"synthetic"`
}

type factor struct {
	Low      float64 `json:"low"`
	Mid      float64 `json:"mid"`
	High     float64 `json:"high"`
	Measured bool    `json:"measured"`
}

// people are those of a place; nil if the run does not estimate them.
func (r *Run) people(s *heatmap.PlaceState, now time.Time) *people {
	if r.Counters == nil {
		return nil
	}
	p := r.Counters.People(s, now)
	made := &people{
		Low: p.Low, High: p.High, Sources: p.Sources, Agree: p.Agree, Synthetic: p.Made,
		Factor: factor{rounded(p.Factor.Low), rounded(p.Factor.Mid), rounded(p.Factor.High), p.Factor.Measured},
	}
	if p.Agree {
		made.Mid = &p.Mid
	}
	return made
}
