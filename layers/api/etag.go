package api

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yiping/layers"
)

// An entity tag starts with the feature's version. What follows tells apart the
// representations of this version (systems, names of regions), because a strong
// tag stands for very bytes. A write is about the feature, so If-Match compares
// versions alone, and "7" serves as well as "7-…".

// itemTag is the strong tag of a representation.
func itemTag(version int32, body []byte) string {
	sum := sha256.Sum256(body)
	return fmt.Sprintf(`"%d-%x"`, version, sum[:8])
}

// VersionTag is a tag that If-Match takes for a version.
func VersionTag(version int32) string { return fmt.Sprintf(`"%d"`, version) }

// entityTags splits a list of tags (RFC 9110, 8.8.3 and 13.1.1); "*" is one.
func entityTags(field string, lines []string) ([]string, error) {
	var tags []string
	rest := strings.Join(lines, ",")
	for {
		rest = strings.TrimLeft(rest, ", \t")
		if rest == "" {
			return tags, nil
		}
		end := 1
		if rest[0] != '*' {
			weak := len(rest) - len(strings.TrimPrefix(rest, "W/"))
			closing := -1
			if strings.HasPrefix(rest[weak:], `"`) {
				closing = strings.IndexByte(rest[weak+1:], '"')
			}
			if closing < 0 {
				return nil, layers.InputErrorf(field, "%s is not an entity tag, which has quotation marks: \"7\"", layers.Shown(rest))
			}
			end = weak + closing + 2
		}
		tags = append(tags, rest[:end])
		rest = rest[end:]
	}
}

// Unchanged tells whether the client has a representation already
// (If-None-Match, which compares weakly).
func Unchanged(r *http.Request, tag string) bool {
	tags, err := entityTags("If-None-Match", r.Header.Values("If-None-Match"))
	return err == nil && slices.ContainsFunc(tags, func(t string) bool {
		return t == "*" || strings.TrimPrefix(t, "W/") == tag
	})
}

// ReadMatch reads If-Match; given is false without it. Weak tags, and tags that
// are none of ours, match nothing.
func ReadMatch(r *http.Request) (m layers.Match, given bool, err error) {
	tags, err := entityTags("If-Match", r.Header.Values("If-Match"))
	for _, t := range tags {
		if t == "*" {
			m.Any = true
			continue
		}
		digits, _, _ := strings.Cut(strings.Trim(t, `"`), "-")
		if n, err := strconv.ParseInt(digits, 10, 32); err == nil {
			m.Versions = append(m.Versions, int32(n))
		}
	}
	return m, len(tags) > 0, err
}
