package stream_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"
)

// eventFrame is what an EVENT subscription is sent.
type eventFrame struct {
	F       string                       `json:"f"`
	Ref     *uint32                      `json:"ref"`
	SID     *uint32                      `json:"sid"`
	Epoch   string                       `json:"epoch"`
	Seq     uint64                       `json:"seq"`
	Resumed bool                         `json:"resumed"`
	Cut     uint64                       `json:"cut"`
	Part    int                          `json:"part"`
	Of      int                          `json:"of"`
	Prev    uint64                       `json:"prev"`
	ID      string                       `json:"id"`
	T       int64                        `json:"t"`
	TR      int64                        `json:"tr"`
	Kind    string                       `json:"kind"`
	Key     string                       `json:"key"`
	Ver     int64                        `json:"ver"`
	In      bool                         `json:"in"`
	Body    *eventRow                    `json:"body"`
	Rows    []eventRow                   `json:"rows"`
	Token   string                       `json:"token"`
	Code    json.RawMessage              `json:"code"`
	Why     string                       `json:"why"`
	Tokens  map[string]string            `json:"tokens"`
	Streams []map[string]json.RawMessage `json:"streams"`
}

type eventRow struct {
	K     string  `json:"k"`
	Ver   int64   `json:"ver"`
	T     int64   `json:"t"`
	Lon   float64 `json:"lon"`
	Lat   float64 `json:"lat"`
	Level *int64  `json:"level"`
	Text  string  `json:"text"`
}

// heard is an EVENT subscription as its client has it.
type heard struct {
	area
	at    uint64
	epoch string
	token string
	cut   uint64 // of the last snapshot, in cutOf
	cutOf string
	items map[string]eventRow
	next  map[string]eventRow // of a snapshot that is not complete
	// vers are the greatest versions of keys, also of those that have gone.
	vers    map[string]int64
	ids     map[string]bool // of events, since the last snapshot
	repeats int
	reset   bool // a snapshot is due
	resets  []string
}

func (h *heard) sub() map[string]any {
	f := map[string]any{"f": "sub", "stream": "alarms", "area": map[string]any{"bbox": h.bbox}}
	if h.name != "" {
		f["area"] = areaOf(h.name)
	}
	if h.above >= 0 {
		f["where"] = fmt.Sprintf("level > %d", h.above)
	}
	if h.token != "" {
		f["resume"] = h.token
	}
	return f
}

// eventClient checks what it is told. Its goroutine ends with the connection.
type eventClient struct {
	t  *testing.T
	ws *websocket.Conn

	mu      sync.Mutex
	changed *sync.Cond
	subs    map[uint32]*heard
	asked   map[uint32]*heard
	answers map[uint32]*eventFrame
	hello   *eventFrame
	bye     *eventFrame
	ref     uint32
	bytes   int
	stalled bool
	waiting [][]uint64
	gone    bool
}

// attend connects without compression: under the race detector a pool of compressors
// keeps few, and making one for each event took most of a walk's time.
func attend(t *testing.T, url string) *eventClient {
	t.Helper()
	ws, _, err := dialWith(t, &websocket.Dialer{Subprotocols: []string{"live1.json"}}, url, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &eventClient{t: t, ws: ws, subs: map[uint32]*heard{}, asked: map[uint32]*heard{}, answers: map[uint32]*eventFrame{}}
	c.changed = sync.NewCond(&c.mu)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.read()
	}()
	t.Cleanup(func() {
		_ = ws.Close()
		<-ended
	})
	return c
}

func (c *eventClient) read() {
	for {
		_, data, err := c.ws.ReadMessage()
		c.mu.Lock()
		if err != nil {
			c.gone = true
			c.changed.Broadcast()
			c.mu.Unlock()
			return
		}
		var f eventFrame
		if err := json.Unmarshal(data, &f); err != nil {
			c.t.Errorf("%v in %s", err, data)
		}
		c.bytes += len(data)
		if ack := c.take(&f); ack != nil {
			c.waiting = append(c.waiting, ack)
		}
		c.settle()
		c.changed.Broadcast()
		c.mu.Unlock()
	}
}

// settle acknowledges, unless the client is stalled. The lock is held.
func (c *eventClient) settle() {
	if c.stalled || len(c.waiting) == 0 {
		return
	}
	_ = c.ws.WriteJSON(map[string]any{"f": "ack", "a": c.waiting}) // a connection that has ended shows in read
	c.waiting = nil
}

func (c *eventClient) take(f *eventFrame) (ack []uint64) {
	switch {
	case f.F == "hello":
		c.hello = f
		return nil
	case f.F == "bye":
		c.bye = f
		return nil
	case f.Ref != nil:
		c.answers[*f.Ref] = f
		if h := c.asked[*f.Ref]; h != nil && f.F == "ok" {
			h.at, h.epoch, h.reset = f.Seq, f.Epoch, !f.Resumed
			c.subs[*f.SID] = h
		}
		return nil
	}
	h := c.subs[*f.SID]
	if h == nil {
		return nil
	}
	switch f.F {
	case "reset":
		h.epoch, h.reset, h.next = f.Epoch, true, nil
		h.resets = append(h.resets, f.Why)
	case "snap":
		c.snap(h, f)
		return []uint64{uint64(*f.SID), f.Cut, uint64(f.Part)}
	case "event":
		c.event(h, f)
		return []uint64{uint64(*f.SID), f.Seq}
	case "err":
		delete(c.subs, *f.SID)
	case "mark":
		if f.Token != "" {
			h.token = f.Token
		}
		if !h.reset {
			h.at = f.Seq
		}
	}
	return nil
}

func (c *eventClient) snap(h *heard, f *eventFrame) {
	if f.Part == 1 {
		h.next = map[string]eventRow{}
	}
	for _, r := range f.Rows {
		h.next[r.K] = r
		c.check(h, r)
	}
	if f.Part < f.Of {
		return
	}
	h.items, h.next, h.reset = h.next, nil, false
	h.at, h.cut, h.epoch, h.cutOf = f.Cut, f.Cut, f.Epoch, f.Epoch
	h.ids, h.vers = map[string]bool{}, map[string]int64{}
	for k, r := range h.items {
		h.vers[k] = r.Ver
	}
}

func (c *eventClient) event(h *heard, f *eventFrame) {
	if h.reset || f.Prev != h.at || f.Seq <= f.Prev { // I3
		c.t.Errorf("at %d (reset %v) came event %s from %d to %d", h.at, h.reset, f.ID, f.Prev, f.Seq)
	}
	h.at = f.Seq
	if h.ids[f.ID] {
		h.repeats++
	}
	h.ids[f.ID] = true
	if f.Ver < h.vers[f.Key] {
		return
	}
	h.vers[f.Key] = f.Ver
	if f.In {
		c.check(h, *f.Body)
		h.items[f.Key] = *f.Body
	} else {
		delete(h.items, f.Key)
	}
}

// check is invariant I2.
func (c *eventClient) check(h *heard, r eventRow) {
	if r.Level == nil || !h.mayHold(orb.Point{r.Lon, r.Lat}, *r.Level) {
		c.t.Errorf("a subscription over %v got a row outside: %+v", h.area, r)
	}
}

func (c *eventClient) ask(f map[string]any, h *heard) *eventFrame {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ref++
	ref := c.ref
	f["ref"] = ref
	if h != nil {
		c.asked[ref] = h
	}
	_ = c.ws.WriteJSON(f)
	for c.answers[ref] == nil && !c.gone {
		c.changed.Wait()
	}
	return c.answers[ref]
}

// until waits until something is so; false if the connection ends before.
func (c *eventClient) until(is func() bool) bool {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for !is() {
		if c.gone {
			return false
		}
		c.changed.Wait()
	}
	return true
}

// stall has the client stop or go on acknowledging.
func (c *eventClient) stall(stalled bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stalled = stalled
	c.settle()
}
