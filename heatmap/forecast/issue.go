package forecast

import (
	"math"

	"yiping/heatmap"
)

const (
	// scored is how many forecasts of a horizon are looked back on: 90, as many as a
	// band needs.
	scored = 90
	// kept is how many issues are: the last 90 whose farthest point has come.
	kept = scored + Points
)

// issue is a forecast that was made; its slot is 0 if there is none.
type issue struct {
	slot   slot
	points [Points]point
}

// point is what an issue says of one horizon.
type point struct {
	mid, low80, high80, low95, high95 float32
	// said is what each method said; NaN if it had nothing to say.
	said [methods]float32
}

// record is all that is kept of a place.
type record struct {
	place  *heatmap.Place
	series *series
	// issues is a ring: that of a slot is at its number modulo the length.
	issues []issue
	calls  calls
	// synthetic is the last slot with devices that may be made up.
	synthetic slot
}

func newRecord(p *heatmap.Place) *record {
	return &record{place: p, series: newSeries(), issues: make([]issue, kept), synthetic: -remembered}
}

// issue is that of a slot; nil if none was made then.
func (r *record) issue(at slot) *issue {
	if at < 0 || r.issues[at%kept].slot != at {
		return nil
	}
	return &r.issues[at%kept]
}

// make makes the forecast of the last slot and keeps it.
func (r *record) make(e *event) {
	now := r.series.last
	o := newOrigin(r.series, now, e)
	made := issue{slot: now}
	for i := range made.points {
		made.points[i] = r.point(o, i+1)
	}
	r.issues[now%kept] = made
	r.calls.hear(r.place, o.devices, &made)
}

// point is the forecast for a number of steps ahead.
func (r *record) point(o *origin, steps int) point {
	at := o.now + slot(steps)
	var p point
	var said [methods]float64
	for m := range methods {
		n, ok := o.forecast(m, at)
		if !ok {
			n = math.NaN()
		}
		said[m], p.said[m] = n, float32(n)
	}
	mid, apart := o.devices*o.falls(at), 0.0
	if shares, ok := r.shares(said, steps); ok {
		mid, apart = blend(said, shares)
	}
	half80, half95 := r.band(o, mid, apart, steps)
	p.mid = float32(mid)
	p.low80, p.high80 = float32(max(0, mid-half80)), float32(mid+half80)
	p.low95, p.high95 = float32(max(0, mid-half95)), float32(mid+half95)
	return p
}

// outcomes visits the issues of the last slots whose forecast for a number of steps
// ahead has come true or not, with what came, from the newest.
func (r *record) outcomes(steps, limit int, visit func(*issue, *point, float64)) {
	last := r.series.last
	for at := last - slot(steps); limit > 0 && at > last-kept; at-- {
		actual, ok := r.series.at(at + slot(steps))
		if made := r.issue(at); ok && made != nil {
			visit(made, &made.points[steps-1], actual)
			limit--
		}
	}
}
