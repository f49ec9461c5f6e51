package stream

import (
	"net/http"
	"time"

	"github.com/paulmach/orb"
)

// Read reads a frame of a client as far as it goes without a connection, for
// fuzzing.
func Read(l *Limits, data []byte, tables []Table) *RequestError {
	r, fault := decode(data)
	switch {
	case fault != nil:
		return fault
	case r.F == "sub":
		h := &Hub{Config: Config{Tables: func() []Table { return tables }}}
		_, fault = l.read(r, h.table(r.Stream), noShapes{}, len(data)%2 == 0)
	case r.F == "view":
		_, fault = readCamera(r.BBox, r.Zoom)
	}
	return fault
}

// At is where a stream stands.
func (h *Hub) At(stream string) (epoch string, seq uint64) {
	s := h.state(stream)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.epoch, s.seq
}

// Snap is the bbox for a camera.
func Snap(b orb.Bound, zoom float64) orb.Bound { return camera{b, zoom}.snap() }

// Token makes a token of a durable stream, Position reads one.
func Token(secret []byte, form, position string, now time.Time) string {
	return signer(secret).token(durable, form, standing{lod: objects, position: position}, now)
}

// Position reads the position of a token.
func Position(secret []byte, token, form string, now time.Time) (position, why string) {
	at, why := signer(secret).standing(durable, token, form, now)
	return at.position, why
}

// Ladder is the pace of a connection.
type Ladder struct{ l ladder }

// NewLadder is that of a connection that has begun.
func NewLadder(p Pace) *Ladder { return &Ladder{newLadder(p)} }

// Acked tells of an acknowledgement and returns the tick and the rung that follow.
func (l *Ladder) Acked(rtt time.Duration, now time.Time) (tick time.Duration, rung int) {
	l.l.acked(rtt, now)
	l.l.step(now)
	return l.l.tick, int(l.l.rung())
}

// FirstSeq is the number of the event before the first that is announced.
const FirstSeq = firstSeq

// TailAt is where an EVENT stream stands.
func (h *Hub) TailAt(stream string) (epoch string, seq uint64) {
	t := h.tails[stream]
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.epoch, t.seq
}

// Admitted is how many of n connections from an address are let in.
func Admitted(h *Hub, from string, n int) (in int) {
	for range n {
		c := &conn{hub: h, address: address(&http.Request{RemoteAddr: from})}
		if code, _ := h.admit(c); code == 0 {
			in++
		}
	}
	return in
}
