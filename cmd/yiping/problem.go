package main

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"yiping/layers/api"
	"yiping/stream"
)

// problem is an error as clients see it (RFC 9457, application/problem+json).
type problem struct {
	Type  string `json:"type"`
	Title string `json:"title"`
	api.Problem
	// RequestID finds the request in the log.
	RequestID string `json:"request_id"`
}

var (
	// errMethod says that a path does not take the request's method.
	errMethod = errors.New("method not allowed")
	// errOrigin says that a page of another site sent the request.
	errOrigin = errors.New("pages of other sites may not change anything here")
)

// problemOf maps an error to an answer.
func problemOf(err error) api.Problem {
	switch {
	case errors.Is(err, errMethod):
		return api.Problem{Status: http.StatusMethodNotAllowed, Detail: err.Error()}
	case errors.Is(err, errOrigin):
		return api.Problem{Status: http.StatusForbidden, Detail: err.Error(), Field: "Origin"}
	}
	if fault, ok := errors.AsType[*stream.RequestError](err); ok {
		return api.Problem{Status: fault.Status(), Detail: fault.Msg, Code: string(fault.Code)}
	}
	return api.ProblemOf(err)
}

// writeProblem renders and logs an error: the one place that does either. After
// the first bytes of an answer nothing can be rendered any more: it panics with
// http.ErrAbortHandler, which breaks the connection and tells the client so.
func writeProblem(w *statusWriter, r *http.Request, log *slog.Logger, requestID string, err error) {
	p := problem{Type: "about:blank", Problem: problemOf(err), RequestID: requestID}
	p.Title = http.StatusText(p.Status)
	level := slog.LevelDebug
	if p.Status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	log.Log(r.Context(), level, "request failed", "method", r.Method, "path", r.URL.Path, "status", p.Status, "request_id", requestID, "error", err)
	if w.begun {
		panic(http.ErrAbortHandler)
	}
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{"title":"Internal Server Error","status":500}`)
	}
	h := w.Header()
	for _, name := range []string{"ETag", "Content-Encoding", "Content-Length", "Content-Crs", "Content-Security-Policy", "Location"} {
		h.Del(name)
	}
	if p.Version != 0 {
		h.Set("ETag", api.VersionTag(p.Version))
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusGatewayTimeout || p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "2")
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // a client that has gone is nobody's error
}
