package fence

import (
	"cmp"
	"slices"
	"time"
)

// wheel keeps deadlines in slots of a second. Setting one costs the same however
// many there are, and turning it looks only at the slots that went by. A deadline
// that has been put off stays where it is: the stay is asked when its slot comes.
type wheel struct {
	slots [slots][]alarm
	// second is the last that was looked at.
	second int64
}

// slots is a round of the wheel in seconds. What is due later waits for its round.
const slots = 1 << 10

// alarm is the deadline that a stay had when it was set.
type alarm struct {
	due  time.Time
	stay *stay
}

// set notes a deadline.
func (w *wheel) set(due time.Time, s *stay) {
	second := max(due.Unix(), w.second) // what is overdue comes with the next turn
	i := second & (slots - 1)
	w.slots[i] = append(w.slots[i], alarm{due, s})
}

// turn takes out what is due at t or earlier, the earliest first.
func (w *wheel) turn(t time.Time) []alarm {
	now := t.Unix()
	var due []alarm
	for second := max(w.second, now-slots+1); second <= now; second++ {
		slot := &w.slots[second&(slots-1)]
		if len(*slot) == 0 {
			continue
		}
		left := (*slot)[:0]
		for _, a := range *slot {
			if a.due.After(t) {
				left = append(left, a)
			} else {
				due = append(due, a)
			}
		}
		clear((*slot)[len(left):])
		*slot = left
	}
	w.second = max(w.second, now)
	slices.SortStableFunc(due, func(a, b alarm) int {
		return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.stay.entity.key, b.stay.entity.key),
			cmp.Compare(a.stay.fence.shape.def.ID, b.stay.fence.shape.def.ID))
	})
	return due
}
