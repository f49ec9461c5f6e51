package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"yiping/layers"
)

// jsonStream reads a JSON text value by value, so that an array of any length is
// seen one element at a time. It counts lines, and refuses a value longer than
// its limit before it has read more than that.
type jsonStream struct {
	r     io.Reader
	limit int
	// buf[pos:end] is read and not used; line is that of pos.
	buf      []byte
	pos, end int
	line     int64
}

func newJSONStream(r io.Reader, limit int) *jsonStream {
	return &jsonStream{r: r, limit: limit, buf: make([]byte, headBytes), line: 1}
}

// fill reads more after end, keeping what is between keep and end; indices move
// down by the amount that it returns.
func (s *jsonStream) fill(keep int) (moved int, err error) {
	if keep > 0 {
		moved = keep
		copy(s.buf, s.buf[keep:s.end])
		s.end -= keep
		s.pos -= keep
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= s.limit {
			return moved, s.fault("a value of the file is longer than the limit of %d bytes", s.limit)
		}
		grown := make([]byte, min(2*len(s.buf), s.limit))
		copy(grown, s.buf[:s.end])
		s.buf = grown
	}
	for range 100 { // as bufio: a reader that gives nothing for ever is broken
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if n > 0 {
			return moved, nil
		}
		if err != nil {
			return moved, err
		}
	}
	return moved, io.ErrNoProgress
}

// use moves pos on to at and counts the lines passed.
func (s *jsonStream) use(at int) {
	s.line += int64(bytes.Count(s.buf[s.pos:at], []byte{'\n'}))
	s.pos = at
}

// peek skips white space and returns the next byte without using it. The end of
// the text is io.EOF.
func (s *jsonStream) peek() (byte, error) {
	for {
		s.use(skipSpace(s.buf[:s.end], s.pos))
		if s.pos < s.end {
			return s.buf[s.pos], nil
		}
		if _, err := s.fill(s.pos); err != nil {
			return 0, err
		}
	}
}

// next uses one byte of punctuation, which must be one of want.
func (s *jsonStream) next(want string) (byte, error) {
	c, err := s.peek()
	if err != nil {
		return 0, s.cut(err)
	}
	if bytes.IndexByte([]byte(want), c) < 0 {
		return 0, s.fault("the file has %q where JSON wants %s", c, orList(want))
	}
	s.use(s.pos + 1)
	return c, nil
}

// members reads an object: it calls member for each name, and member must use the
// value, by value or skip.
func (s *jsonStream) members(member func(name string) error) error {
	if _, err := s.next("{"); err != nil {
		return err
	}
	if c, err := s.peek(); err == nil && c == '}' {
		_, err = s.next("}")
		return err
	}
	for {
		raw, err := s.value()
		if err != nil {
			return err
		}
		if !isString(raw) {
			return s.fault("the file has %.20s where JSON wants the name of a member", raw)
		}
		name := stringValue(raw)
		if _, err := s.next(":"); err != nil {
			return err
		}
		if err := member(name); err != nil {
			return err
		}
		c, err := s.next(",}")
		if err != nil || c == '}' {
			return err
		}
	}
}

// value reads the next value whole and checks its syntax. The text is valid until
// the next call.
func (s *jsonStream) value() ([]byte, error) {
	if _, err := s.peek(); err != nil {
		return nil, s.cut(err)
	}
	var e extent
	at := s.pos
	for !e.scan(s.buf[:s.end], &at) {
		moved, err := s.fill(s.pos)
		at -= moved
		if errors.Is(err, io.EOF) {
			if e.bare() && at > s.pos { // a number that ends with the file
				break
			}
			return nil, s.cut(err)
		}
		if err != nil {
			return nil, s.cut(err)
		}
	}
	raw := s.buf[s.pos:at]
	if wrong, err := checkJSON(raw); err != nil {
		s.use(s.pos + min(max(wrong-1, 0), len(raw)))
		return nil, s.fault("the file is not valid JSON: %v", err)
	}
	s.use(at)
	return raw, nil
}

// skip uses the next value without keeping it, so that it may have any length. Its
// inside is not checked.
func (s *jsonStream) skip() error {
	if _, err := s.peek(); err != nil {
		return s.cut(err)
	}
	var e extent
	for {
		at := s.pos
		done := e.scan(s.buf[:s.end], &at)
		s.use(at)
		if done {
			return nil
		}
		if _, err := s.fill(s.pos); err != nil {
			if errors.Is(err, io.EOF) && e.bare() {
				return nil
			}
			return s.cut(err)
		}
	}
}

// fault is an error at the present line.
func (s *jsonStream) fault(format string, args ...any) error {
	return &layers.InputError{At: layers.Position{Line: s.line}, Reason: fmt.Sprintf(format, args...)}
}

// cut turns the end of the file into an error of one that was cut off.
func (s *jsonStream) cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		s.use(s.end)
		return s.fault("the file ends in the middle: it is truncated")
	}
	if _, ok := errors.AsType[*layers.InputError](err); ok {
		return err
	}
	return fmt.Errorf("read line %d: %w", s.line, err)
}

// extent finds the end of one value over several buffers.
type extent struct {
	begun, inString, escaped bool
	depth                    int
}

// bare reports whether the value is a number or a word, which only what follows
// it can end.
func (e *extent) bare() bool { return e.begun && e.depth == 0 && !e.inString }

// scan goes on from *at to the end of b, and reports whether the value ended
// before; *at is then the index after it.
func (e *extent) scan(b []byte, at *int) bool {
	for i := *at; i < len(b); i++ {
		c := b[i]
		if e.inString {
			switch {
			case e.escaped:
				e.escaped = false
			case c == '\\':
				e.escaped = true
			case c == '"':
				e.inString = false
				if e.depth == 0 {
					*at = i + 1
					return true
				}
			}
			continue
		}
		switch c {
		case '"':
			if e.bare() { // a word runs into a string: the syntax check will say so
				*at = i
				return true
			}
			e.inString = true
		case '{', '[':
			if e.bare() {
				*at = i
				return true
			}
			e.depth++
		case '}', ']':
			if e.depth == 0 {
				*at = i
				return true
			}
			if e.depth--; e.depth == 0 {
				*at = i + 1
				return true
			}
		case ',', ':', ' ', '\n', '\t', '\r':
			if e.depth == 0 {
				*at = i
				return true
			}
		}
		e.begun = true
	}
	*at = len(b)
	return false
}

// orList writes the characters of want as "x or y".
func orList(want string) string {
	quoted := make([]string, 0, len(want))
	for _, c := range want {
		quoted = append(quoted, strconv.QuoteRune(c))
	}
	return strings.Join(quoted, " or ")
}
