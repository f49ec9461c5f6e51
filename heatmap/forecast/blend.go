package forecast

import "math"

const (
	// recent is how many outcomes the shares of the methods are worked out from: two
	// hours.
	recent = 2 * hour
	// before is how many outcomes the errors that methods are taken for count as.
	before = 6
)

// assumed is the relative error that a method is taken to have at a horizon, before
// anything is known of it. These are not measured: they say that flow is good for the
// next minutes, and a curve of another evening or week for hours.
func assumed(m method, steps int) float64 {
	if m == balance {
		return 0.02 + 0.15*hours(steps)
	}
	return 0.15
}

// shares are those of the methods in a forecast, in inverse relation to the mean square
// of their relative errors at this horizon in the last two hours. A method that says
// NaN has none; ok is false if all do.
func (r *record) shares(said [methods]float64, steps int) (shares [methods]float64, ok bool) {
	var squares, counts [methods]float64
	r.outcomes(steps, recent, func(_ *issue, p *point, actual float64) {
		for m, n := range p.said {
			n := float64(n)
			if !math.IsNaN(n) {
				e := (n - actual) / (max(n, actual) + small)
				squares[m], counts[m] = squares[m]+e*e, counts[m]+1
			}
		}
	})
	sum := 0.0
	for m := range methods {
		if math.IsNaN(said[m]) {
			continue
		}
		a := assumed(m, steps)
		shares[m] = (counts[m] + before) / (squares[m] + before*a*a)
		sum += shares[m]
	}
	for m := range shares {
		shares[m] /= max(sum, math.SmallestNonzeroFloat64)
	}
	return shares, sum > 0
}

// blend is the mean of what methods say by their shares, and their standard deviation
// from it.
func blend(said, shares [methods]float64) (mid, apart float64) {
	for m, share := range shares {
		if share > 0 {
			mid += share * said[m]
		}
	}
	for m, share := range shares {
		if share > 0 {
			apart += share * (said[m] - mid) * (said[m] - mid)
		}
	}
	return mid, math.Sqrt(apart)
}
