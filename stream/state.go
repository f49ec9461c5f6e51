package stream

import (
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"

	"yiping/geo"
	"yiping/geo/cell"
)

// state is where a stream stands and who listens.
type state struct {
	mu sync.Mutex
	// epoch names the count of seq; position is the place in the source's history
	// up to which everything has been touched.
	epoch    string
	seq      uint64
	position string
	// held keeps position where it is.
	held bool
	// touched is when something came last.
	touched time.Time
	subs    map[*subscription]*conn
	recent  recent
}

func newEpoch() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// news is what has happened to a subscription since it was last flushed.
type news struct {
	keys map[int64]struct{}
	// overflow says that keys were too many to be remembered.
	overflow bool
	tiles    tileSet
	// reset says why everything must be sent anew.
	reset string
	// since is when the oldest of it was made.
	since time.Time
}

func (n *news) empty() bool {
	return len(n.keys) == 0 && !n.overflow && n.tiles.empty() && n.reset == ""
}

func (n *news) key(id int64) {
	if n.overflow {
		return
	}
	if n.keys == nil {
		n.keys = make(map[int64]struct{})
	}
	if n.keys[id] = struct{}{}; len(n.keys) > maxTouched {
		n.overflow, n.keys = true, nil
	}
}

func (n *news) made(at time.Time) {
	if n.since.IsZero() || at.Before(n.since) {
		n.since = at
	}
}

// note takes notice of changes, and reports whether they are the first since the last
// flush: then its connection must be told. The lock of the stream is held.
func (s *subscription) note(touches []Touch, made time.Time, t Tiling) (first bool) {
	first = s.news.empty()
	for _, touch := range touches {
		if s.levels != nil && cell.Cell(touch.ID).Resolution() != int(s.detail) {
			continue
		}
		if s.tiles {
			s.touchedBy(&s.news.tiles, touch, t)
		} else if meets(touch, s.area.box) || s.coming != nil && meets(touch, *s.coming) {
			s.news.key(touch.ID)
		}
	}
	if s.news.empty() {
		return false
	}
	s.news.made(made)
	return first
}

// meets reports whether a row was or is in a box.
func meets(t Touch, box geo.FixedBox) bool {
	return t.Was && t.Old.Meets(box) || t.Is && t.New.Meets(box)
}

// recent is the boxes of the last changes of a stream: what may have changed in
// tiles that a client has fetched just before it said that it shows them.
type recent struct {
	boxes [recentBoxes]recentBox
	next  int
}

type recentBox struct {
	at  time.Time
	box geo.FixedBox
}

const (
	recentBoxes = 512
	// recentFor is how long a tile may take from its making to the frame that names
	// its place.
	recentFor = 10 * time.Second
)

func (r *recent) add(now time.Time, touches []Touch) {
	put := func(b geo.FixedBox) {
		r.boxes[r.next%recentBoxes] = recentBox{now, b}
		r.next++
	}
	for _, t := range touches {
		if t.Was {
			put(t.Old)
		}
		if t.Is && (!t.Was || t.New != t.Old) {
			put(t.New)
		}
	}
}

// since visits the boxes of the last seconds; all is false if there were more.
func (r *recent) since(now time.Time, visit func(geo.FixedBox)) (all bool) {
	for i := 1; i <= min(r.next, recentBoxes); i++ {
		b := &r.boxes[(r.next-i)%recentBoxes]
		if now.Sub(b.at) > recentFor {
			return true
		}
		visit(b.box)
	}
	return r.next < recentBoxes
}

// Touch tells of changes of a stream, after its view and its tiles have them.
// position is the place in the history up to which all changes of the stream have
// been told then, made when the oldest of them was made. For one stream it is called
// by one goroutine at a time, in the order of the changes.
func (h *Hub) Touch(stream string, touches []Touch, position string, made time.Time) {
	s := h.state(stream)
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(touches) > 0 {
		s.seq++
		s.touched = now
		s.recent.add(now, touches)
	}
	if !s.held {
		s.position = position
	}
	for sub, c := range s.subs {
		if sub.note(touches, made, h.Tiling) {
			c.awake()
		}
	}
}

// Hold says that changes of a stream are not told from now on, until Replace: its
// table is being read anew.
func (h *Hub) Hold(stream string) {
	s := h.state(stream)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = true
}

// Replace says that a stream's table was read anew, or is gone: all its subscriptions
// begin anew. position is that of its view.
func (h *Hub) Replace(stream, position string) {
	s := h.state(stream)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch, s.seq, s.position, s.held = newEpoch(), 0, position, false
	s.touched = time.Now()
	for sub, c := range s.subs {
		sub.news = news{reset: "epoch"}
		c.awake()
	}
}
