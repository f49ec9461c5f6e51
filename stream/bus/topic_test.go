package bus_test

import (
	"errors"
	"strings"
	"testing"

	"yiping/stream/bus"
)

func TestTopics(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ topic, subject string }{
		{"streams/vehicles/v-1", "streams.vehicles.v-1"},
		{"streams/vehicles/沪A·12345", "streams.vehicles.沪A·12345"},
		{"streams/sensors/a.b c%*>", "streams.sensors.a%2Eb%20c%25%2A%3E"},
		{"a/\x01\x7f", "a.%01%7F"},
	} {
		subject, err := bus.SubjectOf(c.topic)
		if err != nil || subject != c.subject {
			t.Errorf("%q is the subject %q, %v, want %q", c.topic, subject, err, c.subject)
		}
		if topic, ok := bus.TopicOf(c.subject); !ok || topic != c.topic {
			t.Errorf("%q is the topic %q, %t, want %q", c.subject, topic, ok, c.topic)
		}
	}
	for _, topic := range []string{"", "/a", "a/", "a//b", "$SYS/a", "_INBOX/a", "a/+", "a/#", "a/b#", "a/\xff", strings.Repeat("x", 513)} {
		if subject, err := bus.SubjectOf(topic); !errors.Is(err, bus.ErrTopic) {
			t.Errorf("%q is the subject %q, %v, want ErrTopic", topic, subject, err)
		}
	}
	for pattern, want := range map[string]string{"streams/+/v-1": "streams.*.v-1", "a/#": "a.>", "#": ">", "+": "*"} {
		if got, err := bus.PatternOf(pattern); err != nil || got != want {
			t.Errorf("%q is the pattern %q, %v, want %q", pattern, got, err, want)
		}
	}
	for _, pattern := range []string{"#/a", "a+/b", "a/b#", ""} {
		if got, err := bus.PatternOf(pattern); !errors.Is(err, bus.ErrTopic) {
			t.Errorf("%q is the pattern %q, %v, want ErrTopic", pattern, got, err)
		}
	}
}

// Every topic comes back from its subject, and no two have the same.
func FuzzTopic(f *testing.F) {
	for _, seed := range []string{"streams/vehicles/v-1", "a.b/%2E", "%/x", "a/\x00", "a%2Fb", "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if subject, err := bus.SubjectOf(text); err == nil {
			if strings.ContainsAny(subject, " *>\r\n\t") {
				t.Errorf("%q is the subject %q", text, subject)
			}
			if back, ok := bus.TopicOf(subject); !ok || back != text {
				t.Errorf("%q is the subject %q, which is %q, %t", text, subject, back, ok)
			}
		}
		if topic, ok := bus.TopicOf(text); ok {
			if back, err := bus.SubjectOf(topic); err != nil || back != text {
				t.Errorf("subject %q is the topic %q, which is %q, %v", text, topic, back, err)
			}
		}
	})
}
