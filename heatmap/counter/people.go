package counter

import (
	"math"
	"time"

	"yiping/heatmap"
)

// The assumed errors of doc.go.
const (
	gateError   = 0.01
	cameraError = 0.10
	// believed is how long a camera is, without another tally.
	believed = 10 * time.Minute
)

// The sources of a number of people.
const (
	Devices  = "devices"
	Counters = "counters"
)

// People is between which numbers the people of a place are, all rounded to
// Config.Least.
type People struct {
	Low, High int
	// Mid is the middle number of the source that has the narrowest band; it counts
	// for nothing unless the sources agree.
	Mid int
	// Agree says that the bands of all sources overlap.
	Agree bool
	// Sources are Devices, and Counters if there are any.
	Sources []string
	Factor  Factor
	// Made says that what counters told may be made up.
	Made bool
}

// band is what one source says.
type band struct{ low, mid, high float64 }

// People is how many people are at a place that stands so, at a time.
func (b *Book) People(s *heatmap.PlaceState, now time.Time) People {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn(now)
	p := b.places[s.ID]
	made := People{Factor: assumed(), Sources: []string{Devices}}
	if p != nil {
		made.Factor, made.Made = p.ratio.factor(now), p.made
	}
	d := float64(s.Devices)
	bands := []band{{d * made.Factor.Low, d * made.Factor.Mid, d * made.Factor.High}}
	if p != nil && p.gates {
		bands = append(bands, p.balance())
	}
	if seen, ok := b.seen(s.ID, now); ok {
		bands = append(bands, seen)
	}
	if len(bands) > 1 {
		made.Sources = append(made.Sources, Counters)
	}
	all, common, best := bands[0], bands[0], bands[0]
	for _, one := range bands[1:] {
		all.low, all.high = min(all.low, one.low), max(all.high, one.high)
		common.low, common.high = max(common.low, one.low), min(common.high, one.high)
		if one.high-one.low < best.high-best.low {
			best = one
		}
	}
	made.Agree = common.low <= common.high
	made.Low, made.Mid, made.High = b.rounded(all.low), b.rounded(best.mid), b.rounded(all.high)
	return made
}

// rounded is to the nearest multiple of Least.
func (b *Book) rounded(n float64) int { return int(math.Round(n/float64(b.least))) * b.least }

// balance is who came less who went.
func (p *place) balance() band {
	n, off := max(0, float64(p.in-p.out)), gateError*float64(p.in+p.out)
	return band{max(0, n-off), n, n + off}
}

// seen is what the cameras of a place see; ok is false if there is none.
func (b *Book) seen(id string, now time.Time) (all band, ok bool) {
	n := 0
	for _, c := range b.counters {
		if c.place == id && !c.seen.IsZero() && now.Sub(c.seen) <= believed {
			n += c.inside
			ok = true
		}
	}
	mid := float64(n)
	return band{mid * (1 - cameraError), mid, mid * (1 + cameraError)}, ok
}
