package forecast

import (
	"math"
	"slices"
)

const (
	// enough is how many scores a band is trusted from.
	enough = 30
	// normal80 and normal95 are how many standard deviations of a normal distribution
	// 80 and 95 % are within.
	normal80, normal95 = 1.2816, 1.96
)

// prior is the half width, in relation to the forecast, of the band of 80 % before
// anything is known of the errors. It is not measured.
func prior(steps int) float64 { return 0.05 + 0.1*hours(steps) }

// scale is what errors are divided by to be comparable.
func scale(forecast float64) float64 { return math.Sqrt(forecast + small) }

// band is half the widths of the bands of 80 and 95 % by split conformal prediction
// (Lei et al., Journal of the American Statistical Association 113, 2018): as many
// scores |y − ŷ|/√(ŷ + 20) of this horizon are within as the level says, of one more
// than there are.
//
// While there are fewer than 30 scores the band is not narrower than the prior, less
// and less so; and for the time after an event's end not at all narrower: no such hours
// are among the scores.
//
// Nor is the band narrower than apart, the standard deviation of the methods from the
// blend, has it: methods that disagree are a band.
func (r *record) band(o *origin, mid, apart float64, steps int) (half80, half95 float64) {
	scores := r.scores(steps)
	wide := 1 - min(1, float64(len(scores))/enough)
	if e := o.event; e != nil && o.now+slot(steps) > slotOf(e.end) {
		wide = 1
	}
	least := wide * prior(steps) * mid
	half80 = max(quantile(scores, 0.8)*scale(mid), least, normal80*apart)
	half95 = max(quantile(scores, 0.95)*scale(mid), normal95/normal80*least, normal95*apart)
	return half80, half95
}

// scores are those of the last outcomes at a horizon, in ascending order.
func (r *record) scores(steps int) []float64 {
	scores := make([]float64, 0, scored)
	r.outcomes(steps, scored, func(_ *issue, p *point, actual float64) {
		scores = append(scores, math.Abs(actual-float64(p.mid))/scale(float64(p.mid)))
	})
	slices.Sort(scores)
	return scores
}

// quantile is the ⌈(n+1)·level⌉-th smallest of sorted scores, or the largest if there
// are too few; 0 of none.
func quantile(sorted []float64, level float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	k := int(math.Ceil(float64(len(sorted)+1) * level))
	return sorted[min(k, len(sorted))-1]
}

// reaches is how likely at least a number of devices is, by the scores of a forecast,
// whose sign is taken to be even; ok is false while there are too few.
func reaches(sorted []float64, mid, devices float64) (probability float64, ok bool) {
	if len(sorted) < enough {
		return 0, false
	}
	off := math.Abs(devices-mid) / scale(mid)
	beyond := 0
	for _, s := range sorted {
		if s >= off {
			beyond++
		}
	}
	tail := float64(beyond) / float64(len(sorted)+1) / 2
	if devices > mid {
		return tail, true
	}
	return 1 - tail, true
}
