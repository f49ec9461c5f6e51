package track_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"yiping/layers/api"
	"yiping/stream"
	"yiping/stream/track"
)

// serve answers for a tracker; problems are rendered as the service does, as far as
// tests look at them.
func serve(tb testing.TB, t *track.Tracker, h track.History) http.Handler {
	tb.Helper()
	mux := http.NewServeMux()
	feeds := &stream.Feeds{}
	tb.Cleanup(func() { feeds.Close(tb.Context()) })
	service := &track.Service{Trackers: []*track.Tracker{t}, History: h, Feeds: feeds}
	service.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			err := serve(w, r)
			if err == nil {
				return
			}
			p := api.ProblemOf(err)
			if fault, ok := errors.AsType[*stream.RequestError](err); ok {
				p = api.Problem{Status: fault.Status(), Detail: fault.Msg}
			}
			w.WriteHeader(p.Status)
			_ = json.NewEncoder(w).Encode(p)
		})
	})
	return mux
}

// ask sends a request and returns the status and the body.
func ask(tb testing.TB, h http.Handler, method, target, kind string, body io.Reader) (int, string) {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), method, target, body)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}
