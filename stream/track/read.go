package track

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"yiping/geo"
	"yiping/layers"
)

// Bounds of what is read at once.
const (
	// chunkReports are applied together.
	chunkReports = 1000
	// maxLine is the length of a line of NDJSON in bytes.
	maxLine = 64 << 10
)

// chunk is what a part of a text holds: reports, and what of it is none.
type chunk struct {
	reports  []Report
	rejected []Rejection
}

// ReadLines reads newline-delimited JSON, a report a line, and hands on a thousand
// reports at a time, which are the callee's. Lines that are JSON but no report are
// rejected and counted in the outcome, empty ones skipped. A line that is no JSON
// ends it with a SyntaxError; then the chunk it is in is not handed on.
func (d *Definition) ReadLines(in io.Reader, datum geo.Datum, apply func([]Report) (Outcome, error)) (Outcome, error) {
	var total Outcome
	lines := bufio.NewReaderSize(in, maxLine)
	var c chunk
	for n := 1; ; n++ {
		line, end := lines.ReadSlice('\n')
		if errors.Is(end, bufio.ErrBufferFull) {
			return total, layers.InputErrorf("body", "line %d is longer than %d bytes", n, maxLine)
		}
		if end != nil && !errors.Is(end, io.EOF) {
			return total, end
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			r, err := d.Decode(line, datum)
			if err := c.add(r, err, n); err != nil {
				return total, err
			}
		}
		if len(c.reports) == chunkReports || end != nil {
			out, err := c.apply(apply)
			total.Add(out)
			if err != nil || end != nil {
				return total, err
			}
		}
	}
}

// ReadDocument reads one report or an array of them. All of it is read before
// anything is applied.
func (d *Definition) ReadDocument(data []byte, datum geo.Datum, apply func([]Report) (Outcome, error)) (Outcome, error) {
	c, err := d.document(data, datum)
	if err != nil {
		return Outcome{}, err
	}
	var total Outcome
	for first := true; first || len(c.reports) > 0; first = false {
		n := min(len(c.reports), chunkReports)
		part := chunk{reports: c.reports[:n], rejected: c.rejected}
		c.reports, c.rejected = c.reports[n:], nil
		out, err := part.apply(apply)
		total.Add(out)
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// document reads all of a document.
func (d *Definition) document(data []byte, datum geo.Datum) (chunk, error) {
	var c chunk
	s := scanner{data: data}
	if !s.take('[') {
		r, err := d.Decode(data, datum)
		return c, c.add(r, err, 1)
	}
	for n := 1; !s.take(']'); n++ {
		if n > 1 && !s.take(',') {
			return c, &SyntaxError{Offset: s.at, Err: errComma}
		}
		r, err := d.read(&s, datum)
		if wrong, ok := errors.AsType[*SyntaxError](err); ok {
			return c, wrong
		}
		if err := c.add(r, err, n); err != nil {
			return c, err
		}
	}
	if s.space() {
		return c, &SyntaxError{Offset: s.at, Err: errMore}
	}
	return c, nil
}

// add takes a report, or notes why there is none. The error is that of a text which
// is no JSON.
func (c *chunk) add(r Report, fault error, at int) error {
	wrong, broken := errors.AsType[*SyntaxError](fault)
	switch {
	case broken:
		wrong.Line = at
		return wrong
	case fault != nil:
		c.rejected = append(c.rejected, Rejection{Line: at, Reason: fault.Error(), Rule: RuleMalformed})
	default:
		r.At = at
		c.reports = append(c.reports, r)
	}
	return nil
}

// apply hands the chunk on and begins the next.
func (c *chunk) apply(apply func([]Report) (Outcome, error)) (Outcome, error) {
	var out Outcome
	for _, r := range c.rejected {
		out.reject(r)
	}
	if len(c.reports) > 0 {
		applied, err := apply(c.reports)
		if err != nil {
			return out, err
		}
		out.Add(applied)
	}
	*c = chunk{}
	return out, nil
}
