package stream_test

import (
	"testing"
	"time"

	"yiping/stream"
)

// What changes just after a flush is told at the subscription's next turn. Nothing
// else wakes the connection here: the next heartbeat is hours away.
func TestEachChangeHasItsTurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *stream.Config) { c.Pace.Heartbeat = 12 * time.Hour })
	w.change(t, manyLamps(10))
	c := connect(t, w)
	h := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}, rows: map[string]row{}}
	c.ask(h.sub(), h)
	for round := range int64(5) {
		changes := manyLamps(10)
		for id := range changes {
			changes[id].floors += round + 1
		}
		w.change(t, changes)
		_, seq := w.hub.At(lampStream)
		if !c.until(func() bool { return h.whole && h.at >= seq }) {
			t.Fatal("the connection ended")
		}
	}
}
