package cql2

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// fold is CASEI or ACCENTI of a text.
func fold(o op, s string) string {
	if o == opCasei {
		return foldCase(s)
	}
	return foldAccents(s)
}

// foldCase is lower(upper(lower(s))) with σ for the final ς: Unicode full case
// folding put together from the full case mappings, because these are what
// PostgreSQL offers. The package comment names the differences.
func foldCase(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	lower := cases.Lower(language.Und)
	s = lower.String(cases.Upper(language.Und).String(lower.String(s)))
	return strings.ReplaceAll(s, "ς", "σ")
}

// foldAccents drops the combining marks U+0300–U+036F of the decomposed text
// and composes the rest again.
func foldAccents(s string) string {
	if isASCII(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if r >= 0x300 && r <= 0x36F {
			return -1
		}
		return r
	}, norm.NFD.String(s))
	return norm.NFC.String(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// foldSQL is fold as SQL. The collations are named, so that the result depends
// on no setting of the database.
func foldSQL(o op, x string) string {
	if o == opCasei {
		return `(translate(lower(upper(lower(` + x + ` COLLATE "und-x-icu"))), 'ς', 'σ') COLLATE "C")`
	}
	return `(normalize(regexp_replace(normalize(` + x + `, NFD), '[\u0300-\u036f]', '', 'g'), NFC) COLLATE "C")`
}
