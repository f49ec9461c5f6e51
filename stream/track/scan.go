package track

import (
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf8"
)

// scanner reads the JSON (RFC 8259) of a flat object without an allocation. It
// takes what encoding/json takes, but for bytes that are not UTF-8.
type scanner struct {
	data []byte
	at   int
}

// The faults of JSON.
var (
	errEnd     = errors.New("the text ends too early")
	errMore    = errors.New("more text follows the end of the value")
	errObject  = errors.New("want an object { }")
	errName    = errors.New("want a name in double quotes")
	errColon   = errors.New("want a : after the name")
	errComma   = errors.New("want a comma or the end of the object")
	errValue   = errors.New("want a value")
	errNumber  = errors.New("a number is not well formed")
	errString  = errors.New("a text holds a control character or an unknown escape")
	errUTF8    = errors.New("a text is not UTF-8")
	errLiteral = errors.New("want true, false or null")
)

// kind is what a value is, by its first byte.
type kind byte

const (
	kindString kind = iota
	kindNumber
	kindTrue
	kindFalse
	kindNull
	kindNested // an object or an array
)

// space steps over blanks; more says that something follows.
func (s *scanner) space() (more bool) {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return true
		}
	}
	return false
}

// take steps over a byte, if it is the next.
func (s *scanner) take(c byte) bool {
	if s.space() && s.data[s.at] == c {
		s.at++
		return true
	}
	return false
}

// value steps over a value. raw is all of it; of a text what is between the quotes,
// plain says that no escape is in it.
func (s *scanner) value() (raw []byte, k kind, plain bool, err error) {
	if !s.space() {
		return nil, 0, false, errEnd
	}
	from := s.at
	switch c := s.data[s.at]; {
	case c == '"':
		raw, plain, err = s.text()
		return raw, kindString, plain, err
	case c == '-' || c >= '0' && c <= '9':
		err = s.number()
		k = kindNumber
	case c == 't':
		err, k = s.literal("true"), kindTrue
	case c == 'f':
		err, k = s.literal("false"), kindFalse
	case c == 'n':
		err, k = s.literal("null"), kindNull
	case c == '{' || c == '[':
		err, k = s.nested(), kindNested
	default:
		err = errValue
	}
	return s.data[from:s.at], k, false, err
}

// text steps over a text.
func (s *scanner) text() (raw []byte, plain bool, err error) {
	s.at++
	from, ascii := s.at, true
	plain = true
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case c == '"':
			raw = s.data[from:s.at]
			s.at++
			if !ascii && !utf8.Valid(raw) {
				return nil, false, errUTF8
			}
			return raw, plain, nil
		case c == '\\':
			plain = false
			if err := s.escape(); err != nil {
				return nil, false, err
			}
		case c < ' ':
			return nil, false, errString
		default:
			ascii = ascii && c < utf8.RuneSelf
			s.at++
		}
	}
	return nil, false, errEnd
}

func (s *scanner) escape() error {
	if s.at+1 >= len(s.data) {
		return errEnd
	}
	switch s.data[s.at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at += 2
		return nil
	case 'u':
		if s.at+6 > len(s.data) {
			return errEnd
		}
		if _, err := strconv.ParseUint(string(s.data[s.at+2:s.at+6]), 16, 16); err != nil {
			return errString
		}
		s.at += 6
		return nil
	}
	return errString
}

// unquote is what a text with escapes means.
func unquote(raw []byte) string {
	quoted := make([]byte, 0, len(raw)+2)
	quoted = append(append(append(quoted, '"'), raw...), '"')
	var out string
	_ = json.Unmarshal(quoted, &out) // text has checked it
	return out
}

func (s *scanner) literal(word string) error {
	if len(s.data)-s.at < len(word) || string(s.data[s.at:s.at+len(word)]) != word {
		return errLiteral
	}
	s.at += len(word)
	return nil
}

func (s *scanner) number() error {
	if s.data[s.at] == '-' {
		s.at++
	}
	if s.at < len(s.data) && s.data[s.at] == '0' {
		s.at++
	} else if !s.digits() {
		return errNumber
	}
	if s.at < len(s.data) && s.data[s.at] == '.' {
		s.at++
		if !s.digits() {
			return errNumber
		}
	}
	if s.at < len(s.data) && (s.data[s.at] == 'e' || s.data[s.at] == 'E') {
		s.at++
		if s.at < len(s.data) && (s.data[s.at] == '+' || s.data[s.at] == '-') {
			s.at++
		}
		if !s.digits() {
			return errNumber
		}
	}
	return nil
}

func (s *scanner) digits() bool {
	from := s.at
	for s.at < len(s.data) && s.data[s.at] >= '0' && s.data[s.at] <= '9' {
		s.at++
	}
	return s.at > from
}

// nested steps over an object or an array, which no report has: it is refused with
// the name of its member, once it is known where it ends and that it is JSON.
func (s *scanner) nested() error {
	from, depth := s.at, 0
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case '"':
			if _, _, err := s.text(); err != nil {
				return err
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.at++
		if depth == 0 {
			if !json.Valid(s.data[from:s.at]) {
				return errValue
			}
			return nil
		}
	}
	return errEnd
}

// object visits the members of an object.
func (s *scanner) object(member func(name, raw []byte, k kind, plain bool)) error {
	if !s.take('{') {
		return errObject
	}
	if s.take('}') {
		return nil
	}
	for {
		if !s.space() {
			return errEnd
		}
		if s.data[s.at] != '"' {
			return errName
		}
		name, plain, err := s.text()
		if err != nil {
			return err
		}
		if !plain {
			name = []byte(unquote(name))
		}
		if !s.take(':') {
			return errColon
		}
		raw, k, plain, err := s.value()
		if err != nil {
			return err
		}
		member(name, raw, k, plain)
		switch {
		case s.take(','):
		case s.take('}'):
			return nil
		default:
			return errComma
		}
	}
}
