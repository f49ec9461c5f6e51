package api

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"yiping/heatmap/wire"
	"yiping/layers"
)

// Bounds of what is posted.
const (
	maxLine    = 4 << 10
	maxBody    = 64 << 20
	maxReasons = 100
)

// rejects are the lines or records of a body that were not taken.
type rejects struct {
	// RejectedCount is how many, Rejected says why of the first.
	RejectedCount int        `json:"rejected_count"`
	Rejected      []rejected `json:"rejected"`
}

type rejected struct {
	// Line is counted from 1.
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

func newRejects() rejects { return rejects{Rejected: []rejected{}} }

func (r *rejects) reject(n int, err error) {
	r.RejectedCount++
	if len(r.Rejected) < maxReasons {
		r.Rejected = append(r.Rejected, rejected{n, err.Error()})
	}
}

// readLines reads the lines of a body that are not empty, with their numbers.
func readLines(body io.Reader, take func(n int, line []byte)) error {
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, maxLine), maxLine)
	for n := 1; lines.Scan(); n++ {
		if line := bytes.TrimSpace(lines.Bytes()); len(line) > 0 {
			take(n, line)
		}
	}
	return lines.Err()
}

// fault says why a body was not read to its end.
func fault(err error, taken int) error {
	reason := "broke off"
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		reason = fmt.Sprintf("has more than %d bytes", large.Limit)
	case errors.Is(err, bufio.ErrTooLong):
		reason = fmt.Sprintf("has a line of more than %d bytes", maxLine)
	case errors.Is(err, wire.ErrHead) || errors.Is(err, wire.ErrKept) || errors.Is(err, wire.ErrShort):
		reason = err.Error()
	}
	return layers.InputErrorf("body", "%s; %d before that were taken", reason, taken)
}

// instant is written as Unix milliseconds or as RFC 3339.
type instant struct{ time.Time }

var errTime = errors.New("t: want Unix milliseconds or RFC 3339")

// UnmarshalJSON reads either.
func (i *instant) UnmarshalJSON(raw []byte) error {
	if ms, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		i.Time = time.UnixMilli(ms)
		return nil
	}
	if raw[0] != '"' || i.Time.UnmarshalJSON(raw) != nil {
		return errTime
	}
	return nil
}
