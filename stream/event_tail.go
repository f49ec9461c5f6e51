package stream

import (
	"sync"
	"time"
)

// tail is the end of an EVENT stream, in memory, and who listens. What is no longer
// there is read from the log.
type tail struct {
	log Log

	mu sync.Mutex
	// epoch names the count of seq, which is that of the newest event. position is the
	// same place in the log; it is empty until that is known.
	epoch    string
	seq      uint64
	position string
	// recent ends with event seq. Its elements never change.
	recent []Event
	bytes  int
	// touched is when an event came last.
	touched   time.Time
	listeners map[*listener]*conn
}

const (
	// firstSeq begins a count, so that what is replayed from before has numbers too.
	firstSeq = maxReplay
	// tailEvents and tailBytes bound what a tail keeps.
	tailEvents = 4096
	tailBytes  = 4 << 20
)

// Begin says that the events of a stream are announced from a position on, and that
// some before may not have been: its subscriptions begin anew.
func (h *Hub) Begin(stream, position string) {
	t := h.tails[stream]
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.epoch, t.seq, t.position = newEpoch(), firstSeq, position
	t.recent, t.bytes = nil, 0
	t.wake()
}

// Announce tells of events of a stream, all there are after those before, in the
// order of its log.
func (h *Hub) Announce(stream string, events []Event) {
	t := h.tails[stream]
	if t == nil || len(events) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seq += uint64(len(events))
	t.position = events[len(events)-1].Position
	t.touched = time.Now()
	t.recent = append(t.recent, events...)
	for i := range events {
		t.bytes += events[i].size()
	}
	for len(t.recent) > tailEvents || t.bytes > tailBytes {
		t.bytes -= t.recent[0].size()
		t.recent = t.recent[1:]
	}
	t.wake()
}

// wake has all listeners look. The lock is held.
func (t *tail) wake() {
	for _, c := range t.listeners {
		c.awake()
	}
}

// after lists the events after a place in the count; ok is false if some of them are
// no longer there.
func (t *tail) after(seq uint64) (events []Event, ok bool) {
	if seq >= t.seq {
		return nil, true
	}
	missing := t.seq - seq
	if missing > uint64(len(t.recent)) {
		return nil, false
	}
	return t.recent[uint64(len(t.recent))-missing:], true
}

// size is about what an event takes in memory, in bytes.
func (e *Event) size() int {
	const overhead = 256 // of the structure and of small texts
	return overhead + len(e.Position) + len(e.ID) + len(e.Key) + len(e.Body) + len(e.Before)
}
