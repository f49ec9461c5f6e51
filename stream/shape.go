package stream

import (
	"errors"

	"github.com/paulmach/orb"

	"yiping/layers"
)

// Shapes are the areas that have a name: fences and regions. What is told may be
// another Shape at any time; Hub.Reshaped says so. All methods are safe for concurrent
// use, cost little and do no I/O. Their errors wrap layers.ErrNotFound if there is no
// such area, layers.ErrBusy as long as none are known yet.
type Shapes interface {
	// Fence is the area of a fence, by its number.
	Fence(id string) (Shape, error)
	// Region is that of a region, by its code of 6, 9 or 12 digits.
	Region(code string) (Shape, error)
}

// Shape is a named area at one moment. It never changes and is safe for concurrent use.
type Shape interface {
	// Bound covers it, in degrees (WGS 84).
	Bound() orb.Bound
	// Holds reports whether a place (lon, lat) lies in it.
	Holds(p orb.Point) bool
	// Digest is equal for equal shapes, on all replicas, and for no others.
	Digest() uint64
}

// noShapes are those of a hub that was given none.
type noShapes struct{}

func (noShapes) Fence(string) (Shape, error)  { return nil, layers.ErrNotFound }
func (noShapes) Region(string) (Shape, error) { return nil, layers.ErrNotFound }

// resolve finds the shape of an area that is named, unless rows say by themselves in
// which region they lie.
func (q *query) resolve() *RequestError {
	a := &q.area
	var s Shape
	var err error
	switch {
	case a.fence != "":
		s, err = q.shapes.Fence(a.fence)
	case a.column != "" && !q.about.has(a.column):
		s, err = q.shapes.Region(a.code)
	default:
		return nil
	}
	switch {
	case errors.Is(err, layers.ErrBusy):
		return &RequestError{Code: Unavailable, Msg: "fences and regions are being read", Retry: loadRetry}
	case err != nil && a.fence != "":
		return faultf(BadArea, "area.fence: there is no fence %.40q", a.fence)
	case err != nil:
		return faultf(BadArea, "area.region: there is no region %.20q", a.code)
	}
	a.shape, a.bound = s, s.Bound()
	a.box = fixedBox(a.bound).Grow(roundingUnits)
	return nil
}

// digest is that of the shape as the query has it; 0 if its area has none.
func (a *area) digest() uint64 {
	if a.shape == nil {
		return 0
	}
	return a.shape.Digest()
}

// reshaped is the query with the shape as it is now; nil if that is what it was.
func (q *query) reshaped() (*query, *RequestError) {
	if q.area.shape == nil {
		return nil, nil
	}
	next := *q
	if fault := next.resolve(); fault != nil {
		if fault.Code == Unavailable { // what was known goes on being true
			return nil, nil
		}
		return nil, fault
	}
	if next.area.digest() == q.area.digest() {
		return nil, nil
	}
	return &next, nil
}

// Reshaped says that Shapes tells something else of a fence or a region. Subscriptions
// of those that have another shape begin anew, those of one that is gone end.
func (h *Hub) Reshaped() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.conns {
		c.awake()
	}
}
