package stream

import "time"

// slowTiles are tiles of low zooms, of which old ones may be sent for a while after
// a change. They are named seldom, and each twice.
type slowTiles struct {
	// waiting have not been named, named once; both since a place in the stream
	// that tokens must not go beyond.
	waiting, named           tileSet
	waitingSince, namedSince place
	// at is when the next may be named.
	at time.Time
}

// slowMargin is added to the time that old tiles are sent for: clocks are read one
// after the other.
const slowMargin = 50 * time.Millisecond

func (s *slowTiles) empty() bool { return s.waiting.empty() && s.named.empty() }

// due reports whether there is something that may be named.
func (s *slowTiles) due(now time.Time) bool { return !s.empty() && !now.Before(s.at) }

// add takes tiles in that have changed after a place.
func (s *slowTiles) add(t tileSet, since place) {
	if t.empty() {
		return
	}
	if s.waiting.empty() {
		s.waitingSince = since
	}
	s.waiting.join(t)
}

// take gives what may be named now.
func (s *slowTiles) take(now time.Time, pause time.Duration) (out tileSet) {
	if !s.due(now) {
		return out
	}
	out.join(s.named)
	out.join(s.waiting)
	s.named, s.namedSince = s.waiting, s.waitingSince
	s.waiting = tileSet{}
	s.at = now.Add(pause + slowMargin)
	return out
}

// reached is how far a client is that has everything up to a place but these.
func (s *slowTiles) reached(now place) place {
	switch {
	case !s.named.empty():
		return s.namedSince
	case !s.waiting.empty():
		return s.waitingSince
	default:
		return now
	}
}

// flushTiles names tiles that have changed.
func (c *conn) flushTiles(s *subscription, changed tileSet, now place, at time.Time) bool {
	slow, out := changed.split(c.hub.Tiling.SlowZoom)
	if len(s.zooms) > 0 && s.zooms[0] > c.hub.Tiling.SlowZoom {
		slow = tileSet{}
	}
	from := place{s.at, s.position}
	s.slow.add(slow, from)
	if s.slow.due(at) {
		s.unnamed = max(s.unnamed-1, 0)
	}
	out.join(s.slow.take(at, c.hub.Tiling.SlowFor))
	if s.slow.empty() {
		s.unnamed = 0
	}
	reached := s.slow.reached(now)
	s.position = reached.position
	if out.empty() && !s.reply {
		return false
	}
	s.at = max(s.at, reached.seq)
	s.reply, s.moved = false, false
	c.sendTiles(s, out, from.seq)
	return true
}

// sendTiles names tiles; none, too, if the client waits for an answer.
func (c *conn) sendTiles(s *subscription, t tileSet, from uint64) {
	f := tileFrame{F: "tiles", SID: s.id, From: from, To: s.at, Tick: c.flushes, Layer: s.about.Rows.Name, Tiles: t.named(), All: t.all}
	c.send(f)
	c.credit.add(outstanding{sid: s.id, to: s.at, bytes: 24 * len(f.Tiles), flush: c.flushes, at: time.Now()})
}
