package fence

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"time"

	"yiping/layers"
	"yiping/layers/api"
)

// Service answers for definitions over HTTP.
type Service struct {
	Store Store
	// Streams names those that may be watched, Rows is what the fields of their objects
	// are like.
	Streams func() []string
	Rows    func(stream string) *layers.Layer
}

// Bounds of requests.
const (
	maxBody     = 2 << 20 // bytes
	answerWait  = 5 * time.Second
	statesLimit = 10_000
)

const (
	geoJSONType = "application/geo+json"
	jsonType    = "application/json"
)

// Register adds /fences.
func (s *Service) Register(handle api.Handle) {
	handle("GET /fences", s.list)
	handle("POST /fences", s.add)
	handle("GET /fences/{id}", s.one)
	handle("PUT /fences/{id}", s.replace)
	handle("DELETE /fences/{id}", s.remove)
	handle("GET /fences/{id}/state", s.state)
}

func (s *Service) list(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel, err := begin(r)
	if err != nil {
		return err
	}
	defer cancel()
	all, _, err := s.Store.Fences(ctx)
	if err != nil {
		return err
	}
	collection := struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}{"FeatureCollection", make([]feature, len(all))}
	for i := range all {
		collection.Features[i] = featureOf(&all[i])
	}
	return api.WriteJSON(w, geoJSONType, collection)
}

func (s *Service) one(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel, err := begin(r)
	if err != nil {
		return err
	}
	defer cancel()
	d, err := s.Store.Fence(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, &d)
}

func (s *Service) add(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel, err := begin(r)
	if err != nil {
		return err
	}
	defer cancel()
	d, err := s.read(w, r)
	if err != nil {
		return err
	}
	if d, err = s.Store.AddFence(ctx, d); err != nil {
		return err
	}
	w.Header().Set("Location", "/fences/"+d.ID)
	return answer(w, http.StatusCreated, &d)
}

func (s *Service) replace(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel, err := begin(r)
	if err != nil {
		return err
	}
	defer cancel()
	match, err := readMatch(r)
	if err != nil {
		return err
	}
	d, err := s.read(w, r)
	if err != nil {
		return err
	}
	d.ID = r.PathValue("id")
	if d, err = s.Store.ReplaceFence(ctx, d, match); err != nil {
		return err
	}
	return answer(w, http.StatusOK, &d)
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel, err := begin(r)
	if err != nil {
		return err
	}
	defer cancel()
	match, err := readMatch(r)
	if err != nil {
		return err
	}
	if err := s.Store.RemoveFence(ctx, r.PathValue("id"), match); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// objectState is how an object stands to a fence, as /fences/{id}/state tells it.
type objectState struct {
	Stream    string     `json:"stream"`
	Entity    string     `json:"entity"`
	Phase     Phase      `json:"phase"`
	Near      bool       `json:"near"`
	Entered   *time.Time `json:"entered,omitempty"`
	Left      *time.Time `json:"left,omitempty"`
	Lon       float64    `json:"lon"`
	Lat       float64    `json:"lat"`
	Synthetic bool       `json:"synthetic"`
}

// state tells who is in a fence, as of the last events.
func (s *Service) state(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel, err := begin(r)
	if err != nil {
		return err
	}
	defer cancel()
	d, err := s.Store.Fence(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	states, err := s.Store.FenceStates(ctx, d.ID, statesLimit+1)
	if err != nil {
		return err
	}
	document := struct {
		Fence   string        `json:"fence"`
		Inside  int           `json:"inside"`
		Objects []objectState `json:"objects"`
		// Complete is false if there are more than are listed.
		Complete bool `json:"complete"`
	}{Fence: d.ID, Objects: []objectState{}, Complete: len(states) <= statesLimit}
	for _, st := range states[:min(len(states), statesLimit)] {
		o := objectState{Stream: st.Stream, Entity: st.Entity, Phase: st.Phase, Near: st.Near, Lon: st.Turned[0], Lat: st.Turned[1], Synthetic: st.Synthetic}
		if !st.Entered.IsZero() {
			o.Entered = &st.Entered
		}
		if st.Phase == Leaving || st.Phase == Away {
			o.Left = &st.Left
		}
		if st.Phase == In || st.Phase == Leaving {
			document.Inside++
		}
		document.Objects = append(document.Objects, o)
	}
	return api.WriteJSON(w, jsonType, document)
}

// MarshalText writes a phase in words.
func (p Phase) MarshalText() ([]byte, error) {
	return []byte([...]string{"none", "entering", "in", "leaving", "away"}[p]), nil
}

// begin bounds the time of a request that takes no parameters.
func begin(r *http.Request) (context.Context, context.CancelFunc, error) {
	if _, err := api.ReadQuery(r); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerWait)
	return ctx, cancel, nil
}

// read reads a definition of streams that there are.
func (s *Service) read(w http.ResponseWriter, r *http.Request) (Definition, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != geoJSONType && kind != jsonType {
		return Definition{}, api.Refusef(http.StatusUnsupportedMediaType, "Content-Type: send %s or %s", geoJSONType, jsonType)
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return Definition{}, api.Refusef(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", large.Limit)
	}
	if err != nil {
		return Definition{}, layers.InputErrorf("body", "broke off: %v", err)
	}
	d, err := Parse(data)
	if err != nil {
		return d, err
	}
	known := s.Streams()
	for _, name := range d.Streams {
		if !slices.Contains(known, name) {
			return d, layers.InputErrorf("properties.streams", "%s is not known; there are %v", layers.Shown(name), known)
		}
	}
	return d, d.checkFilter(s.Rows)
}

// readMatch reads which version is to be changed.
func readMatch(r *http.Request) (layers.Match, error) {
	m, given, err := api.ReadMatch(r)
	if err == nil && !given {
		err = api.Refusef(http.StatusPreconditionRequired, "If-Match is required: the ETag that GET gave, or * for any version")
	}
	return m, err
}

// answer writes a definition with the tag that If-Match takes.
func answer(w http.ResponseWriter, status int, d *Definition) error {
	body, err := json.Marshal(featureOf(d))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", geoJSONType)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", api.VersionTag(d.Version))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone is nobody's error
	return nil
}
