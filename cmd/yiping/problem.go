package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"yiping/layers"
)

// problem is an error as clients see it (RFC 9457, application/problem+json).
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Field is the parameter or property at fault.
	Field string `json:"field,omitempty"`
	// RequestID finds the request in the log.
	RequestID string `json:"request_id"`
}

// errMethod says that a path does not take the request's method.
var errMethod = errors.New("method not allowed")

// statusClientClosed is what the log says when the client has gone before the
// answer (the number that nginx uses).
const statusClientClosed = 499

// problemOf maps an error to an answer. Texts of server faults stay in the log.
func problemOf(err error) problem {
	var input *layers.InputError
	switch {
	case errors.As(err, &input):
		return problem{Status: http.StatusBadRequest, Detail: err.Error(), Field: input.Field}
	case errors.Is(err, layers.ErrNotFound):
		return problem{Status: http.StatusNotFound, Detail: err.Error()}
	case errors.Is(err, errMethod):
		return problem{Status: http.StatusMethodNotAllowed, Detail: err.Error()}
	case errors.Is(err, layers.ErrConflict):
		return problem{Status: http.StatusConflict, Detail: err.Error()}
	case errors.Is(err, layers.ErrBusy):
		return problem{Status: http.StatusServiceUnavailable, Detail: err.Error()}
	case errors.Is(err, context.Canceled):
		return problem{Status: statusClientClosed}
	case errors.Is(err, context.DeadlineExceeded):
		return problem{Status: http.StatusGatewayTimeout, Detail: "the answer took too long; ask for less, or again later"}
	default:
		return problem{Status: http.StatusInternalServerError, Detail: "an internal fault; the log has the details under this request id"}
	}
}

// writeProblem renders and logs an error: the one place that does either. After
// the first bytes of an answer nothing can be rendered any more: it panics with
// http.ErrAbortHandler, which breaks the connection and tells the client so.
func writeProblem(w *statusWriter, r *http.Request, log *slog.Logger, requestID string, err error) {
	p := problemOf(err)
	p.Type, p.Title, p.RequestID = "about:blank", http.StatusText(p.Status), requestID
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
	for _, name := range []string{"ETag", "Content-Encoding", "Content-Length", "Content-Crs", "Content-Security-Policy"} {
		h.Del(name)
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusGatewayTimeout || p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "2")
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // a client that has gone is nobody's error
}
