package hotspot

import (
	"slices"
	"sort"
)

// Class says how a cell stands out, and how many of its class may do so by chance.
type Class string

// The classes: of the cells kept at a level, at most that share is expected to be
// there by chance.
const (
	None   Class = ""
	Hot99  Class = "hot99"
	Hot95  Class = "hot95"
	Hot90  Class = "hot90"
	Cold90 Class = "cold90"
	Cold95 Class = "cold95"
	Cold99 Class = "cold99"
)

// Alpha is the largest share of false discoveries among what is told.
const Alpha = 0.1

// classify says what of n cells stands out: all, and elsewhere for each of the others.
func classify(all []Spot, elsewhere *Spot, n int) {
	p := make([]float64, len(all))
	for i := range all {
		p[i] = all[i].P
	}
	slices.Sort(p)
	for _, level := range []struct {
		alpha     float64
		hot, cold Class
	}{{Alpha, Hot90, Cold90}, {0.05, Hot95, Cold95}, {0.01, Hot99, Cold99}} {
		limit := discovered(p, elsewhere.P, n, level.alpha)
		mark := func(s *Spot) {
			switch {
			case s.P > limit:
			case s.Z > 0:
				s.Class = level.hot
			default:
				s.Class = level.cold
			}
		}
		for i := range all {
			mark(&all[i])
		}
		if len(all) < n {
			mark(elsewhere)
		}
	}
}

// discovered is the largest p that is kept of n tests, by Benjamini and Hochberg
// (Journal of the Royal Statistical Society B 57, 1995): the last p of them in
// ascending order that is at most its place · alpha/n; below 0 if there is none.
// sorted are the p of some tests, rest is that of each of the others.
func discovered(sorted []float64, rest float64, n int, alpha float64) float64 {
	others, limit := n-len(sorted), -1.0
	passes := func(p float64, place int) bool { return p <= float64(place)*alpha/float64(n) }
	for i, p := range slices.Backward(sorted) {
		place := i + 1
		if p >= rest {
			place += others
		}
		if passes(p, place) {
			limit = p
			break
		}
	}
	before := sort.Search(len(sorted), func(i int) bool { return sorted[i] > rest })
	if others > 0 && passes(rest, before+others) {
		limit = max(limit, rest)
	}
	return limit
}
