package stream_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yiping/stream"
)

// Equal subscriptions of several connections have one sid and get the same rows.
func TestEqualSubscriptionsShare(t *testing.T) {
	t.Parallel()
	w := newFleetWorld(t, func(c *stream.Config) { c.Pace.Trouble = time.Hour })
	w.change(t, manyLamps(50))
	var all []*held
	var clients []*client
	for range 4 {
		c := connect(t, w)
		h := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}, rows: map[string]row{}}
		if answer := c.ask(h.sub(), h); answer.F != "ok" {
			t.Fatalf("%+v", answer)
		}
		all, clients = append(all, h), append(clients, c)
	}
	other := &held{area: area{bbox: [4]float64{121, 31, 122, 32.5}, above: -1}, rows: map[string]row{}}
	clients[0].ask(other.sub(), other)
	for round := range 50 {
		things := manyLamps(50)
		for _, x := range things {
			x.floors = int64(round)
		}
		w.change(t, things)
	}
	_, seq := w.hub.At(w.stream)
	for i, c := range clients {
		c.until(func() bool { return all[i].at >= seq && all[i].whole })
		if all[i].sid != all[0].sid || all[i].sid == other.sid {
			t.Errorf("sid %d, the first has %d, another subscription %d", all[i].sid, all[0].sid, other.sid)
		}
		if diff := cmp.Diff(all[i].rows, all[0].rows); diff != "" || len(all[i].rows) != 50 {
			t.Errorf("client %d holds %d rows (-got +first):\n%s", i, len(all[i].rows), diff)
		}
	}
}
