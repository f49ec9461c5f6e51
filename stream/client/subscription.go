package client

import (
	"errors"
	"fmt"
)

// ErrGap says that a frame does not go on from what the subscription has: something
// was lost. Subscribe goes on from the last token.
var ErrGap = errors.New("a gap in the stream")

// Subscription is what a client holds of a stream.
type Subscription struct {
	Query
	sid   uint32
	at    uint64
	epoch string
	token string
	lod   string

	rows map[string]Row
	// next is a snapshot that is not complete, parts a delta that is not; whole says
	// that there was a snapshot.
	next  map[string]Row
	parts []*Frame
	whole bool
	// reset says that the chain is broken: a snapshot is due, or of tiles any frame.
	reset bool
}

// NewSubscription is one that holds nothing yet.
func NewSubscription(q Query) *Subscription {
	return &Subscription{Query: q, rows: map[string]Row{}}
}

// Rows are those that are held, by key. They belong to the subscription.
func (s *Subscription) Rows() map[string]Row { return s.rows }

// Whole reports whether the rows are a whole set: the snapshot is complete.
func (s *Subscription) Whole() bool { return s.whole && !s.reset }

// At is the position in the stream, of Epoch.
func (s *Subscription) At() uint64 { return s.at }

// Epoch is the count that At belongs to.
func (s *Subscription) Epoch() string { return s.epoch }

// LOD is objects, or h3 and a resolution if the rows are counts.
func (s *Subscription) LOD() string { return s.lod }

// Token is the newest to go on from; empty before the first mark.
func (s *Subscription) Token() string { return s.token }

// begin takes the answer to sub.
func (s *Subscription) begin(f *Frame) {
	s.sid, s.at, s.epoch, s.lod = *f.SID, f.Seq, f.Epoch, f.LOD
	s.next, s.parts = nil, nil
	s.reset = !f.Resumed && s.Init != "none" && s.As != "tiles"
	if !f.Resumed && s.Init == "none" {
		clear(s.rows)
	}
}

// apply takes a frame in and returns what to acknowledge, if anything. The error
// wraps ErrGap, or is a *ServerError if the subscription has ended.
func (s *Subscription) apply(f *Frame) (ack []uint64, err error) {
	switch f.F {
	case "snap":
		return s.snap(f)
	case "delta":
		return s.delta(f)
	case "tiles":
		return s.follow(f.From, f.To)
	case "event":
		return s.follow(f.Prev, f.Seq)
	case "mark":
		s.mark(f)
	case "reset": // the token is of what was before
		s.epoch, s.reset, s.next, s.parts, s.token = f.Epoch, true, nil, nil, ""
	case "err":
		return nil, f.fault()
	}
	return nil, nil
}

func (s *Subscription) snap(f *Frame) ([]uint64, error) {
	if f.Part == 1 {
		s.next = map[string]Row{}
	}
	if s.next == nil {
		return nil, fmt.Errorf("%w: part %d of a snapshot comes first", ErrGap, f.Part)
	}
	for _, r := range f.Rows {
		s.next[r.Key] = r
	}
	if f.Part == f.Of {
		s.rows, s.next = s.next, nil
		s.at, s.epoch, s.lod, s.reset, s.whole = f.Cut, f.Epoch, f.LOD, false, true
	}
	return []uint64{uint64(s.sid), f.Cut, uint64(f.Part)}, nil
}

// delta applies the parts of a delta together, with the last.
func (s *Subscription) delta(f *Frame) ([]uint64, error) {
	if s.reset || f.From > s.at {
		return nil, fmt.Errorf("%w: at %d, and a delta goes on from %d (a snapshot is due: %v)", ErrGap, s.at, f.From, s.reset)
	}
	if s.parts = append(s.parts, f); f.Part < f.Of {
		return nil, nil
	}
	for _, p := range s.parts {
		for _, r := range p.Up {
			if held, ok := s.rows[r.Key]; !ok || r.Version >= held.Version {
				s.rows[r.Key] = r
			}
		}
		for _, keys := range [][]string{p.Leave, p.Del} {
			for _, k := range keys {
				delete(s.rows, k)
			}
		}
	}
	s.parts = nil
	return s.follow(f.From, f.To)
}

// follow goes on to a position, if that follows on what is held.
func (s *Subscription) follow(from, to uint64) ([]uint64, error) {
	switch {
	case s.reset:
		s.at, s.reset = to, false
	case from > s.at:
		return nil, fmt.Errorf("%w: at %d, and the next frame goes on from %d", ErrGap, s.at, from)
	}
	s.at = max(s.at, to)
	return []uint64{uint64(s.sid), to}, nil
}

func (s *Subscription) mark(f *Frame) {
	if f.Token != "" {
		s.token = f.Token
	}
	if f.Epoch == s.epoch && !s.reset {
		s.at = max(s.at, f.Seq)
	}
}
