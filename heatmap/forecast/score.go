package forecast

import "math"

// Score is how good the last forecasts of a horizon were.
type Score struct {
	// Count is how many there are, at most 90.
	Count int
	// MASE is the mean error in relation to that of the comparison: 1 is no better.
	MASE float64
	// Against is the comparison: WeekBefore where each of the times is known of the
	// week before, Unchanged, which is as many as when the forecast was made, otherwise.
	Against string
	// Coverage80 and Coverage95 are the shares that were within the bands.
	Coverage80, Coverage95 float64
	// Width80 is the mean width of the band of 80 %.
	Width80 float64
	// Pinball is the mean pinball loss of 2.5, 10, 50, 90 and 97.5 %.
	Pinball float64
}

// What a forecast is compared with.
const (
	WeekBefore = "week_before"
	Unchanged  = "unchanged"
)

// score is nil while nothing can be compared.
func (r *record) score(steps int) *Score {
	s := &Score{Against: WeekBefore}
	var off, unchanged, weekly, weeks float64
	r.outcomes(steps, scored, func(made *issue, p *point, actual float64) {
		s.Count++
		off += math.Abs(actual - float64(p.mid))
		then, _ := r.series.at(made.slot)
		unchanged += math.Abs(actual - then)
		if was, ok := r.series.at(made.slot + slot(steps) - week); ok {
			weekly, weeks = weekly+math.Abs(actual-was), weeks+1
		}
		s.Coverage80 += within(actual, p.low80, p.high80)
		s.Coverage95 += within(actual, p.low95, p.high95)
		s.Width80 += float64(p.high80 - p.low80)
		s.Pinball += p.pinball(actual)
	})
	n := float64(s.Count)
	against := weekly
	if weeks < n {
		s.Against, against = Unchanged, unchanged
	}
	if n == 0 || against == 0 {
		return nil
	}
	s.MASE = off / against
	s.Coverage80, s.Coverage95, s.Width80, s.Pinball = s.Coverage80/n, s.Coverage95/n, s.Width80/n, s.Pinball/n
	return s
}

// within is 1 if a number is in a band. The band is stored with 24 bits.
func within(n float64, low, high float32) float64 {
	if float32(n) >= low && float32(n) <= high {
		return 1
	}
	return 0
}

// pinball is the mean loss of the quantiles that a point tells of: the error, times the
// quantile where too few were forecast, and one less it where too many were.
func (p *point) pinball(actual float64) float64 {
	sum := 0.0
	quantiles := [...]struct {
		level float64
		said  float32
	}{{0.025, p.low95}, {0.1, p.low80}, {0.5, p.mid}, {0.9, p.high80}, {0.975, p.high95}}
	for _, q := range quantiles {
		d := actual - float64(q.said)
		sum += max(q.level*d, (q.level-1)*d)
	}
	return sum / float64(len(quantiles))
}
