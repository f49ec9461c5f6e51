package forecast

import (
	"slices"
	"time"
)

const (
	// Step is how often a forecast is made, and how far apart its points are.
	Step = 5 * time.Minute
	// Points is how many points a forecast has; the last is Points·Step ahead.
	Points = 36

	// hour and week are in Steps.
	hour = 12
	week = 7 * 24 * hour
	// weeks is how many weeks the usual is worked out from.
	weeks = 4
	// remembered is how many slots are kept: as far back as the usual of three hours
	// ago looks.
	remembered = weeks*week + 3*hour
)

// slot is a number of Steps since 1970.
type slot int64

func slotOf(t time.Time) slot { return slot(t.Unix() / int64(Step/time.Second)) }

func (s slot) time() time.Time { return time.Unix(int64(s)*int64(Step/time.Second), 0).UTC() }

// series is how many devices were in a place, by slot, for the last weeks.
type series struct {
	// values is a ring: that of a slot is at its number modulo the length, and is
	// unknown below 0.
	values []int32
	last   slot
}

const unknown = -1

func newSeries() *series {
	return &series{values: slices.Repeat([]int32{unknown}, remembered), last: -remembered}
}

// add tells of a slot after the last; ok is false if it is not.
func (s *series) add(at slot, devices int) (ok bool) {
	if at <= s.last {
		return false
	}
	for between := max(s.last+1, at-remembered+1); between < at; between++ {
		*s.place(between) = unknown
	}
	*s.place(at) = int32(devices)
	s.last = at
	return true
}

func (s *series) place(at slot) *int32 { return &s.values[int(at)%remembered] }

// at is how many were there; ok is false if that is not known.
func (s *series) at(at slot) (devices float64, ok bool) {
	if at > s.last || at <= s.last-remembered || at < 0 {
		return 0, false
	}
	v := *s.place(at)
	return float64(v), v != unknown
}

// usual is the median of the same time of the last four weeks; ok is false unless all
// four are known. The lags are absolute hours, not those of a local clock.
func (s *series) usual(at slot) (devices float64, ok bool) {
	var past [weeks]float64
	for i := range past {
		if past[i], ok = s.at(at - slot((i+1)*week)); !ok {
			return 0, false
		}
	}
	slices.Sort(past[:])
	return (past[1] + past[2]) / 2, true
}
