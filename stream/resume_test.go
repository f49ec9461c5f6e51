package stream_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/stream"
)

// unhurried is a pace whose ticks do not come by themselves: a connection flushes once,
// and marks go on.
func unhurried(c *stream.Config) {
	c.Pace.Tick, c.Pace.SlowestTick, c.Pace.Trouble, c.Pace.Health = time.Hour, time.Hour, time.Hour, time.Hour
}

// A token that comes before the delta of a resume promises nothing of that delta: a
// client whose connection breaks in between hears of it on the next.
func TestTokenBeforeTheDeltaOfAResume(t *testing.T) {
	t.Parallel()
	w := newFleetWorld(t, unhurried)
	w.change(t, manyLamps(3))
	everything := [4]float64{121, 31, 122, 32}
	h := &held{area: area{bbox: everything, above: -1}, in: "objects", rows: map[string]row{}}
	c := connect(t, w)
	c.ask(h.sub(), h)
	c.until(func() bool { return h.token != "" })
	_ = c.ws.Close()
	c.until(func() bool { return c.gone })
	w.change(t, map[int64]*thing{1: nil, 2: {orb.Point{121.9, 31.9}, 7}})

	// The only flush of the connection is that of another subscription.
	c = connect(t, w)
	other := &held{area: area{bbox: [4]float64{121, 31, 121.1, 31.1}, above: -1}, rows: map[string]row{}}
	c.ask(other.sub(), other)
	c.until(func() bool { return other.whole })
	before := h.token
	if answer := c.ask(h.sub(), h); !answer.Resumed {
		t.Fatalf("%+v", answer)
	}
	c.until(func() bool { return h.token != before })
	_ = c.ws.Close()
	c.until(func() bool { return c.gone })
	if !h.due {
		t.Fatal("the delta has come: nothing is tested")
	}

	c = connect(t, w)
	if answer := c.ask(h.sub(), h); !answer.Resumed {
		t.Fatalf("%+v", answer)
	}
	got := map[string]int64{}
	c.until(func() bool {
		if h.due {
			return false
		}
		for k, r := range h.rows {
			got[k] = r.Floors
		}
		return true
	})
	if diff := cmp.Diff(got, w.want(&h.area)); diff != "" {
		t.Errorf("rows (-got +want):\n%s", diff)
	}
}

// There is no token for a bbox whose rows are on their way.
func TestNoTokenWhileACameraMoves(t *testing.T) {
	t.Parallel()
	w := newFleetWorld(t, unhurried)
	w.change(t, manyLamps(3))
	c := connect(t, w)
	h := &held{area: area{bbox: [4]float64{121.48, 31.18, 121.52, 31.22}, above: -1}, in: "objects", view: true, rows: map[string]row{}}
	c.ask(h.sub(), h)
	c.until(func() bool { return h.token != "" })
	c.ask(map[string]any{"f": "view", "sid": h.sid, "bbox": [4]float64{121.9, 31.9, 121.92, 31.92}, "zoom": 14}, nil)
	c.mu.Lock()
	h.token = ""
	marks := h.frames
	c.mu.Unlock()
	c.until(func() bool { return h.frames > marks+1 })
	c.mu.Lock()
	defer c.mu.Unlock()
	if h.bbox == h.inForce {
		t.Fatal("the rows have come: nothing is tested")
	}
	if h.token != "" {
		t.Errorf("token %s is for the bbox %v, whose rows have not come", h.token, h.inForce)
	}
}

// A row that leaves between the question what has changed and the delta of a resume is
// named once the hub is told of it.
func TestRowThatLeavesDuringAResume(t *testing.T) {
	t.Parallel()
	w := newFleetWorld(t, func(c *stream.Config) { c.Pace.Trouble = time.Hour })
	w.change(t, manyLamps(3))
	h := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}, in: "objects", rows: map[string]row{}}
	c := connect(t, w)
	c.ask(h.sub(), h)
	c.until(func() bool { return h.token != "" })
	_ = c.ws.Close()
	c.until(func() bool { return c.gone })

	left := make(chan []stream.Touch, 1)
	w.fleet.mu.Lock()
	w.fleet.asked = func() { left <- w.fleet.apply(map[int64]*thing{1: nil}) }
	w.fleet.mu.Unlock()
	c = connect(t, w)
	if answer := c.ask(h.sub(), h); !answer.Resumed {
		t.Fatalf("%+v", answer)
	}
	c.until(func() bool { return !h.due })
	w.hub.Touch(w.stream, <-left, w.fleet.position(), time.Now())
	_, seq := w.hub.At(w.stream)
	c.until(func() bool { return h.at >= seq })
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, held := h.rows["1"]; held || len(h.rows) != 2 {
		t.Errorf("%v are held, want 2 and 3", h.rows)
	}
}
