package fence

import "time"

// recall is the fixes of the last moments, for a replica that may have to lead: the
// states that were saved say which of them have been heard.
type recall struct {
	batches []recalled
	n       int // fixes
}

type recalled struct {
	clock  time.Time
	stream string
	fixes  []Fix
}

// The bounds of a recall: longer than it takes to notice that a leader is dead, and
// some megabytes.
const (
	recallFor = 30 * time.Second
	maxRecall = 250_000
)

func (r *recall) add(now time.Time, stream string, fixes []Fix) {
	r.batches = append(r.batches, recalled{now, stream, fixes})
	r.n += len(fixes)
	for len(r.batches) > 0 && (r.n > maxRecall || now.Sub(r.batches[0].clock) > recallFor) {
		r.n -= len(r.batches[0].fixes)
		r.batches[0] = recalled{}
		r.batches = r.batches[1:]
	}
}
