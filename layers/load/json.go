package load

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"strconv"
	"unicode/utf8"
)

// The functions of this file walk over bytes that json.Valid has passed; given
// others they stay within the slice, and mean nothing. They exist because a
// feature's values must be seen in order, with their text, and at speed: walking
// costs about a quarter of unmarshalling into maps.

// members yields the members of an object: the name as it is written, without its
// quotes, and the value's text. It yields nothing if raw is not an object.
func members(raw []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		if !isObject(raw) {
			return
		}
		for i := skipSpace(raw, 1); i < len(raw) && raw[i] == '"'; {
			end := stringEnd(raw, i)
			name := raw[i+1 : max(end-1, i+1)]
			i = skipSpace(raw, end)
			i = skipSpace(raw, i+1) // the colon
			end = valueEnd(raw, i)
			if end <= i || !yield(name, raw[i:end]) {
				return
			}
			i = skipSpace(raw, end)
			i = skipSpace(raw, i+1) // the comma
		}
	}
}

// elements yields the text of each element of an array, and nothing if raw is not
// an array.
func elements(raw []byte) iter.Seq[[]byte] {
	return func(yield func(value []byte) bool) {
		if !isArray(raw) {
			return
		}
		for i := skipSpace(raw, 1); i < len(raw) && raw[i] != ']'; {
			end := valueEnd(raw, i)
			if end <= i || !yield(raw[i:end]) {
				return
			}
			i = skipSpace(raw, end)
			i = skipSpace(raw, i+1) // the comma
		}
	}
}

func isObject(raw []byte) bool { return len(raw) > 0 && raw[0] == '{' }
func isArray(raw []byte) bool  { return len(raw) > 0 && raw[0] == '[' }
func isString(raw []byte) bool { return len(raw) > 0 && raw[0] == '"' }
func isNull(raw []byte) bool   { return len(raw) > 0 && raw[0] == 'n' }
func isNumber(raw []byte) bool {
	return len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9')
}

// unquote is the value of a string's inside. Escaped or odd strings go the slow
// way. Bytes that are not UTF-8 stay as they are, for CheckText to find.
func unquote(inside []byte) string {
	if bytes.IndexByte(inside, '\\') < 0 {
		return string(inside)
	}
	quoted := make([]byte, 0, len(inside)+2)
	quoted = append(append(append(quoted, '"'), inside...), '"')
	var s string
	if !utf8.Valid(inside) || json.Unmarshal(quoted, &s) != nil {
		return string(inside)
	}
	return s
}

// stringValue is the value of a string's text.
func stringValue(raw []byte) string {
	if !isString(raw) || len(raw) < 2 {
		return ""
	}
	return unquote(raw[1 : len(raw)-1])
}

// container stands for an object or a list, which no property holds.
type container struct{}

// scalar is the value of any JSON text as Property.Coerce takes it: whole numbers
// that fit are int64, other numbers float64, and what overflows that its text.
func scalar(raw []byte) any {
	switch {
	case isString(raw):
		return stringValue(raw)
	case isNull(raw):
		return nil
	case isNumber(raw):
		if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
			return n
		}
		if f, err := strconv.ParseFloat(string(raw), 64); err == nil {
			return f
		}
		return string(raw)
	case len(raw) > 0 && raw[0] == 't':
		return true
	case len(raw) > 0 && raw[0] == 'f':
		return false
	}
	return container{}
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// stringEnd is the index after the closing quote of the string that opens at i.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// valueEnd is the index after the value that begins at i.
func valueEnd(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			i = stringEnd(b, i)
			if depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\n', '\t', '\r', ':':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return len(b)
}

// checkJSON says where and why raw is not JSON: the byte's place and the reason
// of the standard library, or -1 and nil.
func checkJSON(raw []byte) (at int, err error) {
	if json.Valid(raw) {
		return -1, nil
	}
	var whole json.RawMessage
	err = json.Unmarshal(raw, &whole)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return int(syntax.Offset), err
	}
	return 0, err
}
