package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"yiping/layers"
)

// recordSeparator begins each record of an RFC 8142 sequence.
const recordSeparator = '\x1e'

// GeoJSONSeq reads a sequence of GeoJSON texts, each a Feature or a geometry: as
// RFC 8142 has it, each after a record separator, or one a line. A record that is
// no JSON, or longer than the limit, is rejected and the run goes on after it.
func GeoJSONSeq(ctx context.Context, r io.Reader, layer *layers.Layer, o Options, sink Sink) (Report, error) {
	g, c, err := newGeoJSON(ctx, r, layer, o, sink)
	if err != nil {
		return Report{}, err
	}
	in, err := openText(c, g.in.o)
	if err == nil {
		err = g.sequence(in)
	}
	return g.finish(err)
}

func (g *geoJSON) sequence(r *bufio.Reader) error {
	records, err := newRecords(r, g.in.o.MaxFeatureBytes)
	if err != nil {
		return err
	}
	malformed := int64(0)
	for {
		raw, err := records.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read line %d: %w", records.line, err)
		}
		g.in.read()
		at := layers.Position{Line: records.begun, Thing: fmt.Sprintf("feature %d", g.in.report.Read)}
		fault := records.fault()
		if fault == nil {
			if wrong, err := checkJSON(raw); err != nil {
				at.Line += int64(bytes.Count(raw[:min(wrong, len(raw))], []byte{'\n'}))
				fault = rejectf("is not valid JSON: %v", err)
			}
		}
		if fault != nil {
			malformed++
			err = g.in.reject(g.row.c.layer.Name, at, "", fault)
		} else {
			err = g.object(at, raw)
		}
		if err != nil {
			return err
		}
	}
	if malformed > 0 && malformed == g.in.report.Read {
		return layers.InputErrorf("file", "no record of it is valid JSON: a sequence has one whole feature a line, or each after a record separator")
	}
	return nil
}

// records cuts a sequence into its records.
type records struct {
	r     *bufio.Reader
	delim byte
	limit int
	buf   []byte
	long  bool
	// line is that of the next byte, begun that of the record.
	line, begun int64
}

// newRecords looks at the first byte that is no space to tell the two forms apart.
func newRecords(r *bufio.Reader, limit int) (*records, error) {
	s := &records{r: r, delim: '\n', limit: limit, line: 1}
	for {
		c, err := r.ReadByte()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the file: %w", err)
		}
		switch c {
		case '\n':
			s.line++
		case ' ', '\t', '\r':
		case recordSeparator:
			s.delim = recordSeparator
			return s, nil
		default:
			return s, r.UnreadByte()
		}
	}
}

// next returns the next record that is not blank, without the white space around
// it, valid until the next call. One that is too long comes back cut.
func (s *records) next() ([]byte, error) {
	for {
		s.buf, s.long, s.begun = s.buf[:0], false, s.line
		var end error
		for more := true; more; {
			part, err := s.r.ReadSlice(s.delim)
			s.line += int64(bytes.Count(part, []byte{'\n'}))
			if room := s.limit - len(s.buf); len(part) > room {
				s.long = true
				part = part[:room]
			}
			s.buf = append(s.buf, part...)
			more = errors.Is(err, bufio.ErrBufferFull)
			if !more {
				end = err
			}
		}
		if end != nil && !errors.Is(end, io.EOF) {
			return nil, end
		}
		raw := bytes.TrimSpace(bytes.TrimSuffix(s.buf, []byte{s.delim}))
		if len(raw) > 0 {
			return raw, nil
		}
		if end != nil {
			return nil, io.EOF
		}
	}
}

// fault is what is wrong with the record as a record.
func (s *records) fault() error {
	if s.long {
		return rejectf("is longer than the limit of %d bytes", s.limit)
	}
	return nil
}
