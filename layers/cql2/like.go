package cql2

import (
	"strings"
	"unicode/utf8"
)

// pattern is a LIKE pattern, cut at its %: the text begins with the first piece,
// ends with the last, and has the others in between in their order.
type pattern []piece

// piece is a run of code points, of which some may stand for any.
type piece struct {
	text  string
	runes []rune
	any   []bool // the places of _
	wild  bool   // there is one
}

// newPattern reads a pattern; \ makes the next character plain.
func newPattern(s string) pattern {
	p := pattern{{}}
	escaped := false
	for _, r := range s {
		last := &p[len(p)-1]
		switch {
		case escaped:
			last.add(r, false)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '%':
			p = append(p, piece{})
		default:
			last.add(r, r == '_')
		}
	}
	for i, q := range p {
		p[i].text = string(q.runes)
	}
	return p
}

func (q *piece) add(r rune, single bool) {
	q.runes, q.any = append(q.runes, r), append(q.any, single)
	q.wild = q.wild || single
}

func (p pattern) match(s string) bool {
	head, last := p[0], p[len(p)-1]
	n := head.prefix(s)
	if n < 0 {
		return false
	}
	s = s[n:]
	if len(p) == 1 {
		return s == ""
	}
	for _, q := range p[1 : len(p)-1] {
		end := q.find(s)
		if end < 0 {
			return false
		}
		s = s[end:]
	}
	return last.suffix(s)
}

// prefix is the length in bytes of the piece at the start of s, or -1.
func (q piece) prefix(s string) int {
	if !q.wild {
		if strings.HasPrefix(s, q.text) {
			return len(q.text)
		}
		return -1
	}
	i := 0
	for k, want := range q.runes {
		got, size := utf8.DecodeRuneInString(s[i:])
		if size == 0 || !q.any[k] && got != want {
			return -1
		}
		i += size
	}
	return i
}

// find is the end in bytes of the first place of the piece in s, or -1.
func (q piece) find(s string) int {
	if !q.wild {
		i := strings.Index(s, q.text)
		if i < 0 {
			return -1
		}
		return i + len(q.text)
	}
	for i := range s {
		if n := q.prefix(s[i:]); n >= 0 {
			return i + n
		}
	}
	return -1
}

func (q piece) suffix(s string) bool {
	if !q.wild {
		return strings.HasSuffix(s, q.text)
	}
	start := len(s)
	for range q.runes {
		_, size := utf8.DecodeLastRuneInString(s[:start])
		if size == 0 {
			return false
		}
		start -= size
	}
	return q.prefix(s[start:]) >= 0
}
