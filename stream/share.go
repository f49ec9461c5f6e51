package stream

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"yiping/geo/cell"
)

// share is what equal subscriptions of several connections have in common: the sid,
// and the last deltas that one of them has made, for the others to send.
type share struct {
	sid uint32
	// users is how many subscriptions have it. It changes under the lock of the hub.
	users atomic.Int32

	mu   sync.Mutex
	last [sharedDeltas]sharedDelta
	next int
}

// sharedDeltas is how many deltas are kept. Connections that are woken by the same
// change flush within a moment of each other; few changes come between.
const sharedDeltas = 4

// sharedFor is how long they are kept: they hold a view.
const sharedFor = time.Second

// sharedDelta is a delta and what its bytes follow from.
type sharedDelta struct {
	made       time.Time
	from, to   uint64
	leave, del []int64
	content    content
	parts      []preparedPart
}

// content is what a batch holds.
type content struct {
	view View
	lean bool
	rows []Row
	name []bool
	// cells and numbers are counts.
	cells   []cell.Cell
	numbers []int
}

func (c *content) equal(o *content) bool {
	return c.view == o.view && c.lean == o.lean && slices.Equal(c.rows, o.rows) && slices.Equal(c.name, o.name) &&
		slices.Equal(c.cells, o.cells) && slices.Equal(c.numbers, o.numbers)
}

// preparedPart is a message that many connections send, compressed once.
type preparedPart struct {
	message *websocket.PreparedMessage
	size    int
	text    bool
}

// share is that of a subscription's form.
func (h *Hub) share(form string) *share {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.shares[form]
	if s == nil {
		s = &share{sid: h.nextSID()}
		h.shares[form] = s
	}
	s.users.Add(1)
	return s
}

// unshare undoes share.
func (h *Hub) unshare(form string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.shares[form].users.Add(-1) == 0 {
		delete(h.shares, form)
	}
}

// nextSID is an id that no subscription has had.
func (h *Hub) nextSID() uint32 { return h.lastSID.Add(1) }

// expire forgets what is old.
func (s *share) expire(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.last {
		if now.Sub(s.last[i].made) > sharedFor {
			s.last[i] = sharedDelta{}
		}
	}
}

// parts are the messages of a delta: those of an equal one that another connection
// has made, or new ones.
func (s *share) parts(hub *Hub, b batch, h *head, d delta) []preparedPart {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := b.content()
	for i := range s.last {
		if l := &s.last[i]; l.parts != nil && l.from == h.from && l.to == h.to && slices.Equal(l.leave, d.leave) &&
			slices.Equal(l.del, d.del) && l.content.equal(now) {
			return l.parts
		}
	}
	made := sharedDelta{made: time.Now(), from: h.from, to: h.to, leave: d.leave, del: d.del, content: *now}
	hub.eachPart(b, h, d, func(first, end int) {
		data := b.append(nil, h, first, end)
		message, err := websocket.NewPreparedMessage(b.kind(), data)
		if err != nil { // it fails for control messages alone
			panic(err)
		}
		made.parts = append(made.parts, preparedPart{message, len(data), b.kind() == websocket.TextMessage})
	})
	s.last[s.next%sharedDeltas] = made
	s.next++
	return made.parts
}
