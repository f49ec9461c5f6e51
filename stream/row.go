package stream

import (
	"slices"
	"time"
)

// reader finds the rows of a subscription in one view.
type reader struct {
	*query
	view       View
	selections []Selection
}

// reader is nil, with a fault, while there is no view that fits.
func (q *query) reader(v View) (*reader, *RequestError) {
	if v == nil {
		return nil, &RequestError{Code: Unavailable, Msg: "the stream is being loaded", Retry: loadRetry}
	}
	r := &reader{query: q, view: v}
	filters := q.filters
	if len(filters) == 0 {
		filters = append(filters, nil)
	}
	for _, f := range filters {
		s, err := v.Select(f)
		if err != nil { // the stream has lost a field since the filter was checked
			return nil, faultf(BadWhere, "where: %v", err)
		}
		r.selections = append(r.selections, s)
	}
	return r, nil
}

// takes reports whether a row is a member.
func (r *reader) takes(row Row) bool {
	for _, s := range r.selections {
		if !s.Has(row) {
			return false
		}
	}
	return r.area.holds(PlaceOf(r.view.Anchor(row)))
}

// members lists all rows, at most limit; more says that there are others.
func (r *reader) members(limit int) (rows []Row, more bool) {
	r.selections[0].Within(r.area.box, func(row Row) bool {
		if !r.takes(row) {
			return true
		}
		if len(rows) == limit {
			more = true
			return false
		}
		rows = append(rows, row)
		return true
	})
	return rows, more
}

// batch is rows as the subscription wants them.
func (s *subscription) batch(r *reader, rows []Row, now time.Time) batch {
	switch {
	case s.bin && s.levels != nil:
		return &cellBatch{view: r.view.(Cells), rows: rows, metrics: len(s.about.Metrics), now: now}
	case s.bin:
		return newMoverBatch(r.view.(Movers), rows, s.named, now)
	}
	write := r.view.Writer(s.sent())
	return &textBatch{
		rows:  len(rows),
		write: func(b []byte, i int) []byte { return write(b, rows[i]) },
		key:   r.view.AppendKey,
		holds: content{view: r.view, lean: s.lean, rows: rows},
	}
}

// sent are the fields that rows are sent with; nil is all.
func (s *subscription) sent() []string {
	if !s.lean {
		return s.fields
	}
	names := slices.Clone(s.fields)
	if s.fields == nil {
		for _, p := range s.about.fields() {
			names = append(names, p.Name)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(s.about.Lean, name) })
}
