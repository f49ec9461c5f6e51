package window

import (
	"fmt"
	"time"

	"yiping/heatmap"
)

// Over is a span of time.
type Over int

// The spans in doc.go.
const (
	Hour Over = iota
	Evening
	Day
	spans
)

// Spans are all of them.
func Spans() []Over { return []Over{Hour, Evening, Day} }

// String is the name of the span.
func (o Over) String() string { return [...]string{"hour", "evening", "day"}[o] }

// ParseOver reads a name.
func ParseOver(text string) (Over, error) {
	for _, o := range Spans() {
		if o.String() == text {
			return o, nil
		}
	}
	return 0, fmt.Errorf("%.20q is none of hour, evening, day", text)
}

const (
	// slot is the precision of the last hour, which is slots of them.
	slot  = 10 * time.Minute
	slots = 6
	// untilEvening is from the change of the key to the evening.
	untilEvening = 12 * time.Hour
)

func slotOf(t time.Time) int64 { return t.Unix() / int64(slot/time.Second) }

// From is the beginning of the span that ends now; of an evening that has not begun
// it is later than now.
func (o Over) From(now time.Time) time.Time {
	day := heatmap.KeyDayStart(heatmap.KeyDay(now))
	switch o {
	case Evening:
		return day.Add(untilEvening)
	case Day:
		return day
	default:
		first := time.Unix((slotOf(now)-slots+1)*int64(slot/time.Second), 0).UTC()
		if first.Before(day) {
			return day
		}
		return first
	}
}

// spanned is the devices of one place or cell.
type spanned struct {
	hour    [slots]ringed
	evening sketch
	day     sketch
}

// ringed is a slot of the last hour.
type ringed struct {
	slot int64
	sketch
}

func newSpanned(precision uint8) *spanned {
	s := &spanned{evening: sketch{precision: precision}, day: sketch{precision: precision}}
	for i := range s.hour {
		s.hour[i].precision = precision
	}
	return s
}

// add notes a device that was heard of at a time of the present day.
func (s *spanned) add(name uint64, at time.Time) {
	n := slotOf(at)
	// A place of the ring that has a later slot is not wanted any more.
	if r := &s.hour[n%slots]; n >= r.slot {
		if n > r.slot {
			r.slot, r.sketch = n, sketch{precision: r.precision}
		}
		r.add(name)
	}
	if !at.Before(Evening.From(at)) {
		s.evening.add(name)
	}
	s.day.add(name)
}

// count is the devices of a span that ends now.
func (s *spanned) count(o Over, now time.Time) (n int, relative float64) {
	switch o {
	case Evening:
		return s.evening.count()
	case Day:
		return s.day.count()
	default:
		first := slotOf(now) - slots + 1
		all := sketch{precision: s.day.precision}
		for i := range s.hour {
			if s.hour[i].slot >= first {
				all.merge(&s.hour[i].sketch)
			}
		}
		return all.count()
	}
}

func (s *spanned) bytes() int {
	n := s.evening.bytes() + s.day.bytes()
	for i := range s.hour {
		n += s.hour[i].bytes()
	}
	return n + spannedBytes
}

// spannedBytes is more than spanned has beside the members, with what the maps have of
// it: 8 sketches of 56 bytes, 6 slots of 8.
const spannedBytes = 1024
