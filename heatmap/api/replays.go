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
	// Definition says what the core is, Facts is what was published of the evening.
	Definition   string        `json:"definition"`
	DefinitionEN string        `json:"definition_en"`
	Facts        []replay.Fact `json:"facts"`
	State        string        `json:"state"` // idle, seeking, playing, paused, done
	// Time and Speed are null while it is idle.
	Time      *time.Time `json:"time"`
	Speed     *float64   `json:"speed"`
	Synthetic bool       `json:"synthetic"`
}

func (h *handlers) replayed(s *replay.Scenario) replayed {
	r := replayed{
		ID: s.ID, Title: s.Title, TitleEN: s.TitleEN, Begin: s.Begin, End: s.End,
		Visitors: s.Visitors, Core: s.Core, State: "idle", Synthetic: true,
		Definition: s.Definition, DefinitionEN: s.DefinitionEN, Facts: append([]replay.Fact{}, s.Facts...),
	}
	p, err := h.Stage.Player(s.ID)
	if err != nil {
		return r
	}
	at, speed := p.Time(), p.Speed()
	r.Time, r.Speed, r.State = &at, &speed, "playing"
	switch {
	case p.Done():
		r.State = "done"
	case p.Seeking():
		r.State = "seeking"
	case speed == 0:
		r.State = "paused"
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

// changing is what is to become of a replay.
type changing struct {
	Speed *float64   `json:"speed"`
	At    *time.Time `json:"at"`
}

const (
	maxPlay      = 4 << 10
	defaultSpeed = 60
)

// readWanted reads a body that says how a replay is wanted; none says nothing.
func readWanted(w http.ResponseWriter, r *http.Request, into any) error {
	if _, err := api.ReadQuery(r); err != nil {
		return err
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxPlay))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return layers.InputErrorf("body", "want an object like {\"speed\": 60}: %v", err)
	}
	return nil
}

// checkSpeed finds what no player can do.
func checkSpeed(speed float64) error {
	if speed < replay.MinSpeed || speed > replay.MaxSpeed {
		return layers.InputErrorf("speed", "want %d to %d", replay.MinSpeed, replay.MaxSpeed)
	}
	return nil
}

// start answers PUT /heat/replays/{id}: from the beginning.
func (h *handlers) start(w http.ResponseWriter, r *http.Request) error {
	var want play
	if err := readWanted(w, r, &want); err != nil {
		return err
	}
	speed := float64(defaultSpeed)
	if want.Speed != nil {
		speed = *want.Speed
	}
	if err := checkSpeed(speed); err != nil {
		return err
	}
	p, err := h.Stage.Start(r.Context(), r.PathValue("id"), want.Seed, speed)
	if err != nil {
		return unknown(r, err)
	}
	return api.WriteJSON(w, "application/json", h.replayed(p.Scenario))
}

// change answers PATCH /heat/replays/{id}: another speed, another time.
func (h *handlers) change(w http.ResponseWriter, r *http.Request) error {
	var want changing
	if err := readWanted(w, r, &want); err != nil {
		return err
	}
	if want.Speed == nil && want.At == nil {
		return layers.InputErrorf("body", "want speed or at")
	}
	if want.Speed != nil && *want.Speed != 0 {
		if err := checkSpeed(*want.Speed); err != nil {
			return err
		}
	}
	p, err := h.Stage.Change(r.Context(), r.PathValue("id"), replay.Change(want))
	if errors.Is(err, replay.ErrOutside) {
		return layers.InputErrorf("at", "%v", err)
	}
	if err != nil {
		return unknown(r, err)
	}
	return api.WriteJSON(w, "application/json", h.replayed(p.Scenario))
}

// stop answers DELETE /heat/replays/{id}.
func (h *handlers) stop(w http.ResponseWriter, r *http.Request) error {
	if _, err := api.ReadQuery(r); err != nil {
		return err
	}
	if err := h.Stage.Stop(r.Context(), r.PathValue("id")); err != nil {
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
