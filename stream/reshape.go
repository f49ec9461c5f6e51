package stream

import (
	"context"
	"maps"
	"slices"
)

// reshape begins the subscriptions anew whose fence or region is not what it was. It
// looks before every flush, so that none is missed that was made while shapes changed.
func (c *conn) reshape(ctx context.Context) {
	for _, id := range slices.Sorted(maps.Keys(c.subs)) {
		s := c.subs[id]
		next, fault := s.reshaped()
		switch {
		case fault != nil:
			c.refuse(nil, &s.id, fault)
			c.end(s)
		case next != nil:
			s.change(next)
			c.restart(s, whyArea)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.listeners)) {
		l := c.listeners[id]
		next, fault := l.reshaped()
		switch {
		case fault != nil:
			c.refuse(nil, &l.id, fault)
			c.endListener(l)
		case next != nil:
			l.query, l.sieve.area = next, next.area
			c.reopen(ctx, l, whyArea)
		}
	}
}

// change has a subscription ask for something else from now on.
func (s *subscription) change(next *query) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.query = next
}
