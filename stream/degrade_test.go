package stream_test

import (
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"yiping/stream"
)

// A client that cannot keep up goes without ever more, is told so, and has everything
// again once it keeps up.
func TestDegradation(t *testing.T) {
	t.Parallel()
	w := newFleetWorld(t, func(c *stream.Config) { c.Pace.Slow = time.Hour })
	w.change(t, manyLamps(150))
	c := connect(t, w)
	h := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}, most: 200, in: "objects", rows: map[string]row{}}
	c.ask(h.sub(), h)
	c.until(func() bool { return h.whole })
	c.mu.Lock()
	c.stalled = true
	c.mu.Unlock()
	// change moves everything until something is so.
	change := func(is func() bool) {
		for round := int64(0); ; round++ {
			c.mu.Lock()
			done := is()
			c.mu.Unlock()
			if done {
				return
			}
			things := manyLamps(150)
			for _, x := range things {
				x.floors = round
			}
			w.change(t, things)
			c.tick(h)
		}
	}
	change(func() bool { return slices.Contains(h.marks, 4) })
	c.mu.Lock()
	c.stalled = false
	c.write(map[string]any{"f": "ack", "a": c.waiting})
	c.mu.Unlock()
	change(func() bool { return h.marks[len(h.marks)-1] == 0 })
	_, seq := w.hub.At(w.stream)
	// A machine that is slow may take the ladder once more.
	whole := c.until(func() bool {
		for _, r := range h.rows {
			if r.Note == "" {
				return false
			}
		}
		return h.at >= seq && !h.reset && h.in == "objects" && h.marks[len(h.marks)-1] == 0
	})
	if !whole {
		t.Fatal("the connection ended before everything was there again")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.IsSorted(h.marks[:slices.Index(h.marks, 4)]) {
		t.Errorf("the rungs were %v", h.marks)
	}
	if !slices.Contains(h.levels, "h3:7") {
		t.Errorf("the levels of detail were %v, none of them a count", h.levels)
	}
	if len(h.rows) != 150 {
		t.Errorf("%d rows are held, want 150", len(h.rows))
	}
}

// tick waits for the next frame of a subscription.
func (c *client) tick(h *held) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for n := h.frames; h.frames == n && !c.gone; {
		c.changed.Wait()
	}
}

// Rows that are too many are counted; counts follow them, and give way to rows when
// they are few again.
func TestTooManyRowsAreCounted(t *testing.T) {
	t.Parallel()
	w := newFleetWorld(t, func(c *stream.Config) { c.Pace.Calm, c.Pace.Trouble = time.Millisecond, time.Hour })
	w.change(t, manyLamps(90))
	c := connect(t, w)
	h := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}, most: 100, rows: map[string]row{}}
	if ok := c.ask(h.sub(), h); ok.LOD != "objects" {
		t.Fatalf("ok: %+v", ok)
	}
	sum := func() (n int) {
		for _, r := range h.rows {
			n += r.N
		}
		return n
	}
	w.change(t, manyLamps(150))
	c.until(func() bool { return h.in == "h3:7" && sum() == 150 })
	w.change(t, map[int64]*thing{1: nil, 2: {orb.Point{121.9, 31.9}, 0}, 3: {orb.Point{0, 0}, 0}})
	c.until(func() bool { return sum() == 148 })
	gone := map[int64]*thing{}
	for id := range int64(100) {
		gone[id+10] = nil
	}
	w.change(t, gone)
	c.until(func() bool { return h.in == "objects" && !h.reset && len(h.rows) == 48 })
}
