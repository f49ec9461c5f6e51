package cql2

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error is a fault of a filter, with its place. Its text is safe to show.
type Error struct {
	// Offset is the place in the text or JSON in bytes from 0, Line and Column
	// (in characters) count from 1. Line is 0 when only Pointer is known.
	Offset, Line, Column int
	// Pointer is the place in a JSON filter as a JSON pointer (RFC 6901).
	Pointer string
	// Expected and Found are set for faults of syntax.
	Expected, Found string
	// Reason says what is wrong in a sentence.
	Reason string

	inJSON bool
}

// Error renders the fault as "line 1, column 9: reason" or "at /args/0: reason".
func (e *Error) Error() string {
	switch {
	case e.Line > 0:
		return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
	case e.inJSON && e.Pointer != "":
		return fmt.Sprintf("at %s: %s", e.Pointer, e.Reason)
	case e.inJSON:
		return "at the root: " + e.Reason
	default:
		return e.Reason
	}
}

// place is where a node stands: an offset in text, a pointer in JSON.
type place struct {
	offset  int
	pointer string
}

// source is what places refer to.
type source struct {
	text string
	json bool
}

func (s source) errorf(at place, format string, args ...any) *Error {
	e := &Error{Reason: fmt.Sprintf(format, args...)}
	if s.json {
		e.Pointer, e.inJSON = at.pointer, true
		return e
	}
	e.locate(s.text, at.offset)
	return e
}

func (s source) expected(at place, expected, found string) *Error {
	e := s.errorf(at, "expected %s, found %s", expected, found)
	e.Expected, e.Found = expected, found
	return e
}

func (e *Error) locate(text string, offset int) {
	before := text[:min(offset, len(text))]
	e.Offset = offset
	e.Line = 1 + strings.Count(before, "\n")
	e.Column = 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}
