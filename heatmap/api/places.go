package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"time"

	"github.com/paulmach/orb/geojson"

	"yiping/heatmap"
	"yiping/heatmap/place"
	"yiping/heatmap/replay"
	"yiping/layers"
	"yiping/layers/api"
)

// run is the run that a request is about: that of now, or of a replay.
func (h *handlers) run(r *http.Request, id string) (*Run, error) {
	if id == "" {
		return h.Now, nil
	}
	if run, ok := h.Runs.Find(id); ok {
		return run, nil
	}
	r.SetPathValue("id", id)
	return nil, unknown(r, replay.ErrIdle)
}

// places answers GET /heat/places.
func (h *handlers) places(w http.ResponseWriter, r *http.Request) error {
	values, err := api.ReadQuery(r, "at", "run")
	if err != nil {
		return err
	}
	run, err := h.run(r, values.Get("run"))
	if err != nil {
		return err
	}
	frame := run.Engine.Frame()
	all := geojson.NewFeatureCollection()
	states := frame.Places
	all.ExtraMembers = geojson.Properties{
		"time": frame.Time.UTC(), "synthetic": frame.Synthetic, "warming_until": timeOrNull(frame.WarmingUntil),
	}
	if values.Has("at") {
		kept, err := h.keptPlaces(r.Context(), values)
		if err != nil {
			return err
		}
		states = statesOf(kept, frame.Places)
		all.ExtraMembers = geojson.Properties{
			"time": kept.Told, "synthetic": kept.Synthetic, "warming_until": timeOrNull(kept.WarmingUntil),
		}
	}
	for i := range states {
		f := placeFeature(&states[i])
		if !values.Has("at") {
			run.tellNow(f, &states[i], frame.Time)
		}
		all.Append(f)
	}
	return api.WriteJSON(w, "application/geo+json", all)
}

// placeFeature is how a place stands, or stood.
func placeFeature(s *heatmap.PlaceState) *geojson.Feature {
	f := geojson.NewFeature(s.Outline)
	f.ID = s.ID
	zh, en := s.Level.Words()
	f.Properties = geojson.Properties{
		"name": s.Name, "name_en": s.NameEN, "flow": s.Flow, "area_m2": math.Round(s.Area()), "capacity": nil,
		"source": s.Source, "editable": s.Version > 0, "since": s.Since.UTC(),
		"devices": s.Devices, "visits": s.Visits, "density": s.Density, "in_per_s": s.In, "out_per_s": s.Out,
		"level": s.Level, "level_name": zh, "level_name_en": en, "next": s.Next, "next_after_s": nil,
		"people": nil, "windows": nil, "alarm": nil,
	}
	if s.Capacity > 0 {
		f.Properties["capacity"] = s.Capacity
	}
	if s.Next != s.Level {
		f.Properties["next_after_s"] = math.Round(s.After.Seconds())
	}
	return f
}

// tellNow adds what is known of a place as it stands now.
func (r *Run) tellNow(f *geojson.Feature, s *heatmap.PlaceState, now time.Time) {
	f.Properties["people"], f.Properties["windows"] = r.people(s, now), r.windows(s.ID, now)
	if r.Alarms == nil {
		return
	}
	if id := r.Alarms.Alarm(s.ID); id != "" {
		f.Properties["alarm"] = id
	}
}

const (
	maxPlace    = 256 << 10 // bytes: 2,000 vertices with room to spare
	geoJSONType = "application/geo+json"
	jsonType    = "application/json"
	// storeWait is how long the store may take.
	storeWait = 5 * time.Second
)

// begin bounds the time of a request that takes no parameters.
func begin(r *http.Request) (context.Context, context.CancelFunc, error) {
	if _, err := api.ReadQuery(r); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeWait)
	return ctx, cancel, nil
}

// place answers GET /heat/places/{id}: the place itself, without who is there.
func (h *handlers) place(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel, err := begin(r)
	if err != nil {
		return err
	}
	defer cancel()
	p, err := h.Places.Place(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	return writePlace(w, http.StatusOK, &p)
}

// putPlace answers PUT /heat/places/{id}: a new place, or another in place of one that
// the client has seen.
func (h *handlers) putPlace(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel, err := begin(r)
	if err != nil {
		return err
	}
	defer cancel()
	match, given, err := api.ReadMatch(r)
	if err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != geoJSONType && kind != jsonType {
		return api.Refusef(http.StatusUnsupportedMediaType, "Content-Type: send %s or %s", geoJSONType, jsonType)
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPlace))
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return api.Refusef(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", large.Limit)
	}
	if err != nil {
		return layers.InputErrorf("body", "broke off: %v", err)
	}
	p, err := place.Parse(r.PathValue("id"), data, h.Now.Engine.Rules().Bound)
	if err != nil {
		return err
	}
	if given {
		if p, err = h.Places.ReplacePlace(ctx, p, match); err != nil {
			return err
		}
		return writePlace(w, http.StatusOK, &p)
	}
	if p, err = h.Places.AddPlace(ctx, p); err != nil {
		return err
	}
	return writePlace(w, http.StatusCreated, &p)
}

// removePlace answers DELETE /heat/places/{id}.
func (h *handlers) removePlace(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel, err := begin(r)
	if err != nil {
		return err
	}
	defer cancel()
	match, given, err := api.ReadMatch(r)
	switch {
	case err != nil:
		return err
	case !given:
		return api.Refusef(http.StatusPreconditionRequired, "If-Match is required: the ETag that GET gave, or * for any version")
	}
	if err := h.Places.RemovePlace(ctx, r.PathValue("id"), match); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// writePlace writes a place with the tag that If-Match takes.
func writePlace(w http.ResponseWriter, status int, p *heatmap.Place) error {
	body, err := json.Marshal(place.FeatureOf(p))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", geoJSONType)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", api.VersionTag(p.Version))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone is nobody's error
	return nil
}
