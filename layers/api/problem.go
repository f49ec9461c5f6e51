package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"yiping/layers"
)

// Problem is what an error tells a client of HTTP: the members of a problem
// document (RFC 9457) that follow from the error alone.
type Problem struct {
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Field is the parameter, the header or the path in the body at fault.
	Field string `json:"field,omitempty"`
	// Code names the fault in the language of live/1, for what belongs to it.
	Code string `json:"code,omitempty"`
	// Version is the feature's version where a write expected another.
	Version int32 `json:"version,omitempty"`
	// Errors are the operations that kept a batch from being written, the first
	// maxShownFaults of them.
	Errors []OperationProblem `json:"errors,omitempty"`
}

// OperationProblem is the problem of one operation of a batch.
type OperationProblem struct {
	// Index counts the operations from 0.
	Index int `json:"index"`
	Problem
}

// StatusClientClosed is what logs say when the client has gone before the answer
// (the number that nginx uses).
const StatusClientClosed = 499

// maxShownFaults bounds the faults that one answer lists: who has more mends
// these first.
const maxShownFaults = 100

// refusal is a fault of the request itself and not of its values.
type refusal struct {
	status int
	reason string
}

// Error is the reason.
func (e *refusal) Error() string { return e.reason }

// Refusef is an error of a request as a whole, such as the type of its body, which
// is answered with its status.
func Refusef(status int, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// ProblemOf maps an error to an answer. Texts of server faults stay in the log.
func ProblemOf(err error) Problem {
	if batch, ok := errors.AsType[*layers.BatchError](err); ok {
		return batchProblem(batch)
	}
	var input *layers.InputError
	var stale *layers.StaleError
	var refused *refusal
	var loading *layers.LoadingError
	switch {
	case errors.As(err, &input):
		return Problem{Status: http.StatusBadRequest, Detail: err.Error(), Field: input.Field}
	case errors.As(err, &stale):
		return Problem{Status: http.StatusPreconditionFailed, Detail: err.Error(), Field: "If-Match", Version: stale.Version}
	case errors.As(err, &refused):
		return Problem{Status: refused.status, Detail: err.Error()}
	case errors.Is(err, layers.ErrNotFound):
		return Problem{Status: http.StatusNotFound, Detail: err.Error()}
	case errors.Is(err, layers.ErrConflict):
		return Problem{Status: http.StatusConflict, Detail: err.Error()}
	case errors.As(err, &loading):
		return Problem{Status: http.StatusServiceUnavailable, Detail: loading.Error()}
	case errors.Is(err, layers.ErrBusy):
		// What the database said beside it is for the log.
		return Problem{Status: http.StatusServiceUnavailable, Detail: "too many requests wait for the database, or others write the same; ask again in a moment"}
	case errors.Is(err, context.Canceled):
		return Problem{Status: StatusClientClosed}
	case errors.Is(err, context.DeadlineExceeded):
		return Problem{Status: http.StatusGatewayTimeout, Detail: "the answer took too long; ask for less, or again later"}
	default:
		return Problem{Status: http.StatusInternalServerError, Detail: "an internal fault; the log has the details under this request id"}
	}
}

// batchProblem has the status of the first fault and lists them all.
func batchProblem(batch *layers.BatchError) Problem {
	first := ProblemOf(batch.Faults[0].Err)
	p := Problem{
		Status: first.Status,
		Field:  fmt.Sprintf("[%d]", batch.Faults[0].Index),
		Detail: fmt.Sprintf("nothing was written; %d operations were refused, the first is number %d (from 0): %s", len(batch.Faults), batch.Faults[0].Index, first.Detail),
	}
	if first.Field != "" {
		p.Field += "." + first.Field
	}
	for _, f := range batch.Faults[:min(len(batch.Faults), maxShownFaults)] {
		p.Errors = append(p.Errors, OperationProblem{f.Index, ProblemOf(f.Err)})
	}
	return p
}
