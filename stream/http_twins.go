package stream

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// listStreams answers with what hello lists.
func (h *Hub) listStreams(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, map[string]any{"streams": h.streams()})
}

// subParameters are those of the query of GET that say what POST has in its body.
func subParameters() []string {
	return []string{"area", "where", "fields", "lod", "zoom", "max_objects"}
}

// snapshot answers with the rows of an area.
func (h *Hub) snapshot(w http.ResponseWriter, r *http.Request) error {
	var names []string
	if r.Method == http.MethodGet {
		names = subParameters()
	}
	t, err := h.readTwin(w, r, names...)
	if err != nil {
		return err
	}
	t.Init, t.Resume = "rows", ""
	a := &answer{}
	s, fault := h.open(r, a)
	if fault != nil {
		return fault
	}
	defer s.close()
	if fault := s.handle(r.Context(), t.request); fault != nil {
		return fault
	}
	s.converse(r.Context(), func() bool { return a.token != "" || a.fault != nil })
	switch {
	case a.fault != nil:
		return a.fault
	case a.token == "":
		return s.interrupted(r.Context())
	}
	tag := fmt.Sprintf(`W/"%s-%d-%s"`, a.epoch, a.cut, hex.EncodeToString(digest(s.form())))
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "no-cache")
	if slices.Contains(strings.Split(strings.ReplaceAll(r.Header.Get("If-None-Match"), " ", ""), ","), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return writeJSON(w, struct {
		Stream string            `json:"stream"`
		Epoch  string            `json:"epoch"`
		Cut    uint64            `json:"cut"`
		Now    int64             `json:"now"`
		LOD    string            `json:"lod"`
		Rows   []json.RawMessage `json:"rows"`
		Token  string            `json:"token"`
	}{t.Stream, a.epoch, a.cut, time.Now().UnixMilli(), a.lod, list(a.rows), a.token})
}

// changes answers with what has changed since a token, or with all that does from now
// on where the client takes server-sent events.
func (h *Hub) changes(w http.ResponseWriter, r *http.Request) error {
	names := []string{"since", "wait"}
	if r.Method == http.MethodGet {
		names = append(append(names, subParameters()...), "init")
	}
	t, err := h.readTwin(w, r, names...)
	if err != nil {
		return err
	}
	w.Header().Set("Vary", "Accept")
	if strings.Contains(r.Header.Get("Accept"), eventStream) {
		return h.sendEvents(w, r, t)
	}
	t.Resume, t.Init = cmp.Or(t.since, t.Resume), "none"
	a := &answer{}
	s, fault := h.open(r, a)
	if fault != nil {
		return fault
	}
	defer s.close()
	if fault := s.handle(r.Context(), t.request); fault != nil {
		return fault
	}
	s.at = time.Now().Add(t.wait)
	s.converse(r.Context(), func() bool {
		return len(a.up)+len(a.leave)+len(a.del)+len(a.events) > 0 || a.reset != "" || a.fault != nil
	})
	switch {
	case a.reset != "":
		return void(a.reset)
	case a.fault != nil:
		return a.fault
	case r.Context().Err() != nil:
		return r.Context().Err()
	}
	s.stamp(time.Now())
	return writeJSON(w, a.changes(len(s.listeners) > 0))
}

// changes is what has changed, of an EVENT or a STATE stream.
func (a *answer) changes(events bool) any {
	if events {
		return struct {
			Events []eventTwin `json:"events"`
			Token  string      `json:"token"`
		}{list(a.events), a.token}
	}
	return struct {
		Epoch string            `json:"epoch"`
		From  uint64            `json:"from"`
		To    uint64            `json:"to"`
		Up    []json.RawMessage `json:"up"`
		Leave []json.RawMessage `json:"leave"`
		Del   []json.RawMessage `json:"del"`
		Token string            `json:"token"`
	}{a.epoch, a.from, a.to, list(a.up), list(a.leave), list(a.del), a.token}
}

// void says that a token does not serve; a frame would be reset.
func void(why string) *RequestError {
	switch why {
	case whyFilter:
		return faultf(OtherQuery, "the token is of another stream, area, where, fields or lod")
	case whyEpoch:
		return faultf(OtherEpoch, "the stream was begun anew; take a snapshot")
	default:
		return faultf(Expired, "what has changed since cannot be told any more; take a snapshot")
	}
}

// interrupted is why a session has ended early.
func (s *session) interrupted(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return &RequestError{Code: Unavailable, Msg: "the service stops", Retry: s.hub.Pace.Heartbeat}
}

// form is that of the one subscription, and of what its area looks like.
func (s *session) form() string {
	for _, sub := range s.subs {
		return fmt.Sprintf("%s\x00%x", sub.form(), sub.area.digest())
	}
	for _, l := range s.listeners {
		return fmt.Sprintf("%s\x00%x", l.form(), l.area.digest())
	}
	return ""
}

// item answers with the current row of a key.
func (h *Hub) item(w http.ResponseWriter, r *http.Request) error {
	name, key := r.PathValue("stream"), r.PathValue("key")
	var row []byte
	var err error
	if t := h.tails[name]; t != nil {
		row, err = t.item(r.Context(), key)
	} else {
		row, err = rowOf(h.table(name), name, key)
	}
	if err != nil {
		return err
	}
	return writeJSON(w, json.RawMessage(row))
}

// rowOf writes the row of a key with all fields.
func rowOf(t Table, name, key string) ([]byte, error) {
	if t == nil {
		return nil, faultf(UnknownStream, "stream: %.60q is not known", name)
	}
	v := t.View()
	if v == nil {
		return nil, &RequestError{Code: Unavailable, Msg: "the stream is being loaded", Retry: loadRetry}
	}
	keyed, ok := v.(Keyed)
	if !ok {
		return nil, faultf(UnknownKey, "rows of %.60s are not found by key", name)
	}
	if id, ok := keyed.Lookup(key); ok {
		if row, ok := v.Find(id); ok {
			return v.Writer(nil)(nil, row), nil
		}
	}
	return nil, faultf(UnknownKey, "key: %.60q is not there", key)
}

// item writes the row of an item after its newest event.
func (t *tail) item(ctx context.Context, key string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, eventTimeout)
	defer cancel()
	e, ok, err := t.log.Newest(ctx, key)
	switch {
	case err != nil:
		return nil, unreadable()
	case !ok || e.Body == nil:
		return nil, faultf(UnknownKey, "key: %.60q is not there", key)
	}
	q := query{about: t.log.Describe()}
	return q.appendItem(nil, &e), nil
}

// list is a list that is written as [] where it is empty.
func list[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

func writeJSON(w http.ResponseWriter, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write an answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-store")
	}
	_, _ = w.Write(body) // a client that has gone is nobody's error
	return nil
}
