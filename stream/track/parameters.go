package track

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/api"
	"yiping/layers/cql2"
)

// parameters are those of a request.
type parameters struct{ url.Values }

func read(r *http.Request, known ...string) (parameters, error) {
	values, err := api.ReadQuery(r, known...)
	return parameters{values}, err
}

// query reads bbox, where and limit.
func (p parameters) query(t *Tracker, otherwise, most int) (q Query, err error) {
	if q.Bound, err = api.ReadBound(p.Values); err != nil {
		return q, err
	}
	if q.Where, err = p.where(t); err != nil {
		return q, err
	}
	q.Limit, err = p.count("limit", otherwise, most)
	return q, err
}

// maxWhere is the length of a filter in bytes.
const maxWhere = 8 << 10

func (p parameters) where(t *Tracker) (*cql2.Filter, error) {
	if !p.Has("where") {
		return nil, nil //nolint:nilnil // no filter takes all
	}
	return t.where(p.Get("where"))
}

func (t *Tracker) where(text string) (*cql2.Filter, error) {
	if len(text) > maxWhere {
		return nil, layers.InputErrorf("where", "has more than %d bytes", maxWhere)
	}
	return t.ParseFilter(text)
}

// count reads a number of things, otherwise without one. More than most means most.
func (p parameters) count(name string, otherwise, most int) (int, error) {
	if !p.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(p.Get(name))
	if err != nil || n < 1 {
		return 0, layers.InputErrorf(name, "%s is not a whole number from 1", layers.Shown(p.Get(name)))
	}
	return min(n, most), nil
}

func (p parameters) number(name string, otherwise, low, high float64) (float64, error) {
	if !p.Has(name) {
		return otherwise, nil
	}
	n, err := api.ReadNumbers(p.Values, name, 1)
	if err != nil {
		return 0, err
	}
	if !(n[0] >= low && n[0] <= high) {
		return 0, layers.InputErrorf(name, "%v is not from %v to %v", n[0], low, high)
	}
	return n[0], nil
}

// point reads lon,lat.
func (p parameters) point(name string) (orb.Point, error) {
	if !p.Has(name) {
		return orb.Point{}, layers.InputErrorf(name, "is missing: want lon,lat")
	}
	n, err := api.ReadNumbers(p.Values, name, 2)
	if err != nil {
		return orb.Point{}, err
	}
	at := orb.Point{n[0], n[1]}
	if err := geo.CheckPoint(at); err != nil {
		return at, layers.InputErrorf(name, "%v", err)
	}
	return at, nil
}

// moment reads a time.
func (p parameters) moment(name string, otherwise time.Time) (time.Time, error) {
	if !p.Has(name) {
		return otherwise, nil
	}
	t, err := time.Parse(time.RFC3339Nano, p.Get(name))
	if err != nil {
		return t, layers.InputErrorf(name, "%s is not a time such as 2026-11-22T11:00:00+08:00", layers.Shown(p.Get(name)))
	}
	return t, nil
}
