package stream_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/stream"
)

// A random walk of events, subscriptions, clients that stall, connections that break
// and histories that begin anew: after quiet every client holds the open items of its
// area (I1, I6), was told of every event there (I4), by a chain without gaps (I3), and
// of nothing else (I2).
func TestEventWalk(t *testing.T) {
	seed := rand.Uint64()
	if s, err := strconv.ParseUint(os.Getenv("YIPING_TEST_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("again with YIPING_TEST_SEED=%d", seed)
	w := &eventWalk{t: t, book: newBook(t, nil), r: rand.New(rand.NewPCG(seed, 1))}
	w.pad = strings.Repeat("x", 2000) // so that stalled clients run out of credit
	for range 3 {
		w.clients = append(w.clients, attend(t, w.url))
	}
	for step := range steps() {
		w.step()
		if step%100 == 99 {
			w.settle()
		}
		if t.Failed() {
			t.Fatalf("after %d steps", step+1)
		}
	}
	t.Logf("%d events told, %d of them again, %d resumes, %d snapshots in their place", w.told, w.repeats, w.resumed, w.fresh)
	if w.told == 0 || w.resumed == 0 || w.fresh == 0 {
		t.Error("the walk proves nothing")
	}
}

type eventWalk struct {
	*book
	t                             *testing.T
	r                             *rand.Rand
	clients                       []*eventClient
	told, repeats, resumed, fresh int
}

func (w *eventWalk) step() {
	i := w.r.IntN(len(w.clients))
	c := w.clients[i]
	switch n := w.r.IntN(100); {
	case n < 70:
		for range 1 + w.r.IntN(20) {
			w.act()
		}
		w.announce(w.r.IntN(30))
	case n < 80:
		w.subscribe(c)
	case n < 84:
		w.unsubscribe(c)
	case n < 90:
		c.stall(!c.stalled)
	case n < 98:
		w.clients[i] = w.reconnect(c)
	case n < 99:
		w.begin()
	default:
		w.mu.Lock()
		w.floor = max(w.floor, len(w.events)-w.r.IntN(200))
		w.mu.Unlock()
	}
}

// act has something happen to an item.
func (w *eventWalk) act() {
	key := fmt.Sprintf("a%d", w.r.IntN(100))
	if _, there := w.items[key]; there && w.r.IntN(4) == 0 {
		w.happen(key, nil)
		return
	}
	w.happen(key, &matter{orb.Point{121.4 + 0.2*w.r.Float64(), 31.1 + 0.2*w.r.Float64()}, w.r.Int64N(100)})
}

func (w *eventWalk) subscribe(c *eventClient) {
	c.mu.Lock()
	n := len(c.subs)
	c.mu.Unlock()
	if n > 3 {
		return
	}
	lon, lat, side := 121.4+0.1*w.r.Float64(), 31.1+0.1*w.r.Float64(), 0.02+0.1*w.r.Float64()
	h := &heard{area: area{bbox: [4]float64{lon, lat, lon + side, lat + side}, above: -1}}
	if w.r.IntN(2) == 0 {
		h.above = w.r.Int64N(100)
	}
	if a := c.ask(h.sub(), h); a == nil || a.F != "ok" {
		w.t.Errorf("subscribe: %+v", a)
	}
}

func (w *eventWalk) unsubscribe(c *eventClient) {
	for sid := range c.list() {
		c.ask(map[string]any{"f": "unsub", "sid": sid}, nil)
		c.mu.Lock()
		delete(c.subs, sid)
		c.mu.Unlock()
		return
	}
}

func (c *eventClient) list() map[uint32]*heard {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.subs)
}

// reconnect breaks a connection and goes on, on another, from the tokens.
func (w *eventWalk) reconnect(c *eventClient) *eventClient {
	_ = c.ws.Close()
	c.until(func() bool { return c.gone })
	next := attend(w.t, w.url)
	for _, h := range c.subs {
		h.next = nil
		switch a := next.ask(h.sub(), h); {
		case a == nil || a.F != "ok":
			w.t.Errorf("resume: %+v", a)
		case a.Resumed:
			w.resumed++
		default:
			w.fresh++
		}
	}
	return next
}

// settle waits for quiet and compares.
func (w *eventWalk) settle() {
	w.announce(len(w.events))
	epoch, seq := w.hub.TailAt("alarms")
	for _, c := range w.clients {
		c.stall(false)
		if !c.until(func() bool {
			for _, h := range c.subs {
				if h.epoch != epoch || h.at < seq || h.reset || h.next != nil {
					return false
				}
			}
			return true
		}) {
			w.t.Fatal("the connection ended")
		}
		for sid, h := range c.list() {
			w.compare(c, sid, h)
		}
	}
}

func (w *eventWalk) compare(c *eventClient, sid uint32, h *heard) {
	c.mu.Lock()
	defer c.mu.Unlock()
	got, want := map[string]int64{}, map[string]int64{}
	for k, r := range h.items {
		got[k] = *r.Level
	}
	for k, m := range w.items {
		if h.holds(rounded(m.at), m.level) {
			want[k] = m.level
		}
	}
	if diff := cmp.Diff(got, want); diff != "" {
		w.t.Errorf("subscription %d (%v) holds (-got +want):\n%s", sid, h.area, diff)
	}
	from := w.begun[h.cutOf] + int(h.cut-stream.FirstSeq)
	concerned := map[string]bool{}
	for i, e := range w.events {
		// A token may be older than the last snapshot, and then more is told again.
		if concerns(h, w.turns[i]) && (i >= from || h.ids[e.ID]) {
			concerned[e.ID] = true
		}
	}
	if diff := cmp.Diff(h.ids, concerned); diff != "" {
		w.t.Errorf("subscription %d (%v) was told of (-got +want):\n%s", sid, h.area, diff)
	}
	w.told += len(concerned)
	w.repeats += h.repeats
	h.repeats = 0
}

// rounded is a place as it is told.
func rounded(p orb.Point) orb.Point {
	return orb.Point{math.Round(p[0]*1e7) / 1e7, math.Round(p[1]*1e7) / 1e7}
}

// concerns reports whether an item was or is a member.
func concerns(h *heard, c turn) bool {
	holds := func(m *matter) bool { return m != nil && h.holds(rounded(m.at), m.level) }
	return holds(c.was) || holds(c.is)
}
