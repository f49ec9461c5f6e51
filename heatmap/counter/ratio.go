package counter

import (
	"math"
	"time"
)

// Factor is how many people there are for a device.
type Factor struct {
	Low, Mid, High float64
	// Measured says that it is from counters; otherwise it is that of doc.go.
	Measured bool
}

// assumed is the factor where nothing is measured.
func assumed() Factor { return Factor{Low: 0.77, Mid: 1, High: 1.5} }

const (
	slot = 5 * time.Minute
	// kept is the number of slots that are compared, settled how many of the newest
	// are not yet: devices are noticed up to one interval of their pings later, and
	// tallies come late.
	kept, settled = 24, 3
	// fewest is how many slots make a factor.
	fewest = 12
	// student is the 97.5th percentile of Student's t with fewest-1 degrees of
	// freedom; with more it is less.
	student = 2.201
)

// ratio compares people and devices that cross the outline of a place.
type ratio struct {
	slots [kept + settled]crossed
	// minute is that for which devices were noted last.
	minute int64
}

// crossed is who crossed in a slot.
type crossed struct {
	slot            int64
	people, devices float64
}

func (r *ratio) at(t time.Time) *crossed {
	n := t.Unix() / int64(slot/time.Second)
	c := &r.slots[n%int64(len(r.slots))]
	if n > c.slot {
		*c = crossed{slot: n}
	}
	return c
}

// people notes people that were counted up to a time.
func (r *ratio) people(t time.Time, n int) {
	if c := r.at(t); c.slot == t.Unix()/int64(slot/time.Second) {
		c.people += float64(n)
	}
}

// devices notes how many devices a second crossed over the last minute, once a minute.
func (r *ratio) devices(t time.Time, perSecond float64) {
	if minute := t.Unix() / 60; minute > r.minute {
		r.minute = minute
		r.at(t).devices += perSecond * 60
	}
}

// factor is Σ people / Σ devices with its 95 % confidence interval, of the slots that
// are settled and have both.
func (r *ratio) factor(now time.Time) Factor {
	newest := now.Unix() / int64(slot/time.Second)
	var all []crossed
	people, devices := 0.0, 0.0
	for _, c := range r.slots {
		if age := newest - c.slot; age < settled || age >= settled+kept || c.people == 0 || c.devices == 0 {
			continue
		}
		all = append(all, c)
		people, devices = people+c.people, devices+c.devices
	}
	n := float64(len(all))
	if n < fewest {
		return assumed()
	}
	f, square := people/devices, 0.0
	for _, c := range all {
		off := c.people - f*c.devices
		square += off * off
	}
	// Cochran (6.13), without the correction for finite populations.
	half := student * math.Sqrt(square/(n-1)/n) / (devices / n)
	return Factor{Low: max(0, f-half), Mid: f, High: f + half, Measured: true}
}
