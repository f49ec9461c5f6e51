package forecast

import (
	"time"

	"yiping/heatmap"
)

// Forecast is what is to come in a place.
type Forecast struct {
	Place string
	// Time is when it was made, Devices how many there were then.
	Time    time.Time
	Devices int
	// Synthetic says that some of the devices it was made from may be made up.
	Synthetic bool
	// Profile is that of the event; empty without one.
	Profile string
	// Shares are those of the methods at the horizon that was asked for.
	Shares map[string]float64
	Points []Point
	// Crossings are the levels above the present that will be reached.
	Crossings []Crossing
	// Score is that of the horizon that was asked for; nil while there is none.
	Score *Score
	Calls Calls
}

// Point is a forecast of a time, with bands of 80 and 95 %.
type Point struct {
	Time                                  time.Time
	Devices, Low80, High80, Low95, High95 float64
}

// Crossing is a level that will be reached.
type Crossing struct {
	Level heatmap.Level
	Time  time.Time
	// Probability is how likely it is reached at the time of the most devices, by the
	// last scores; nil while there are too few.
	Probability *float64
}

// Forecast is the newest forecast of a place; horizon is what its score and shares are
// of: a multiple of Step, to Points of them. The error is ErrUnknown.
func (f *Forecaster) Forecast(place string, horizon time.Duration) (*Forecast, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.records[place]
	if !ok {
		return nil, ErrUnknown
	}
	made := r.issue(r.series.last)
	if made == nil {
		return nil, ErrUnknown
	}
	steps := int(horizon / Step)
	devices, _ := r.series.at(made.slot)
	a := &Forecast{
		Place: place, Time: made.slot.time(), Devices: int(devices), Synthetic: r.madeUp(),
		Shares: map[string]float64{}, Score: r.score(steps), Calls: r.calls.account(),
	}
	if e := eventAt(f.Profiles, a.Time); e != nil {
		a.Profile = e.ID
	}
	for i := range made.points {
		a.Points = append(a.Points, made.points[i].told(made.slot+slot(i+1)))
	}
	var said [methods]float64
	for m, n := range made.points[steps-1].said {
		said[m] = float64(n)
	}
	if shares, ok := r.shares(said, steps); ok {
		for m, share := range shares {
			if share > 0 {
				a.Shares[method(m).String()] = share
			}
		}
	}
	a.Crossings = r.crossings(made, devices)
	return a, nil
}

// madeUp tells whether what is remembered has devices that may be made up.
func (r *record) madeUp() bool { return r.series.last-r.synthetic < slot(remembered) }

func (p *point) told(at slot) Point {
	return Point{
		Time: at.time(), Devices: float64(p.mid),
		Low80: float64(p.low80), High80: float64(p.high80), Low95: float64(p.low95), High95: float64(p.high95),
	}
}

// crossings are the levels above the present that an issue has reached.
func (r *record) crossings(made *issue, devices float64) []Crossing {
	most := made.most()
	scores, area := r.scores(most+1), r.place.Area()
	var all []Crossing
	for l := heatmap.Watch; l <= heatmap.Critical; l++ {
		limit := heatmap.Enter(l, r.place.Flow) * area
		at, ok := made.first(limit)
		if !ok || devices >= limit {
			continue
		}
		c := Crossing{Level: l, Time: at}
		if p, ok := reaches(scores, float64(made.points[most].mid), limit); ok {
			c.Probability = &p
		}
		all = append(all, c)
	}
	return all
}

// Past is what was forecast of times, a horizon before each.
type Past struct {
	// Synthetic says that some of the devices may be made up.
	Synthetic bool
	Points    []PastPoint
}

// PastPoint is a forecast of a time and what came; Actual is nil while that is not known.
type PastPoint struct {
	Point
	Actual *int
}

// Past is of the times that the last 126 forecasts are of, at a horizon that is a multiple
// of Step, to Points of them. The error is ErrUnknown.
func (f *Forecaster) Past(place string, horizon time.Duration) (*Past, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.records[place]
	if !ok {
		return nil, ErrUnknown
	}
	steps := int(horizon / Step)
	past := &Past{Synthetic: r.madeUp()}
	for at := r.series.last - kept + 1; at <= r.series.last; at++ {
		made := r.issue(at)
		if made == nil {
			continue
		}
		p := PastPoint{Point: made.points[steps-1].told(at + slot(steps))}
		if actual, ok := r.series.at(at + slot(steps)); ok {
			n := int(actual)
			p.Actual = &n
		}
		past.Points = append(past.Points, p)
	}
	return past, nil
}
