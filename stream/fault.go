package stream

import (
	"fmt"
	"net/http"
	"time"
)

// Code names a fault in an err frame.
type Code string

// The codes.
const (
	BadJSON       Code = "bad_json"
	BadFrame      Code = "bad_frame"
	BadArea       Code = "bad_area"
	BadWhere      Code = "bad_where"
	UnknownField  Code = "unknown_field"
	BinaryFields  Code = "binary_fields"
	UnknownStream Code = "unknown_stream"
	UnknownSID    Code = "unknown_sid"
	Forbidden     Code = "forbidden"
	Duplicate     Code = "dup"
	NotView       Code = "not_view"
	AreaTooBig    Code = "area_too_big"
	TooMany       Code = "too_many"
	TooManySubs   Code = "too_many_subs"
	TooFast       Code = "rate"
	Unavailable   Code = "unavailable"
	UnknownKey    Code = "unknown_key"
	OtherQuery    Code = "filter"
	Expired       Code = "expired"
	OtherEpoch    Code = "epoch"
)

// RequestError is what is wrong with a frame or a request. Its text is safe to show.
type RequestError struct {
	Code Code
	Msg  string
	// Retry is when the same may succeed; 0 if it will not.
	Retry time.Duration
}

// Error is the text behind the code.
func (f *RequestError) Error() string { return string(f.Code) + ": " + f.Msg }

// Status is the fault as a status of HTTP.
func (f *RequestError) Status() int {
	switch f.Code {
	case UnknownStream, UnknownSID, UnknownKey:
		return http.StatusNotFound
	case Forbidden:
		return http.StatusForbidden
	case Duplicate, NotView, OtherQuery:
		return http.StatusConflict
	case Expired, OtherEpoch:
		return http.StatusGone
	case AreaTooBig, TooMany, TooManySubs:
		return http.StatusRequestEntityTooLarge
	case TooFast:
		return http.StatusTooManyRequests
	case Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusBadRequest
	}
}

// loadRetry is when what is being loaded may be asked for again.
const loadRetry = 2 * time.Second

func faultf(code Code, format string, args ...any) *RequestError {
	return &RequestError{Code: code, Msg: fmt.Sprintf(format, args...)}
}

// The close codes of live/1.
const (
	closeMalformed = 4000
	closeStranger  = 4001
	closeSlow      = 4008
	closeSilent    = 4009
	closeFlood     = 4010
	closeReplaced  = 4011
	closeRestart   = 4012
	closeFull      = 4013
)
