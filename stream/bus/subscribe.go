package bus

import (
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
)

// Subscription says which messages are wanted, and what becomes of them.
type Subscription struct {
	// Pattern is a topic in which + stands for one level, and # at the end for all
	// that follow.
	Pattern string
	// Group shares messages out: of all subscriptions in a group, on all replicas, one
	// gets each message. Without a group each gets all.
	Group string
	// Handle takes a message. The data is its own.
	Handle func(topic string, data []byte)
	// Missed is told that messages may not have come: the connection was cut, or
	// Handle was too slow. May be nil.
	Missed func()
}

// Subscribe takes messages from now on, until Close. The error wraps ErrTopic or
// ErrClosed.
func (b *Bus) Subscribe(s Subscription) error {
	subject, err := patternOf(s.Pattern)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	take := func(m *nats.Msg) {
		if topic, ok := topicOf(m.Subject); ok { // others may publish what is no topic
			s.Handle(topic, m.Data)
		}
	}
	var sub *nats.Subscription
	if s.Group == "" {
		sub, err = b.conn.Subscribe(subject, take)
	} else {
		sub, err = b.conn.QueueSubscribe(subject, s.Group, take)
	}
	if err == nil {
		err = sub.SetPendingLimits(-1, maxPending)
	}
	if errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrConnectionDraining) || errors.Is(err, nats.ErrBadSubscription) {
		err = ErrClosed
	}
	if err != nil {
		return fmt.Errorf("subscribe to %s: %w", s.Pattern, err)
	}
	b.subs[sub] = s
	return nil
}

// missed tells a subscription, or of nil all, that messages may not have come.
func (b *Bus) missed(slow *nats.Subscription) {
	b.mu.Lock()
	var told []func()
	for sub, s := range b.subs {
		if s.Missed != nil && (slow == nil || sub == slow) {
			told = append(told, s.Missed)
		}
	}
	b.mu.Unlock()
	for _, tell := range told {
		tell()
	}
}
