package forecast

import (
	"time"

	"yiping/heatmap"
)

const (
	// again is how far below a level's density a place must fall for the level to be
	// reached once more.
	again = 0.85
	// gaveUp is how far below it a forecast must stay for the call to be withdrawn: five
	// per cent are noise.
	gaveUp = 0.95
)

// calls keeps account of the levels that forecasts called. A level is called from a
// forecast that has it reached within three hours until one that has it clearly not.
type calls struct {
	// since is by level the slot from which it has been called; 0 if it is not.
	since [heatmap.Critical + 1]slot
	// reached are the levels that the place is at or above.
	reached                   [heatmap.Critical + 1]bool
	caught, missed, withdrawn int
	lead                      slot
}

// hear tells of the devices in a place and of what is forecast from there.
func (c *calls) hear(p *heatmap.Place, devices float64, made *issue) {
	area := p.Area()
	for l := heatmap.Watch; l <= heatmap.Critical; l++ {
		limit := heatmap.Enter(l, p.Flow) * area
		switch {
		case c.reached[l] && devices < again*limit:
			c.reached[l] = false
		case !c.reached[l] && devices >= limit:
			c.reached[l] = true
			if c.since[l] == 0 {
				c.missed++
			} else {
				c.caught++
				c.lead += made.slot - c.since[l]
			}
			c.since[l] = 0
		}
		if c.reached[l] {
			continue
		}
		most := float64(made.points[made.most()].mid)
		switch {
		case c.since[l] == 0 && most >= limit:
			c.since[l] = made.slot
		case c.since[l] != 0 && most < gaveUp*limit:
			c.withdrawn++
			c.since[l] = 0
		}
	}
}

// most is the place of the point with the most devices, the first of them.
func (i *issue) most() int {
	most := 0
	for n := range i.points {
		if i.points[n].mid > i.points[most].mid {
			most = n
		}
	}
	return most
}

// first is when an issue first has at least a number of devices.
func (i *issue) first(devices float64) (at time.Time, ok bool) {
	for n := range i.points {
		high := float64(i.points[n].mid)
		if high < devices {
			continue
		}
		at := (i.slot + slot(n+1)).time()
		if n == 0 {
			return at, true
		}
		low := float64(i.points[n-1].mid)
		return at.Add(-time.Duration((high - devices) / (high - low) * float64(Step))), true
	}
	return time.Time{}, false
}

// Calls is how the levels that forecasts called came true.
type Calls struct {
	// Caught levels were reached and had been called, Missed ones had not been called,
	// Withdrawn ones were called and not reached.
	Caught, Missed, Withdrawn int
	// Lead is how long the caught ones had been called on average.
	Lead time.Duration
}

func (c *calls) account() Calls {
	a := Calls{Caught: c.caught, Missed: c.missed, Withdrawn: c.withdrawn}
	if c.caught > 0 {
		a.Lead = time.Duration(c.lead) * Step / time.Duration(c.caught)
	}
	return a
}
