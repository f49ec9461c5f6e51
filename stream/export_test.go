package stream

import (
	"time"

	"github.com/paulmach/orb"

	"yiping/layers"
)

// Read reads a frame of a client as far as it goes without a connection, for
// fuzzing.
func Read(l *Limits, data []byte, c *layers.Catalog) *RequestError {
	r, fault := decode(data)
	switch {
	case fault != nil:
		return fault
	case r.F == "sub":
		_, fault = l.read(r, c)
	case r.F == "view":
		_, fault = readCamera(r.BBox, r.Zoom)
	}
	return fault
}

// At is where the stream of a layer stands.
func (h *Hub) At(layer string) (epoch string, seq uint64) {
	s := h.state(layer)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.epoch, s.seq
}

// Snap is the bbox for a camera.
func Snap(b orb.Bound, zoom float64) orb.Bound { return camera{b, zoom}.snap() }

// Token makes a token, Position reads one.
func Token(secret []byte, form, position string, now time.Time) string {
	return signer(secret).token(form, position, now)
}

// Position reads the position of a token.
func Position(secret []byte, token, form string, now time.Time) (position, why string) {
	return signer(secret).position(token, form, now)
}

// Ladder is the pace of a connection.
type Ladder struct{ l ladder }

// NewLadder is that of a connection that has begun.
func NewLadder(p Pace) *Ladder { return &Ladder{newLadder(p)} }

// Acked tells of an acknowledgement and returns the tick that follows.
func (l *Ladder) Acked(rtt time.Duration, now time.Time) time.Duration {
	l.l.acked(rtt, now)
	l.l.step(now)
	return l.l.tick
}
