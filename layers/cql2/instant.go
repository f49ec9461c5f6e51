package cql2

import (
	"strings"
	"time"
)

// daysOf returns the days since 1970-01-01 of t's date in UTC.
func daysOf(t time.Time) int64 { return floorDiv(t.Unix(), 24*60*60) }

// microsPerDay is the ratio of the two resolutions of instants.
const microsPerDay = 24 * 60 * 60 * 1_000_000

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// parseDate reads an RFC 3339 full-date.
func parseDate(s string) (days int64, ok bool) {
	t, err := time.Parse(time.DateOnly, s)
	return daysOf(t), err == nil
}

// parseTimestamp reads an RFC 3339 date-time, in UTC as the standard has it, or
// with another offset. Digits below the microsecond are cut.
func parseTimestamp(s string) (micros int64, ok bool) {
	t, err := time.Parse(time.RFC3339Nano, s)
	return t.UnixMicro(), err == nil
}

// parseInstant reads a date or a timestamp, as the ends of an interval hold it.
func parseInstant(s string) (instant, bool) {
	if strings.ContainsRune(s, 'T') {
		v, ok := parseTimestamp(s)
		return instant{value: v}, ok
	}
	v, ok := parseDate(s)
	return instant{date: true, value: v}, ok
}

// format is the RFC 3339 form of the instant, without needless digits.
func (i *instant) format() string {
	if i.date {
		return i.time().Format(time.DateOnly)
	}
	return i.time().Format("2006-01-02T15:04:05.999999Z")
}

func (i *instant) time() time.Time {
	if i.date {
		return time.Unix(i.value*24*60*60, 0).UTC()
	}
	return time.UnixMicro(i.value).UTC()
}

const (
	wantDate      = "a date such as '2026-11-21'"
	wantTimestamp = "a timestamp such as '2026-11-21T08:30:00Z'"
	wantInstant   = wantDate + ", " + wantTimestamp + " or '..'"
)
