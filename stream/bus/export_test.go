package bus

// What tests look at.

// SubjectOf is the NATS subject of a topic.
func SubjectOf(topic string) (string, error) { return subjectOf(topic) }

// PatternOf is the NATS subject of a pattern.
func PatternOf(pattern string) (string, error) { return patternOf(pattern) }

// TopicOf is the topic of a subject.
func TopicOf(subject string) (string, bool) { return topicOf(subject) }

// MaxUnsent and MaxPending are the bounds that tests go beyond.
const (
	MaxUnsent  = maxUnsent
	MaxPending = maxPending
)
