package replay

import (
	"math"
	"time"

	"yiping/heatmap"
)

// passing is how many come and go on each way.
type passing struct{ in, out []int }

// warmUp is how many minutes the gates count before the beginning, so that there is a
// tally of those who are there then.
const warmUp = interval/60 - 1

// pass counts at the gates: passed[n] is the minute that ends n-warmUp minutes after the
// beginning; the first has whoever came before it.
func (c *Crowd) pass() []passing {
	all := make([]passing, int(c.scenario.Seconds()/60)+warmUp+1)
	for i := range all {
		all[i] = passing{make([]int, len(c.scenario.Ways)), make([]int, len(c.scenario.Ways))}
	}
	minute := func(at float32) int { return max(0, int(math.Ceil(float64(at)/60))+warmUp) }
	for i := range c.visitors {
		v := &c.visitors[i]
		if n := minute(v.arrive); n < len(all) {
			all[n].in[v.in]++
		}
		if v.leave <= float32(c.scenario.Seconds()) {
			all[minute(v.leave)].out[v.out]++
		}
	}
	return all
}

// tallies are those of the minute that ends at a time of the evening, in seconds: of a
// gate at the core's end of each way.
func (c *Crowd) tallies(at float64) []heatmap.Tally {
	n := int(at)/60 + warmUp
	if n < 0 || n >= len(c.passed) {
		return nil
	}
	s := c.scenario
	all := make([]heatmap.Tally, len(s.Ways))
	for i := range s.Ways {
		all[i] = heatmap.Tally{
			Counter: s.ID + "/" + s.Ways[i].ID, Place: s.Core, Time: s.Begin.Add(time.Duration(at) * time.Second),
			In: c.passed[n].in[i], Out: c.passed[n].out[i], Made: true,
		}
	}
	return all
}
