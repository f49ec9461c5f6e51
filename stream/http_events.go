package stream

import (
	"cmp"
	"encoding/json"
	"net/http"
	"time"
)

// eventStream is the media type of server-sent events (WHATWG HTML, 9.2).
const eventStream = "text/event-stream"

// sendEvents sends the frames of a subscription as server-sent events, until the
// client goes. The id of an event is the token of a mark; a client that comes back
// with it goes on from there.
func (h *Hub) sendEvents(w http.ResponseWriter, r *http.Request, t *twin) error {
	t.Resume = cmp.Or(r.Header.Get("Last-Event-ID"), t.since, t.Resume)
	out := &sse{w: w, control: http.NewResponseController(w), limit: h.Pace.Write}
	s, fault := h.open(r, out)
	if fault != nil {
		return fault
	}
	defer s.close()
	// What is wrong with the request is said by the status: nothing is written yet.
	if fault := s.handle(r.Context(), t.request); fault != nil {
		return fault
	}
	s.converse(r.Context(), func() bool { return len(s.subs)+len(s.listeners) == 0 })
	if r.Context().Err() == nil && !s.failed {
		s.bye(closeRestart, "restart", h.Pace.Health)
	}
	return nil
}

// sse is a sink that writes server-sent events.
type sse struct {
	w       http.ResponseWriter
	control *http.ResponseController
	// limit is how long one event may take to be written.
	limit time.Duration
	begun bool
}

func (e *sse) take(frame []byte) error {
	var f struct {
		F     string `json:"f"`
		Token string `json:"token"`
	}
	if err := json.Unmarshal(frame, &f); err != nil {
		return err
	}
	if !e.begun {
		e.begun = true
		e.w.Header().Set("Content-Type", eventStream)
		e.w.Header().Set("Cache-Control", "no-store")
		e.w.Header().Set("X-Accel-Buffering", "no") // asks proxies not to hold events back
	}
	b := append([]byte("event: "), f.F...)
	if f.Token != "" {
		b = append(append(b, "\nid: "...), f.Token...)
	}
	b = append(append(append(b, "\ndata: "...), frame...), "\n\n"...)
	if err := e.control.SetWriteDeadline(time.Now().Add(e.limit)); err != nil {
		return err
	}
	if _, err := e.w.Write(b); err != nil {
		return err
	}
	return e.control.Flush()
}

// stop has a write that waits for the client fail.
func (e *sse) stop() { _ = e.control.SetWriteDeadline(time.Now()) } // then the connection has gone
