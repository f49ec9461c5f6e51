package bus

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxTopic is the length of a topic in bytes.
const maxTopic = 512

// The wildcards of patterns, in MQTT and in NATS.
const (
	oneLevel, oneToken    = "+", "*"
	restLevels, restToken = "#", ">"
)

const hexDigits = "0123456789ABCDEF"

// subjectOf is the NATS subject of a topic.
func subjectOf(topic string) (string, error) { return subject(topic, false) }

// patternOf is the NATS subject of a pattern.
func patternOf(pattern string) (string, error) { return subject(pattern, true) }

func subject(topic string, wild bool) (string, error) {
	if len(topic) > maxTopic {
		return "", fmt.Errorf("%w: it has more than %d bytes", ErrTopic, maxTopic)
	}
	if !utf8.ValidString(topic) {
		return "", fmt.Errorf("%w: %q is not UTF-8", ErrTopic, topic)
	}
	levels := strings.Split(topic, "/")
	tokens := make([]string, len(levels))
	for i, level := range levels {
		switch {
		case level == "":
			return "", fmt.Errorf("%w: %q has an empty level", ErrTopic, topic)
		case i == 0 && (level[0] == '$' || level[0] == '_'):
			return "", fmt.Errorf("%w: %q begins like the server's own", ErrTopic, topic)
		case wild && level == oneLevel:
			tokens[i] = oneToken
		case wild && level == restLevels && i == len(levels)-1:
			tokens[i] = restToken
		case strings.ContainsAny(level, oneLevel+restLevels):
			return "", fmt.Errorf("%w: %q has a wildcard where none can be", ErrTopic, topic)
		default:
			tokens[i] = escape(level)
		}
	}
	return strings.Join(tokens, "."), nil
}

// special tells which bytes a token of a subject cannot have, or not as they are.
func special(c byte) bool {
	return c <= ' ' || c == 0x7f || c == '.' || c == '*' || c == '>' || c == '%'
}

func escape(level string) string {
	var b strings.Builder
	for i := range len(level) {
		if c := level[i]; special(c) {
			b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// topicOf is the topic of a subject; ok is false for one that no topic has.
func topicOf(subject string) (topic string, ok bool) {
	tokens := strings.Split(subject, ".")
	for i, token := range tokens {
		if tokens[i], ok = unescape(token); !ok {
			return "", false
		}
	}
	topic = strings.Join(tokens, "/")
	back, err := subjectOf(topic)
	return topic, err == nil && back == subject
}

func unescape(token string) (level string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(token); i++ {
		if token[i] != '%' {
			b.WriteByte(token[i])
			continue
		}
		if i+2 >= len(token) {
			return "", false
		}
		high, low := strings.IndexByte(hexDigits, token[i+1]), strings.IndexByte(hexDigits, token[i+2])
		if high < 0 || low < 0 {
			return "", false
		}
		b.WriteByte(byte(high<<4 | low))
		i += 2
	}
	return b.String(), true
}
