package stream_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/stream"
)

// here is a subscription to all around the bund.
func here() *heard {
	return &heard{
		area:  area{bbox: [4]float64{121, 31, 122, 32}, above: -1},
		items: map[string]eventRow{}, ids: map[string]bool{}, vers: map[string]int64{},
	}
}

func bund(level int64) *matter { return &matter{orb.Point{121.4901234, 31.2401234}, level} }

// caught waits until a subscription knows all that was announced.
func caught(t *testing.T, b *book, c *eventClient, h *heard) {
	t.Helper()
	_, seq := b.hub.TailAt("alarms")
	if !c.until(func() bool { return h.at >= seq && !h.reset && h.next == nil }) {
		t.Fatal("the connection ended")
	}
}

func TestEventStreamsAreInHello(t *testing.T) {
	t.Parallel()
	c := attend(t, newBook(t, nil).url)
	c.until(func() bool { return c.hello != nil })
	got, err := json.Marshal(c.hello.Streams)
	want := `[{"agg":false,"class":"EVENT","durable":true,"fields":[{"name":"level","type":"integer"},` +
		`{"name":"text","type":"string"},{"name":"pad","type":"string"}],"metrics":[],"name":"alarms","schema":0}]`
	if diff := cmp.Diff(string(got), want); diff != "" || err != nil {
		t.Errorf("streams (-got +want):\n%s%v", diff, err)
	}
}

func TestEventsAreToldAsTheyHappen(t *testing.T) {
	t.Parallel()
	b := newBook(t, nil)
	b.happen("a", bund(1))
	b.announce(1)
	c := attend(t, b.url)
	h := here()
	c.ask(h.sub(), h)
	caught(t, b, c, h)
	one := int64(1)
	want := map[string]eventRow{"a": {K: "a", Ver: 1, T: 1_577_808_000_001, Lon: 121.4901234, Lat: 31.2401234, Level: &one, Text: "警 A"}}
	if diff := cmp.Diff(h.items, want); diff != "" {
		t.Errorf("snapshot (-got +want):\n%s", diff)
	}
	b.happen("a", bund(2))
	b.happen("far", &matter{orb.Point{100, 10}, 1})
	b.happen("a", &matter{orb.Point{100, 10}, 2}) // leaves
	b.happen("a", nil)                            // far away
	b.happen("b", bund(3))
	b.happen("b", nil)
	b.announce(10)
	caught(t, b, c, h)
	if diff := cmp.Diff(h.ids, map[string]bool{"a/2": true, "a/3": true, "b/1": true, "b/2": true}); diff != "" {
		t.Errorf("events (-got +want):\n%s", diff)
	}
	if len(h.items) > 0 {
		t.Errorf("%v are left, want none", h.items)
	}
}

// A client that acknowledges nothing is sent no more than its credit, and all that it
// has missed once it does, from the log: nobody keeps it for it.
func TestEventsOfASlowClientAreReadFromTheLog(t *testing.T) {
	t.Parallel()
	const n = 12_000 // of which the tail keeps a third
	b := newBook(t, nil)
	b.pad = strings.Repeat("x", 200)
	c := attend(t, b.url)
	h := here()
	c.ask(h.sub(), h)
	caught(t, b, c, h)
	c.stall(true)
	for i := range n {
		b.happen(fmt.Sprintf("a%d", i%50), bund(int64(i)))
	}
	b.announce(n)
	// Credit has run out when marks come and their seq stays.
	var at uint64
	for same := 0; same < 3; {
		c.until(func() bool { return h.at > 0 })
		c.mu.Lock()
		if h.at == at {
			same++
		} else {
			at, same = h.at, 0
		}
		c.changed.Wait()
		c.mu.Unlock()
	}
	c.mu.Lock()
	sent := c.bytes
	c.mu.Unlock()
	if most := 1<<20 + 256<<10 + 64<<10; sent > most || len(h.ids) == n {
		t.Errorf("%d bytes were sent without an ack, want at most %d", sent, most)
	}
	c.stall(false)
	caught(t, b, c, h)
	if len(h.ids) != n || h.repeats != 0 {
		t.Errorf("%d events told, %d of them twice, want %d once each", len(h.ids), h.repeats, n)
	}
}

func TestTooManyMissedEventsAreASnapshot(t *testing.T) {
	t.Parallel()
	b := newBook(t, nil)
	c := attend(t, b.url)
	h := here()
	c.ask(h.sub(), h)
	caught(t, b, c, h)
	c.until(func() bool { return h.token != "" })
	token := h.token
	c.ask(map[string]any{"f": "unsub", "sid": 1}, nil)
	for range 50_001 {
		b.happen("a", bund(1))
	}
	b.announce(1)
	late := here()
	late.token = token
	if a := c.ask(late.sub(), late); !a.Resumed {
		t.Errorf("one event missed: %+v, want it resumed", a)
	}
	b.announce(60_000)
	again := here()
	again.token, again.bbox[0] = token, late.bbox[0]
	other := attend(t, b.url)
	if a := other.ask(again.sub(), again); a.Resumed {
		t.Errorf("50,001 events missed: %+v, want it not resumed", a)
	}
	caught(t, b, other, again)
	if diff := cmp.Diff(again.resets, []string{"expired"}); diff != "" {
		t.Errorf("resets (-got +want):\n%s", diff)
	}
}

func TestEventSubscriptionsThatAreRefused(t *testing.T) {
	t.Parallel()
	b := newBook(t, nil)
	c := attend(t, b.url)
	box := map[string]any{"bbox": []float64{121, 31, 122, 32}}
	c.ask(map[string]any{"f": "sub", "stream": "alarms", "area": box, "where": "level > 1"}, nil)
	for name, test := range map[string]struct {
		frame map[string]any
		want  stream.Code
	}{
		"the same":        {map[string]any{"area": box, "where": "(level>1)"}, stream.Duplicate},
		"tiles":           {map[string]any{"area": box, "as": "tiles", "tz": []int{1}}, stream.BadFrame},
		"a camera":        {map[string]any{"area": box, "view": true, "zoom": 12}, stream.BadFrame},
		"no such field":   {map[string]any{"area": box, "where": "colour = 1"}, stream.BadWhere},
		"ids are not":     {map[string]any{"area": box, "where": "id = 1"}, stream.UnknownField},
		"no region":       {map[string]any{"area": map[string]any{"region": "310101"}}, stream.BadArea},
		"fields":          {map[string]any{"area": box, "fields": []string{"colour"}}, stream.UnknownField},
		"not at all":      {map[string]any{"area": map[string]any{}}, stream.BadArea},
		"view of a place": {map[string]any{"f": "view", "sid": 1, "bbox": []float64{121, 31, 122, 32}, "zoom": 1}, stream.NotView},
	} {
		frame := map[string]any{"f": "sub", "stream": "alarms"}
		maps.Copy(frame, test.frame)
		a := c.ask(frame, nil)
		if want := fmt.Sprintf("%q", test.want); a == nil || a.F != "err" || string(a.Code) != want {
			t.Errorf("%s: %+v, want %s", name, a, want)
		}
	}
}

// Without a snapshot, and with some of the fields.
func TestEventsWithoutASnapshot(t *testing.T) {
	t.Parallel()
	b := newBook(t, nil)
	b.happen("a", bund(1))
	b.announce(1)
	c := attend(t, b.url)
	h := here()
	f := h.sub()
	f["init"], f["fields"] = "none", []string{"level"}
	c.ask(f, h)
	c.mu.Lock()
	h.reset = false // none follows
	c.mu.Unlock()
	b.happen("b", bund(2))
	b.announce(1)
	caught(t, b, c, h)
	if len(h.items) != 1 || h.items["b"].Text != "" || *h.items["b"].Level != 2 {
		t.Errorf("holds %+v, want b alone, without its text", h.items)
	}
}

// A client that is told to go goes on at the token of bye.
func TestByeHasTokensOfEvents(t *testing.T) {
	t.Parallel()
	b := newBook(t, nil)
	c := attend(t, b.url)
	h := here()
	c.ask(h.sub(), h)
	caught(t, b, c, h)
	c.until(func() bool { return h.token != "" })
	b.hub.Close(t.Context())
	c.until(func() bool { return c.gone })
	if c.bye == nil || c.bye.Tokens["1"] == "" {
		t.Errorf("bye is %+v, want it with a token", c.bye)
	}
}

// While the tailer has not begun there is nothing that a subscription could go on from.
func TestEventStreamsWaitForTheirTailer(t *testing.T) {
	t.Parallel()
	b := newBook(t, func(c *stream.Config) { c.Logs = append(c.Logs, &silentLog{}) })
	c := attend(t, b.url)
	a := c.ask(map[string]any{"f": "sub", "stream": "silent", "area": map[string]any{"bbox": []float64{1, 1, 2, 2}}}, nil)
	if want := fmt.Sprintf("%q", stream.Unavailable); a == nil || string(a.Code) != want {
		t.Errorf("answer %+v, want %s", a, want)
	}
}

type silentLog struct{ book }

// Describe is a stream that nobody announces.
func (*silentLog) Describe() stream.Description { return stream.Description{Name: "silent"} }
