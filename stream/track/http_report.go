package track

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/api"
)

// Bounds of bodies.
const (
	// maxDocument is the size of a JSON document, which is read whole.
	maxDocument = 8 << 20
	// maxLines is the size of a body of lines, which is read as it comes.
	maxLines = 256 << 20
)

// report answers POST /streams/{stream}.
func (s *Service) report(w http.ResponseWriter, r *http.Request) error {
	t, err := s.tracker(r)
	if err != nil {
		return err
	}
	p, err := read(r, "datum")
	if err != nil {
		return err
	}
	datum, err := api.ReadDatum(p.Values)
	if err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	var out Outcome
	switch kind {
	case "application/json":
		var data []byte
		if data, err = io.ReadAll(api.PatientBody(w, r, maxDocument)); err == nil {
			out, err = t.ReadDocument(r.Context(), data, datum)
		}
	case "application/x-ndjson", "application/ndjson":
		out, err = t.ReadLines(r.Context(), api.PatientBody(w, r, maxLines), datum)
	default:
		return api.Refusef(http.StatusUnsupportedMediaType, "the body has the media type %s; send application/json or application/x-ndjson", layers.Shown(kind))
	}
	if err != nil {
		return unfinished(out, err)
	}
	return api.WriteJSON(w, "application/json", out)
}

// unfinished says what was taken before a fault. Reports that are sent again are
// duplicates, so a client may begin from the start.
func unfinished(out Outcome, err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, new(*SyntaxError)):
		return layers.InputErrorf("body", "not JSON: %v; before it %d reports were accepted", err, out.Accepted)
	case errors.As(err, &large):
		return api.Refusef(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes; %d reports were accepted", large.Limit, out.Accepted)
	case errors.As(err, new(*layers.InputError)):
		return layers.InputErrorf("body", "%s; before it %d reports were accepted", reason(err), out.Accepted)
	}
	return fmt.Errorf("after %d reports: %w", out.Accepted, err)
}

// feed answers GET /streams/{stream}/feed.
func (s *Service) feed(w http.ResponseWriter, r *http.Request) error {
	t, err := s.tracker(r)
	if err != nil {
		return err
	}
	p, err := read(r, "datum")
	if err != nil {
		return err
	}
	datum, err := api.ReadDatum(p.Values)
	if err != nil {
		return err
	}
	return s.Feeds.Serve(w, r, func(ctx context.Context, data []byte) []byte { return t.message(ctx, data, datum) })
}

// feedAnswer answers a message of a feed.
type feedAnswer struct {
	Outcome
	// Error says why the rest of the message was not taken.
	Error string `json:"error,omitempty"`
	// Retry in milliseconds is when the same may succeed; 0 if it will not.
	Retry int64 `json:"retry_ms,omitempty"`
}

// busyRetry is when those may come again for whom there was no room.
const busyRetry = 2 * time.Second

// message takes the lines of a message.
func (t *Tracker) message(ctx context.Context, data []byte, datum geo.Datum) []byte {
	out, err := t.ReadLines(ctx, bytes.NewReader(data), datum)
	a := feedAnswer{Outcome: out}
	switch {
	case errors.Is(err, layers.ErrBusy):
		a.Error, a.Retry = "the history cannot follow; send it again", busyRetry.Milliseconds()
	case err != nil:
		a.Error = unfinished(out, err).Error()
	}
	answer, err := json.Marshal(a)
	if err != nil { // numbers and texts alone
		panic(err)
	}
	return answer
}

// ReadLines takes newline-delimited JSON: Definition.ReadLines, then Report.
func (t *Tracker) ReadLines(ctx context.Context, in io.Reader, datum geo.Datum) (Outcome, error) {
	return t.counted(t.d.ReadLines(in, datum, t.reporter(ctx)))
}

// ReadDocument takes one report or an array of them: Definition.ReadDocument, then
// Report.
func (t *Tracker) ReadDocument(ctx context.Context, data []byte, datum geo.Datum) (Outcome, error) {
	return t.counted(t.d.ReadDocument(data, datum, t.reporter(ctx)))
}

func (t *Tracker) reporter(ctx context.Context) func([]Report) (Outcome, error) {
	return func(reports []Report) (Outcome, error) { return t.Report(ctx, reports) }
}

// counted notes what could not be read.
func (t *Tracker) counted(out Outcome, err error) (Outcome, error) {
	t.malformed(out.malformed)
	if out.Rejected == nil {
		out.Rejected = []Rejection{}
	}
	return out, err
}
