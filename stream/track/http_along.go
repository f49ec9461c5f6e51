package track

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/api"
)

// Bounds of routes.
const (
	maxAlongBody     = 1 << 20
	maxRouteVertices = 10_000
	defaultBuffer    = 50
	maxBuffer        = 5_000
)

// alongRequest is the body of POST /streams/{stream}/along.
type alongRequest struct {
	Route  *geo.Shape `json:"route"`
	Buffer *float64   `json:"buffer_m"`
	Where  *string    `json:"where"`
	Limit  *int       `json:"limit"`
}

// along answers POST /streams/{stream}/along.
func (s *Service) along(w http.ResponseWriter, r *http.Request) error {
	t, err := s.tracker(r)
	if err != nil {
		return err
	}
	if _, err := read(r); err != nil {
		return err
	}
	route, metres, q, err := t.readAlong(http.MaxBytesReader(w, r.Body, maxAlongBody))
	if err != nil {
		return err
	}
	v := t.view()
	rows, matched, err := v.along(route, metres, q)
	if err != nil {
		return err
	}
	return t.answer(w, v, rows, matched, "along")
}

func (t *Tracker) readAlong(body io.Reader) (route orb.LineString, metres float64, q Query, err error) {
	var in alongRequest
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	err = d.Decode(&in)
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, 0, q, api.Refusef(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", large.Limit)
	}
	if err != nil {
		return nil, 0, q, layers.InputErrorf("body", "%v", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, 0, q, layers.InputErrorf("body", "more text follows the end of the document")
	}
	if in.Route == nil {
		return nil, 0, q, layers.InputErrorf("route", "is missing")
	}
	route, ok := in.Route.Geometry.(orb.LineString)
	if !ok || len(route) < 2 || len(route) > maxRouteVertices {
		return nil, 0, q, layers.InputErrorf("route", "want a LineString of 2 to %d positions", maxRouteVertices)
	}
	for _, p := range route {
		if err := geo.CheckPoint(p); err != nil {
			return nil, 0, q, layers.InputErrorf("route", "%v", err)
		}
	}
	metres = defaultBuffer
	if in.Buffer != nil {
		metres = *in.Buffer
	}
	if !(metres >= 0 && metres <= maxBuffer) {
		return nil, 0, q, layers.InputErrorf("buffer_m", "%v is not from 0 to %d", metres, maxBuffer)
	}
	q.Limit = defaultObjects
	if in.Limit != nil {
		if q.Limit = min(*in.Limit, maxObjects); q.Limit < 1 {
			return nil, 0, q, layers.InputErrorf("limit", "%d is not a whole number from 1", *in.Limit)
		}
	}
	if in.Where != nil {
		q.Where, err = t.where(*in.Where)
	}
	return route, metres, q, err
}
