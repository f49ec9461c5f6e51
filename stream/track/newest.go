package track

import "iter"

// Newest yields the newest report of each object at the moment of the call.
func (t *Tracker) Newest() iter.Seq[Report] {
	rows := t.view().rows
	return func(yield func(Report) bool) {
		for h := range len(rows) * pageLen {
			if r := rows.at(h); r != nil && r.flags.has(alive) && !yield(r.report()) {
				return
			}
		}
	}
}
