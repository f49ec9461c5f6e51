package track

import "time"

// rateSeconds is the time over which the rate of reports is taken.
const rateSeconds = 10

// counts is what a tracker has done.
type counts struct {
	accepted, late, duplicate uint64
	rejected                  map[Rule]uint64
	stale                     int
	// newest is the greatest time of a report in ms.
	newest int64
	// input is when the last report came.
	input time.Time
	// seconds counts what came in each of the last seconds, by its number modulo
	// their count; second is the newest.
	seconds [rateSeconds + 1]uint64
	second  int64
}

func newCounts(now time.Time) counts {
	return counts{rejected: map[Rule]uint64{}, second: now.Unix()}
}

// add counts an outcome; rejections by rule are counted where they are made.
func (c *counts) add(o *Outcome, now time.Time) {
	c.accepted += uint64(o.Accepted)
	c.late += uint64(o.Late)
	c.duplicate += uint64(o.Duplicate)
	c.input = now
	c.turn(now.Unix())
	c.seconds[now.Unix()%int64(len(c.seconds))] += uint64(o.Accepted)
}

// turn forgets the seconds that have passed.
func (c *counts) turn(now int64) {
	for s := max(c.second+1, now-rateSeconds); s <= now; s++ {
		c.seconds[s%int64(len(c.seconds))] = 0
	}
	c.second = max(c.second, now)
}

// rate is the reports a second over the last whole seconds.
func (c *counts) rate(now time.Time) float64 {
	c.turn(now.Unix())
	var sum uint64
	for i, n := range c.seconds {
		if int64(i) != now.Unix()%int64(len(c.seconds)) {
			sum += n
		}
	}
	return float64(sum) / rateSeconds
}

// Status is how a stream is.
type Status struct {
	Objects, Stale            int
	Accepted, Late, Duplicate uint64
	Rejected                  map[Rule]uint64
	// PerSecond is the rate of accepted reports over the last ten seconds.
	PerSecond float64
	// LastInput is when the last report came, LastTime the greatest time of one; zero
	// without any.
	LastInput, LastTime time.Time
}

// Status is how the stream is now.
func (t *Tracker) Status() Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := &t.counts
	s := Status{
		Objects: len(t.handles), Stale: c.stale, Accepted: c.accepted, Late: c.late, Duplicate: c.duplicate,
		Rejected: map[Rule]uint64{}, PerSecond: c.rate(t.c.Now()), LastInput: c.input,
	}
	for _, r := range Rules() {
		s.Rejected[r] = c.rejected[r]
	}
	if c.newest > 0 {
		s.LastTime = time.UnixMilli(c.newest).UTC()
	}
	return s
}

// malformed counts reports that could not be read.
func (t *Tracker) malformed(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.rejected[RuleMalformed] += uint64(n)
}
