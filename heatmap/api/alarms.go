package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yiping/heatmap/alarm"
	"yiping/layers"
	"yiping/layers/api"
)

// Alarms keeps alarms.
type Alarms interface {
	// Alarms are those of a run, the newest first, at most limit; with open only those
	// that go on.
	Alarms(ctx context.Context, run string, open bool, limit int) ([]alarm.Alarm, error)
	// Acknowledge notes who takes care of an alarm; its Level is the store's to say.
	// The error wraps layers.ErrNotFound if there is no such alarm, layers.ErrConflict
	// if another takes care of it already.
	Acknowledge(ctx context.Context, id string, by alarm.Acknowledgement) (alarm.Alarm, error)
}

const (
	someAlarms, maxAlarms = 100, 1000
	maxAcknowledgement    = 8 << 10 // bytes
	maxBy, maxNote        = 100, 1000
)

// alarms answers GET /heat/alarms.
func (h *handlers) alarms(w http.ResponseWriter, r *http.Request) error {
	values, err := api.ReadQuery(r, "run", "state", "limit")
	if err != nil {
		return err
	}
	open := false
	switch values.Get("state") {
	case "", "open":
		open = true
	case "all":
	default:
		return layers.InputErrorf("state", "write open or all")
	}
	limit := someAlarms
	if values.Has("limit") {
		if limit, err = strconv.Atoi(values.Get("limit")); err != nil || limit < 1 || limit > maxAlarms {
			return layers.InputErrorf("limit", "want 1 to %d", maxAlarms)
		}
	}
	run := values.Get("run")
	if !text(run, maxBy) {
		return layers.InputErrorf("run", "is no name of a run")
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeWait)
	defer cancel()
	all, err := h.Alarms.Alarms(ctx, run, open, limit)
	if err != nil {
		return err
	}
	answer := struct {
		Alarms []*alarm.Alarm `json:"alarms"`
	}{[]*alarm.Alarm{}}
	for i := range all {
		answer.Alarms = append(answer.Alarms, &all[i])
	}
	return api.WriteJSON(w, "application/json", answer)
}

// acknowledge answers POST /heat/alarms/{id}/acknowledgement.
func (h *handlers) acknowledge(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel, err := begin(r)
	if err != nil {
		return err
	}
	defer cancel()
	var body struct {
		By   string `json:"by"`
		Note string `json:"note"`
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAcknowledgement))
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		return layers.InputErrorf("body", "want an object like {\"by\": \"…\", \"note\": \"…\"}: %.200s", err)
	}
	by, note := strings.TrimSpace(body.By), strings.TrimSpace(body.Note)
	switch {
	case by == "" || !text(by, maxBy):
		return layers.InputErrorf("by", "has 1 to %d characters: who takes care", maxBy)
	case !text(note, maxNote):
		return layers.InputErrorf("note", "has at most %d characters", maxNote)
	}
	at := time.Now().UTC().Truncate(time.Millisecond)
	a, err := h.Alarms.Acknowledge(ctx, r.PathValue("id"), alarm.Acknowledgement{At: at, By: by, Note: note})
	if err != nil {
		return err
	}
	return api.WriteJSON(w, "application/json", &a)
}

// text tells whether the store takes a text, and whether it has at most so many
// characters.
func text(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsRune(s, 0)
}
