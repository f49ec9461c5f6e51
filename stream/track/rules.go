package track

import (
	"fmt"
	"math"
	"time"

	"github.com/paulmach/orb"
)

const (
	// lateWindow is how late a report may come and still be kept, at the least.
	lateWindow = 10 * time.Minute
	// speedSlack in metres is how far a satellite fix may jump by itself; moves up to
	// it are not held to the greatest speed.
	speedSlack = 50
	// speedAgree is how many reports in a row that agree with each other move an
	// object to where it cannot have got to: it was lost, or lifted.
	speedAgree = 3
)

// suspect is what reports said that were held to be impossible.
type suspect struct {
	place orb.Point
	time  int64
	n     int
}

// verdict is what a report is worth.
type verdict uint8

const (
	accepted verdict = iota
	late
	duplicate
	rejected
)

// judge tells what a report is worth by its time alone; old is what is known of the
// object, nil for a new one.
func (t *Tracker) judge(r *Report, old *row, now time.Time) (verdict, *Rejection) {
	if ahead := r.Time.Sub(now); ahead > t.d.ClockSkew {
		return rejected, &Rejection{r.At, fmt.Sprintf("%s: is %s in the future; %s are allowed", memberTime, ahead.Round(time.Millisecond), t.d.ClockSkew), RuleFuture}
	}
	age := now.Sub(r.Time)
	if age > t.d.window() {
		return rejected, &Rejection{r.At, fmt.Sprintf("%s: is older than %s", memberTime, t.d.window()), RuleOld}
	}
	return newer(r, old, age > t.d.TTL), nil
}

// newer compares a report with what is known.
func newer(r *Report, old *row, expired bool) verdict {
	switch {
	case old != nil && r.Time.UnixMilli() == old.time:
		return duplicate
	case old != nil && r.Time.UnixMilli() < old.time, expired:
		return late
	default:
		return accepted
	}
}

// gate holds a report that is newer to the greatest speed.
func (t *Tracker) gate(handle uint32, r *Report, old *row) *Rejection {
	speed, far := implied(old.place(), old.time, r)
	if t.d.MaxSpeed == 0 || !far || speed <= t.d.MaxSpeed {
		delete(t.suspects, handle)
		return nil
	}
	s, known := t.suspects[handle]
	again, away := implied(s.place, s.time, r)
	if known && (!away || again <= t.d.MaxSpeed) && r.Time.UnixMilli() > s.time {
		s.n++
	} else {
		s.n = 1
	}
	if s.n >= speedAgree {
		delete(t.suspects, handle)
		return nil
	}
	s.place, s.time = r.Place, r.Time.UnixMilli()
	t.suspects[handle] = s
	return &Rejection{r.At, fmt.Sprintf("place: from the last one it would have moved at %.0f m/s, %g m/s is the most", speed, t.d.MaxSpeed), RuleSpeed}
}

// implied is the speed in m/s between two places; far says that they are further
// apart than fixes jump.
func implied(from orb.Point, at int64, r *Report) (speed float64, far bool) {
	distance := planeAt(from).distance(r.Place)
	seconds := float64(r.Time.UnixMilli()-at) / 1000
	return distance / math.Max(seconds, 0.001), distance > speedSlack
}
