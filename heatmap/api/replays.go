package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"yiping/heatmap/replay"
	"yiping/layers"
	"yiping/layers/api"
)

// replayed is a scenario, and how far it has been played.
type replayed struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	TitleEN  string    `json:"title_en"`
	Begin    time.Time `json:"begin"`
	End      time.Time `json:"end"`
	Visitors int       `json:"visitors"`
	Core     string    `json:"core"`
	State    string    `json:"state"` // idle, playing, done
	// Time and Speed are null while it is idle.
	Time      *time.Time `json:"time"`
	Speed     *float64   `json:"speed"`
	Synthetic bool       `json:"synthetic"`
}

func (h *handlers) replayed(s *replay.Scenario) replayed {
	r := replayed{
		ID: s.ID, Title: s.Title, TitleEN: s.TitleEN, Begin: s.Begin, End: s.End,
		Visitors: s.Visitors, Core: s.Core, State: "idle", Synthetic: true,
	}
	p, err := h.Stage.Player(s.ID)
	if err != nil {
		return r
	}
	at, speed := p.Time(), p.Speed()
	r.Time, r.Speed, r.State = &at, &speed, "playing"
	if p.Done() {
		r.State = "done"
	}
	return r
}

// replays answers GET /heat/replays.
func (h *handlers) replays(w http.ResponseWriter, r *http.Request) error {
	if _, err := api.ReadQuery(r); err != nil {
		return err
	}
	all := []replayed{}
	for _, s := range h.Stage.Scenarios {
		all = append(all, h.replayed(s))
	}
	return api.WriteJSON(w, "application/json", map[string]any{"replays": all})
}

// play is how a replay is wanted.
type play struct {
	Speed *float64 `json:"speed"`
	Seed  uint64   `json:"seed"`
}

const (
	maxPlay      = 4 << 10
	defaultSpeed = 60
)

func readPlay(w http.ResponseWriter, r *http.Request) (play, error) {
	var p play
	if _, err := api.ReadQuery(r); err != nil {
		return p, err
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxPlay))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil && !errors.Is(err, io.EOF) {
		return p, layers.InputErrorf("body", "want an object like {\"speed\": 60}: %v", err)
	}
	if p.Speed != nil && (*p.Speed < replay.MinSpeed || *p.Speed > replay.MaxSpeed) {
		return p, layers.InputErrorf("speed", "want %d to %d", replay.MinSpeed, replay.MaxSpeed)
	}
	return p, nil
}

// start answers PUT /heat/replays/{id}: from the beginning.
func (h *handlers) start(w http.ResponseWriter, r *http.Request) error {
	want, err := readPlay(w, r)
	if err != nil {
		return err
	}
	speed := float64(defaultSpeed)
	if want.Speed != nil {
		speed = *want.Speed
	}
	p, err := h.Stage.Start(r.Context(), r.PathValue("id"), want.Seed, speed)
	if err != nil {
		return unknown(r, err)
	}
	return api.WriteJSON(w, "application/json", h.replayed(p.Scenario))
}

// change answers PATCH /heat/replays/{id}: another speed.
func (h *handlers) change(w http.ResponseWriter, r *http.Request) error {
	want, err := readPlay(w, r)
	if err != nil {
		return err
	}
	p, err := h.Stage.Player(r.PathValue("id"))
	if err != nil {
		return unknown(r, err)
	}
	if want.Speed != nil {
		p.SetSpeed(*want.Speed)
	}
	return api.WriteJSON(w, "application/json", h.replayed(p.Scenario))
}

// stop answers DELETE /heat/replays/{id}.
func (h *handlers) stop(w http.ResponseWriter, r *http.Request) error {
	if _, err := api.ReadQuery(r); err != nil {
		return err
	}
	if err := h.Stage.Stop(r.PathValue("id")); err != nil {
		return unknown(r, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// curve answers GET /heat/replays/{id}/curve.
func (h *handlers) curve(w http.ResponseWriter, r *http.Request) error {
	if _, err := api.ReadQuery(r); err != nil {
		return err
	}
	p, err := h.Stage.Player(r.PathValue("id"))
	if err != nil {
		return unknown(r, err)
	}
	minutes := p.Curve()
	if minutes == nil {
		minutes = []replay.Minute{}
	}
	return api.WriteJSON(w, "application/json", map[string]any{"id": p.Scenario.ID, "core": p.Scenario.Core, "synthetic": true, "minutes": minutes})
}

// unknown says that a replay is not there.
func unknown(r *http.Request, err error) error {
	if errors.Is(err, replay.ErrUnknown) || errors.Is(err, replay.ErrIdle) {
		return fmt.Errorf("%w: replay %.60q: %w", layers.ErrNotFound, r.PathValue("id"), err)
	}
	return err
}
