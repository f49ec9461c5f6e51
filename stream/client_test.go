package stream_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// frame is any frame of the server.
type frame struct {
	F       string            `json:"f"`
	Ref     *uint32           `json:"ref"`
	SID     *uint32           `json:"sid"`
	Epoch   string            `json:"epoch"`
	LOD     string            `json:"lod"`
	Seq     uint64            `json:"seq"`
	Resumed bool              `json:"resumed"`
	BBox    *[4]float64       `json:"bbox"`
	Cut     uint64            `json:"cut"`
	Part    int               `json:"part"`
	Of      int               `json:"of"`
	From    uint64            `json:"from"`
	To      uint64            `json:"to"`
	Rows    []row             `json:"rows"`
	Up      []row             `json:"up"`
	Leave   []string          `json:"leave"`
	Del     []string          `json:"del"`
	Tiles   [][3]uint32       `json:"tiles"`
	All     bool              `json:"all"`
	Token   string            `json:"token"`
	Code    json.RawMessage   `json:"code"`
	Why     json.RawMessage   `json:"why"`
	Tokens  map[string]string `json:"tokens"`
	Streams []struct {
		Name string `json:"name"`
	} `json:"streams"`
	Degraded int    `json:"degraded"`
	Msg      string `json:"msg"`
}

type row struct {
	K      string  `json:"k"`
	Ver    uint64  `json:"ver"`
	Lon    float64 `json:"lon"`
	Lat    float64 `json:"lat"`
	Floors int64   `json:"floors"`
	Name   string  `json:"name"`
	N      int     `json:"n"`
	Note   string  `json:"note"`
}

// area is what a subscription is about.
type area struct {
	bbox    [4]float64
	polygon orb.Polygon
	// name is that of a fence or a region instead, in an atlas; since is how often it had
	// been drawn when the client last knew what it was.
	name  string
	atlas *atlas
	since int
	// above takes only more floors; negative takes all.
	above int64
	// anywhere leaves the place to others.
	anywhere bool
}

func (a *area) holds(p orb.Point, floors int64) bool {
	in := a.bbox[0] <= p[0] && p[0] < a.bbox[2] && a.bbox[1] <= p[1] && p[1] < a.bbox[3]
	if a.polygon != nil {
		in = planar.PolygonContains(a.polygon, p)
	}
	if a.name != "" {
		in = a.atlas.has(a.name) && a.atlas.holds(a.name, a.atlas.edits(a.name), p)
	}
	return (in || a.anywhere) && floors > a.above
}

// mayHold is holds for a client: an edit may not have reached it.
func (a *area) mayHold(p orb.Point, floors int64) bool {
	if a.name != "" {
		return a.atlas.holds(a.name, a.since, p) && floors > a.above
	}
	return a.holds(p, floors)
}

// held is a subscription as the client has it.
type held struct {
	area
	// lod is the level that is asked for, most the greatest number of objects; in
	// the one that rows have.
	lod  string
	most int
	in   string
	// zoom is that of the camera, 14 if it is 0.
	zoom float64
	// names are the keys of handles.
	names   map[uint32]string
	namesOf string     // epoch
	inForce [4]float64 // of a view, as the server said last
	sid     uint32
	view    bool
	at      uint64
	epoch   string
	token   string
	rows    map[string]row
	next    map[string]row // of a snapshot that is not complete
	parts   []frame        // of a delta that is not complete
	whole   bool
	ended   bool
	reset   bool   // a snapshot is due
	why     string // of the last reset
	due     bool   // the delta of a resume is due
	// marks are the rungs of the ladder that marks told of, each change once; levels
	// those of detail that snapshots had.
	marks  []int
	frames int
	levels []string
}

// client is a client that checks what it is told. Its goroutine ends with the
// connection.
type client struct {
	t                *testing.T
	stream, protocol string
	ws               *websocket.Conn

	mu      sync.Mutex
	changed *sync.Cond
	subs    map[uint32]*held  // by sid
	asked   map[uint32]*held  // by ref
	answers map[uint32]*frame // ok and err by ref
	others  []frame
	tiles   []frame
	ref     uint32
	stalled bool
	waiting [][]uint64 // acks that a stalled client does not send
	code    int        // of the close frame
	gone    bool
}

// dial connects; status is that of the answer, 0 without one.
func dial(tb testing.TB, url string, header http.Header) (ws *websocket.Conn, status int, err error) {
	tb.Helper()
	return dialAs(tb, url, "live1.json", "", header)
}

func dialAs(tb testing.TB, url, protocol, query string, header http.Header) (ws *websocket.Conn, status int, err error) {
	tb.Helper()
	return dialWith(tb, &websocket.Dialer{Subprotocols: []string{protocol}, EnableCompression: true}, url, query, header)
}

func dialWith(tb testing.TB, d *websocket.Dialer, url, query string, header http.Header) (ws *websocket.Conn, status int, err error) {
	tb.Helper()
	ws, res, err := d.DialContext(tb.Context(), "ws"+strings.TrimPrefix(url, "http")+"/live"+query, header)
	if res != nil {
		status = res.StatusCode
		_ = res.Body.Close()
	}
	return ws, status, err
}

func connect(t *testing.T, w *world) *client {
	t.Helper()
	return connectAs(t, w, "live1.json", "")
}

func connectAs(t *testing.T, w *world, protocol, query string) *client {
	t.Helper()
	ws, _, err := dialAs(t, w.url, protocol, query, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, stream: w.stream, protocol: protocol, ws: ws, subs: map[uint32]*held{}, asked: map[uint32]*held{}, answers: map[uint32]*frame{}}
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

func (c *client) read() {
	for {
		kind, data, err := c.ws.ReadMessage()
		c.mu.Lock()
		if err != nil {
			if e, ok := errors.AsType[*websocket.CloseError](err); ok {
				c.code = e.Code
			}
			c.gone = true
			c.changed.Broadcast()
			c.mu.Unlock()
			return
		}
		var f frame
		if kind == websocket.BinaryMessage {
			f = c.unpack(data)
		} else if err := json.Unmarshal(data, &f); err != nil {
			c.t.Errorf("%v in %s", err, data)
		}
		ack := c.take(&f)
		if ack != nil && c.stalled {
			c.waiting = append(c.waiting, ack)
			ack = nil
		}
		if ack != nil {
			c.write(map[string]any{"f": "ack", "a": [][]uint64{ack}})
		}
		c.changed.Broadcast()
		c.mu.Unlock()
	}
}

// write sends a frame; the lock is held.
func (c *client) write(f any) {
	_ = c.ws.WriteJSON(f) // a connection that has ended shows in read
}

// take acts on a frame and returns what to acknowledge.
func (c *client) take(f *frame) []uint64 {
	if f.Ref != nil && (f.F == "ok" || f.F == "err") {
		c.answers[*f.Ref] = f
		if h := c.asked[*f.Ref]; h != nil && f.F == "ok" {
			delete(c.asked, *f.Ref)
			h.sid, h.at, h.epoch, h.reset, h.due = *f.SID, f.Seq, f.Epoch, !f.Resumed, f.Resumed
			if h.view && f.BBox != nil {
				h.bbox, h.inForce = *f.BBox, *f.BBox
			}
			c.subs[h.sid] = h
		} else if f.F == "ok" && c.subs[*f.SID] != nil && f.BBox != nil {
			c.subs[*f.SID].inForce = *f.BBox // for what comes next
		}
		return nil
	}
	if f.SID == nil || c.subs[*f.SID] == nil {
		c.others = append(c.others, *f)
		return nil
	}
	h := c.subs[*f.SID]
	h.frames++
	switch f.F {
	case "snap":
		return c.snap(h, f)
	case "delta":
		return c.delta(h, f)
	case "tiles":
		c.tiles = append(c.tiles, *f)
		h.at = f.To
		return []uint64{uint64(h.sid), f.To}
	case "mark":
		if n := len(h.marks); n == 0 || h.marks[n-1] != f.Degraded {
			h.marks = append(h.marks, f.Degraded)
		}
		if f.Token != "" {
			h.token = f.Token
		}
		if f.Epoch == h.epoch && !h.reset {
			h.at = max(h.at, f.Seq)
		}
	case "reset":
		h.epoch, h.reset, h.due, h.next, h.parts = f.Epoch, true, false, nil, nil
		h.token = "" // it is of what is given up
		if err := json.Unmarshal(f.Why, &h.why); err != nil {
			c.t.Errorf("%v in the reset of %d", err, h.sid)
		}
	case "err":
		h.ended = true
		delete(c.subs, *f.SID)
	}
	return nil
}

func (c *client) snap(h *held, f *frame) []uint64 {
	if f.Part == 1 {
		h.next = map[string]row{}
		h.in = f.LOD
		h.levels = append(h.levels, f.LOD)
		if h.view {
			h.bbox = h.inForce
		}
	}
	for _, r := range f.Rows {
		h.next[r.K] = r
		c.check(h, r)
	}
	if f.Part == f.Of {
		h.rows, h.next, h.at, h.epoch, h.reset, h.whole = h.next, nil, f.Cut, f.Epoch, false, true
	}
	return []uint64{uint64(h.sid), f.Cut, uint64(f.Part)}
}

// check is invariant I2: no row lies outside its area and filter.
func (c *client) check(h *held, r row) {
	if h.in != "objects" {
		if r.N < 1 {
			c.t.Errorf("cell %s counts %d", r.K, r.N)
		}
		if c.stream == "heat" && !h.mayHold(orb.Point{r.Lon, r.Lat}, int64(r.N)) {
			c.t.Errorf("subscription %d over %v got a cell outside: %+v", h.sid, h.area, r)
		}
		return
	}
	if !h.mayHold(orb.Point{r.Lon, r.Lat}, r.Floors) {
		c.t.Errorf("subscription %d over %v got a row outside: %+v", h.sid, h.area, r)
	}
	if want := fmt.Sprintf("灯 %q", r.K); r.Name != want {
		c.t.Errorf("row %s is named %s, want %s", r.K, r.Name, want)
	}
}

func (c *client) delta(h *held, f *frame) []uint64 {
	if f.From > h.at || h.reset { // I3
		c.t.Errorf("subscription %d is at %d (reset %v), but a delta goes on from %d", h.sid, h.at, h.reset, f.From)
	}
	if h.parts = append(h.parts, *f); f.Part < f.Of {
		return nil
	}
	for _, p := range h.parts {
		if p.BBox != nil {
			h.bbox = *p.BBox
		}
	}
	for _, p := range h.parts {
		for _, r := range p.Up {
			if old, ok := h.rows[r.K]; ok && r.Ver < old.Ver {
				c.t.Errorf("row %s goes back from version %d to %d", r.K, old.Ver, r.Ver)
			}
			h.rows[r.K] = r
			c.check(h, r)
		}
		for _, k := range append(p.Leave, p.Del...) {
			delete(h.rows, k)
		}
	}
	if h.view && h.in == "objects" {
		for k, r := range h.rows {
			if !h.holds(orb.Point{r.Lon, r.Lat}, math.MaxInt64) {
				delete(h.rows, k)
			}
		}
	}
	h.at, h.parts, h.due = f.To, nil, false
	return []uint64{uint64(h.sid), f.To}
}

// ask sends a frame with a ref and returns the answer; nil if the connection ends.
func (c *client) ask(f map[string]any, h *held) *frame {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ref++
	ref := c.ref
	f["ref"] = ref
	if f["f"] == "sub" && f["stream"] == lampStream {
		f["stream"] = c.stream
	}
	if h != nil {
		c.asked[ref] = h
	}
	c.write(f)
	for c.answers[ref] == nil && !c.gone {
		c.changed.Wait()
	}
	return c.answers[ref]
}

// until waits until something is so; false if the connection ends before.
func (c *client) until(is func() bool) bool {
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

// looksAt is the zoom of a camera.
func (h *held) looksAt() float64 { return cmp.Or(h.zoom, 14) }

// sub is the frame of a subscription.
func (h *held) sub() map[string]any {
	f := map[string]any{"f": "sub", "stream": lampStream, "area": map[string]any{"bbox": h.bbox}}
	if h.lod != "" {
		f["lod"] = h.lod
	}
	if h.most > 0 {
		f["max_objects"] = h.most
	}
	if h.polygon != nil {
		f["area"] = map[string]any{"polygon": map[string]any{"type": "Polygon", "coordinates": h.polygon}}
	}
	if h.name != "" {
		f["area"] = areaOf(h.name)
	}
	if h.above >= 0 {
		f["where"] = fmt.Sprintf("floors > %d", h.above)
	}
	if h.view {
		f["view"], f["zoom"] = true, h.looksAt()
	}
	if h.token != "" {
		f["resume"] = h.token
	}
	return f
}
