package stream

import "time"

// ladder does less for a connection that does not keep up, and more again once it
// does. Its first steps double the tick; each one beyond is a rung of its own.
type ladder struct {
	pace Pace
	// steps is how far up it is, tick the time between flushes there.
	steps int
	tick  time.Duration
	// troubled and healthy are since when, zero if it is not so.
	troubled, healthy time.Time
	// starved counts the ticks in a row that found no credit.
	starved int
}

// rung is what a connection has to go without. Each includes those before.
type rung int

const (
	whole     rung = iota
	slow           // the tick is longer
	lean           // rows leave fields out
	aggregate      // cells are counted instead of rows sent
	events         // STATE pauses
)

// String is the rung as frames name it.
func (r rung) String() string { return [...]string{"", "slow", "lean", "aggregate", "events"}[r] }

func newLadder(p Pace) ladder { return ladder{pace: p, tick: p.Tick} }

// maxStarved is how many ticks in a row may find no credit.
const maxStarved = 3

// acked takes note of the time from sending to acknowledging.
func (l *ladder) acked(rtt time.Duration, now time.Time) {
	l.judge(rtt > 2*l.tick, rtt < l.tick, now)
}

// ticked takes note of a tick that had something to send.
func (l *ladder) ticked(credit bool, now time.Time) {
	if credit {
		l.starved = 0
		return
	}
	l.starved++
	l.judge(l.starved >= maxStarved, false, now)
}

// rested takes note of a connection that is sent nothing and owes nothing.
func (l *ladder) rested(now time.Time) { l.judge(false, true, now) }

func (l *ladder) judge(trouble, health bool, now time.Time) {
	switch {
	case trouble:
		l.healthy = time.Time{}
		if l.troubled.IsZero() {
			l.troubled = now
		}
	case health:
		l.troubled = time.Time{}
		if l.healthy.IsZero() {
			l.healthy = now
		}
	}
}

// step goes a step up or down if it is time to, and reports whether it has.
func (l *ladder) step(now time.Time) bool {
	before := l.steps
	switch {
	case !l.troubled.IsZero() && now.Sub(l.troubled) >= l.pace.Trouble:
		l.steps = min(l.steps+1, l.doublings()+int(events-slow))
		l.troubled = now
	case !l.healthy.IsZero() && now.Sub(l.healthy) >= l.pace.Health:
		l.steps = max(l.steps-1, 0)
		l.healthy = now
	}
	l.tick = min(l.pace.Tick<<min(l.steps, l.doublings()), l.pace.SlowestTick)
	return l.steps != before
}

// doublings is how often the tick doubles until it is the slowest.
func (l *ladder) doublings() int {
	n := 0
	for tick := l.pace.Tick; tick < l.pace.SlowestTick; tick *= 2 {
		n++
	}
	return n
}

// rung is where the connection is.
func (l *ladder) rung() rung {
	if l.steps == 0 {
		return whole
	}
	return slow + rung(max(0, l.steps-l.doublings()))
}

// degraded is the rung and the names of all up to it, for mark.
func (l *ladder) degraded() (at rung, why []string) {
	at, why = l.rung(), []string{}
	for r := slow; r <= at; r++ {
		why = append(why, r.String())
	}
	return at, why
}
