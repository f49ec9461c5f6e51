package stream

import (
	"context"
	"net/http"
	"time"
)

// session is a connection without a socket: it has one subscription, and hands its
// frames to a sink, which has acknowledged what it has taken.
type session struct {
	*conn
	// at is when the session is given up, zero for never.
	at time.Time
}

// sink takes the frames of a session.
type sink interface {
	// take is given a frame, which is JSON, and must not keep it.
	take(frame []byte) error
	// stop ends a take that waits for a client. It may be called by anybody.
	stop()
}

// open begins a session for a request, which must be closed.
func (h *Hub) open(r *http.Request, to sink) (*session, *RequestError) {
	c := newConn(h)
	c.sink, c.address = to, address(r)
	switch code, why := h.admit(c); code {
	case 0:
	case closeFlood:
		return nil, &RequestError{Code: TooFast, Msg: why, Retry: h.Pace.Heartbeat}
	default:
		return nil, &RequestError{Code: Unavailable, Msg: why, Retry: h.Pace.Heartbeat}
	}
	return &session{conn: c}, nil
}

func (s *session) close() {
	for _, sub := range s.subs {
		s.leave(sub)
	}
	for _, l := range s.listeners {
		s.ignore(l)
	}
	s.hub.dismiss(s.conn)
	s.hub.ended.Done()
}

// converse sends what there is, time and again, until done says that it is enough or it
// may last no longer. The service stopping is a reason too.
func (s *session) converse(ctx context.Context, done func() bool) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		now := time.Now()
		s.turn(ctx, now)
		if s.failed || done() || !s.at.IsZero() && !now.Before(s.at) {
			return
		}
		next := s.due()
		if !s.at.IsZero() && s.at.Before(next) {
			next = s.at
		}
		timer.Reset(time.Until(next))
		select {
		case <-ctx.Done():
			return
		case <-s.drain:
			return
		case <-s.wake:
		case <-timer.C:
		}
	}
}

// turn sends what there is now.
func (s *session) turn(ctx context.Context, now time.Time) {
	s.pinged = now // there is no socket to be pinged
	s.flush(ctx, now)
	s.credit = credit{}
}

// stamp has a mark sent now, which has a token.
func (s *session) stamp(now time.Time) {
	for _, sub := range s.subs {
		s.mark(sub, now)
	}
	for _, l := range s.listeners {
		s.markEvents(l, now)
	}
}
