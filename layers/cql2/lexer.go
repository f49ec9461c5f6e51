package cql2

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenQuoted // a property in double quotes
	tokenText
	tokenNumber
	tokenSymbol
)

// token is a lexical unit. For literals and quoted names value is what they
// stand for; otherwise it is the source.
type token struct {
	kind   tokenKind
	value  string
	offset int
	// match is, for an opening parenthesis, the index of the closing one, or 0.
	match int
}

func (t token) symbol(s string) bool { return t.kind == tokenSymbol && t.value == s }
func (t token) word(w string) bool   { return t.kind == tokenWord && strings.EqualFold(t.value, w) }
func (t token) place() place         { return place{offset: t.offset} }

// clip cuts what an error quotes to a readable length.
func clip(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return s
}

// describe names the token in an error.
func (t token) describe() string {
	value := clip(t.value)
	switch t.kind {
	case tokenEnd:
		return "the end of the filter"
	case tokenText:
		return fmt.Sprintf("the text '%s'", value)
	case tokenNumber:
		return "the number " + value
	default:
		return fmt.Sprintf("%q", value)
	}
}

// lex splits a filter into tokens; the last one is a tokenEnd.
func lex(s source) ([]token, error) {
	var tokens []token
	var open []int
	for i := 0; ; {
		r, size := utf8.DecodeRuneInString(s.text[i:])
		if size == 0 {
			return append(tokens, token{kind: tokenEnd, offset: i}), nil
		}
		if unicode.IsSpace(r) {
			i += size
			continue
		}
		t, end, err := lexOne(s, i, r)
		if err != nil {
			return nil, err
		}
		switch {
		case t.symbol("("):
			open = append(open, len(tokens))
		case t.symbol(")") && len(open) > 0:
			tokens[open[len(open)-1]].match = len(tokens)
			open = open[:len(open)-1]
		}
		tokens = append(tokens, t)
		i = end
	}
}

func lexOne(s source, i int, r rune) (token, int, error) {
	rest := s.text[i:]
	switch {
	case r == '\'':
		value, size := characterLiteral(rest)
		if size == 0 {
			return token{}, 0, s.errorf(place{offset: i}, "the text that begins here has no closing quote '")
		}
		return token{kind: tokenText, value: value, offset: i}, i + size, nil
	case r == '"':
		value, size := quotedName(rest)
		if size == 0 {
			return token{}, 0, s.errorf(place{offset: i}, "the name that begins here has no closing quote \"")
		}
		if value == "" {
			return token{}, 0, s.errorf(place{offset: i}, "the name between the quotes is empty")
		}
		return token{kind: tokenQuoted, value: value, offset: i}, i + size, nil
	case isDigit(r), r == '.' && len(rest) > 1 && isDigit(rune(rest[1])):
		size := numberLength(rest)
		if next, _ := utf8.DecodeRuneInString(rest[size:]); identifierPart(next) {
			return token{}, 0, s.errorf(place{offset: i}, "%q is no number; a name that begins with a digit stands in double quotes", clip(rest[:size])+string(next))
		}
		return token{kind: tokenNumber, value: rest[:size], offset: i}, i + size, nil
	case identifierStart(r):
		size := strings.IndexFunc(rest, func(r rune) bool { return !identifierPart(r) })
		if size < 0 {
			size = len(rest)
		}
		return token{kind: tokenWord, value: rest[:size], offset: i}, i + size, nil
	}
	for _, symbol := range []string{"<=", ">=", "<>", "<", ">", "=", "(", ")", ",", "+", "-", "*", "/", "%", "^"} {
		if strings.HasPrefix(rest, symbol) {
			return token{kind: tokenSymbol, value: symbol, offset: i}, i + len(symbol), nil
		}
	}
	if strings.HasPrefix(rest, "!=") {
		return token{}, 0, s.errorf(place{offset: i}, "CQL2 writes \"not equal\" as <>, not !=")
	}
	return token{}, 0, s.errorf(place{offset: i}, "the character %q has no meaning here", r)
}

// characterLiteral reads a literal in single quotes at the start of s. A size of
// 0 means that it is not closed. See the package comment for backslashes.
func characterLiteral(s string) (value string, size int) {
	var b strings.Builder
	for i := 1; i < len(s); {
		run := len(s[i:]) - len(strings.TrimLeft(s[i:], `\`))
		if i+run == len(s) {
			return "", 0
		}
		if s[i+run] != '\'' {
			b.WriteString(s[i : i+run+1])
			i += run + 1
			continue
		}
		b.WriteString(strings.Repeat(`\`, run/2))
		i += run + 1
		switch {
		case run%2 == 1:
			b.WriteByte('\'')
		case i < len(s) && s[i] == '\'':
			b.WriteByte('\'')
			i++
		default:
			return b.String(), i
		}
	}
	return "", 0
}

// quoteText is the inverse of characterLiteral.
func quoteText(value string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for i := 0; i < len(value); {
		run := len(value[i:]) - len(strings.TrimLeft(value[i:], `\`))
		b.WriteString(value[i : i+run])
		i += run
		if i == len(value) || value[i] == '\'' {
			b.WriteString(strings.Repeat(`\`, run))
		}
		if i == len(value) {
			break
		}
		if value[i] == '\'' {
			b.WriteByte('\'')
		}
		b.WriteByte(value[i])
		i++
	}
	b.WriteByte('\'')
	return b.String()
}

func quotedName(s string) (value string, size int) {
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			i++
			continue
		}
		return strings.ReplaceAll(s[1:i], `""`, `"`), i + 1
	}
	return "", 0
}

// quoteName writes a property name, in quotes only if it needs them.
func quoteName(name string) string {
	if isIdentifier(name) && !reserved(name) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func numberLength(s string) int {
	digits := func(i int) int {
		for i < len(s) && isDigit(rune(s[i])) {
			i++
		}
		return i
	}
	i := digits(0)
	if i < len(s) && s[i] == '.' {
		i = digits(i + 1)
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		if end := digits(j); end > j {
			i = end
		}
	}
	return i
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isIdentifier(s string) bool {
	for i, r := range s {
		if i == 0 && !identifierStart(r) || !identifierPart(r) {
			return false
		}
	}
	return s != ""
}

// identifierStart follows rule identifierStart of the standard's grammar, which
// takes it from XML names. White space inside its ranges is none here.
func identifierStart(r rune) bool {
	switch {
	case r == ':', r == '_', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z':
		return true
	case r < 0xC0, r == 0xD7, r == 0xF7, unicode.IsSpace(r):
		return false
	case r == utf8.RuneError:
		return false
	}
	return r <= 0x2FF || r >= 0x370 && r <= 0x37D || r >= 0x37F && r <= 0x1FFE ||
		r == 0x200C || r == 0x200D || r >= 0x2070 && r <= 0x218F || r >= 0x2C00 && r <= 0x2FEF ||
		r >= 0x3001 && r <= 0xD7FF || r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r <= 0xFFFD ||
		r >= 0x10000 && r <= 0xEFFFF
}

func identifierPart(r rune) bool {
	return identifierStart(r) || r == '.' || isDigit(r) || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}
