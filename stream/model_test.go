package stream_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

// steps is how far a walk goes: not far, for the race detector. YIPING_TEST_STEPS has
// it go another distance (make test/walks: 10,000).
func steps() int {
	if n, err := strconv.Atoi(os.Getenv("YIPING_TEST_STEPS")); err == nil {
		return n
	}
	return 2000
}

// A random walk of changes, subscriptions, moving cameras, clients that stall and
// connections that break: after quiet, every client holds what the features are (I1),
// never held what was none of its business (I2), never missed a link of the chain
// (I3), and after a resume has what a snapshot would have given (I6).
func TestWalk(t *testing.T) {
	t.Parallel()
	w := newWalk(t, newWorld(t, nil), "live1.json")
	w.run()
	if w.resumed == 0 || w.rows == 0 {
		t.Errorf("%d resumes went on, %d rows were compared: the walk proves nothing", w.resumed, w.rows)
	}
}

// The same with a stream in memory, whose rows are counted by cell where they are too
// many, as text and as binary frames.
func TestWalkInMemory(t *testing.T) {
	for _, protocol := range []string{"live1.json", "live1.bin"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			w := newWalk(t, newFleetWorld(t, nil), protocol)
			w.run()
			if w.resumed == 0 || w.rows == 0 || w.cells == 0 {
				t.Errorf("%d resumes went on, %d rows and %d cells were compared: the walk proves nothing", w.resumed, w.rows, w.cells)
			}
		})
	}
}

// The same with a stream of cells, whose resolution follows the camera.
func TestWalkOverCells(t *testing.T) {
	for _, protocol := range []string{"live1.json", "live1.bin"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			w := newWalk(t, newGridWorld(t, nil), protocol)
			w.run()
			if w.resumed == 0 || w.cells == 0 || len(w.levels) < gridFinest-gridCoarsest {
				t.Errorf("%d resumes went on, %d cells of %d resolutions were compared: the walk proves nothing", w.resumed, w.cells, len(w.levels))
			}
		})
	}
}

func newWalk(t *testing.T, world *world, protocol string) *walk {
	t.Helper()
	seed := rand.Uint64()
	if s, err := strconv.ParseUint(os.Getenv("YIPING_TEST_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("again with YIPING_TEST_SEED=%d", seed)
	w := &walk{t: t, world: world, protocol: protocol, levels: map[string]bool{}, r: rand.New(rand.NewPCG(seed, 1))}
	for range 3 {
		w.clients = append(w.clients, connectAs(t, w.world, protocol, ""))
	}
	return w
}

func (w *walk) run() {
	w.t.Helper()
	for step := range steps() {
		w.step()
		if step%100 == 99 {
			w.settle()
		}
		if w.t.Failed() {
			w.t.Fatalf("after %d steps", step+1)
		}
	}
	if w.named == 0 {
		w.t.Error("no row of a named area was compared: the walk proves less than it says")
	}
	w.t.Logf("%d edits of areas, %d rows of such", w.edits, w.named)
	w.t.Logf("%d snapshots by %d resumes, %d checks of %d rows and %d cells", w.fresh, w.resumes, w.checks, w.rows, w.cells)
}

type walk struct {
	*world
	t        *testing.T
	r        *rand.Rand
	protocol string
	clients  []*client

	// levels are the resolutions of cells that were compared.
	levels map[string]bool

	resumes, resumed, fresh, checks, rows, cells, edits, named int
}

func (w *walk) step() {
	i := w.r.IntN(len(w.clients))
	c := w.clients[i]
	switch n := w.r.IntN(103); {
	case n >= 100:
		w.edit()
	case n < 60:
		w.change(w.t, w.changes())
	case n < 72:
		w.subscribe(c)
	case n < 78:
		w.unsubscribe(c)
	case n < 90:
		w.look(c)
	case n < 95:
		w.stall(c)
	case n < 99:
		w.clients[i] = w.reconnect(c)
	case w.r.IntN(4) == 0:
		w.reload(w.t, w.r)
	}
}

func (w *walk) changes() map[int64]*thing {
	all := map[int64]*thing{}
	for range 1 + w.r.IntN(12) {
		id := 1 + w.r.Int64N(400)
		all[id] = nil
		if w.r.IntN(5) > 0 {
			all[id] = &thing{orb.Point{121.4 + 0.2*w.r.Float64(), 31.1 + 0.2*w.r.Float64()}, w.r.Int64N(100)}
		}
	}
	return all
}

func (w *walk) box() [4]float64 {
	lon, lat := 121.4+0.2*w.r.Float64(), 31.1+0.2*w.r.Float64()
	side := 0.01 + 0.05*w.r.Float64()
	return [4]float64{lon, lat, lon + side, lat + side}
}

func (w *walk) subscribe(c *client) {
	h := &held{area: area{bbox: w.box(), above: -1}, in: "objects", rows: map[string]row{}}
	if w.fleet != nil {
		h.most = 100
		if w.r.IntN(2) == 0 { // much of all
			h.bbox = [4]float64{121.4, 31.1, 121.5 + 0.1*w.r.Float64(), 31.2 + 0.1*w.r.Float64()}
		}
		if w.r.IntN(5) == 0 {
			h.lod = "h3:8"
		}
	}
	if w.grid != nil {
		w.aim(h)
	}
	if w.r.IntN(2) == 0 {
		h.above = w.r.Int64N(100)
	}
	switch w.r.IntN(3) {
	case 0:
		h.view = true
	case 1:
		b := h.bbox
		h.polygon = orb.Polygon{{{b[0], b[1]}, {b[2], b[1]}, {b[2], b[3]}, {b[0], b[1]}}}
	}
	if w.r.IntN(4) == 0 {
		if h.name = w.name(); !w.atlas.has(h.name) {
			return
		}
		h.view, h.polygon, h.atlas, h.since = false, nil, w.atlas, w.atlas.edits(h.name)
	} else if w.r.IntN(4) == 0 { // what others have as well
		h.area = area{bbox: [4]float64{121.4, 31.1, 121.45, 31.15 + 0.15*float64(w.r.IntN(2))}, above: -1}
		h.view, h.lod = false, ""
	}
	// A client has few subscriptions, so that a step costs little.
	if c.count() < 6 {
		c.ask(h.sub(), h)
	}
}

// aim gives a subscription to cells a level of detail, or as few rows as have it look
// for a coarser one.
func (w *walk) aim(h *held) {
	h.zoom = w.zoom()
	switch w.r.IntN(3) {
	case 0:
		h.most = 100
	case 1:
		h.lod = "h3:" + strconv.Itoa(gridCoarsest+w.r.IntN(2))
	}
}

// zoom is one of a camera.
func (w *walk) zoom() float64 {
	if w.grid == nil {
		return 13.5 + w.r.Float64()
	}
	return 9 + 6*w.r.Float64()
}

// name is that of one of a few areas. Rows of the layer say by themselves in which
// region they lie.
func (w *walk) name() string {
	if names := []string{"F-1", "F-2", "F-3", "310101", "310104001"}; w.fleet != nil {
		return names[w.r.IntN(5)]
	}
	return fmt.Sprintf("F-%d", 1+w.r.IntN(3))
}

// edit draws a named area or deletes it.
func (w *walk) edit() {
	if n := w.name(); w.r.IntN(5) == 0 {
		w.atlas.remove(n)
	} else {
		w.atlas.draw(n, w.box())
	}
	w.hub.Reshaped()
	w.edits++
}

func (c *client) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.subs)
}

// some is one of the subscriptions of a client that is a view, or any.
func (w *walk) some(c *client, view bool) *held {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*held
	for _, h := range c.subs {
		if h.view || !view {
			all = append(all, h)
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(a, b *held) int { return int(a.sid) - int(b.sid) })
	return all[w.r.IntN(len(all))]
}

func (w *walk) unsubscribe(c *client) {
	if h := w.some(c, false); h != nil {
		c.ask(map[string]any{"f": "unsub", "sid": h.sid}, nil)
		c.mu.Lock()
		delete(c.subs, h.sid)
		c.mu.Unlock()
	}
}

// look moves a camera a little or far. The answer may never come: of many cameras
// the newest is served.
func (w *walk) look(c *client) {
	h := w.some(c, true)
	if h == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	b := w.box()
	if w.r.IntN(2) == 0 {
		b = h.bbox
		for i := range b {
			b[i] += 0.004 * w.r.Float64()
		}
	}
	c.ref++
	h.zoom = w.zoom()
	c.write(map[string]any{"f": "view", "ref": c.ref, "sid": h.sid, "bbox": b, "zoom": h.zoom})
}

// stall has a client stop or go on acknowledging.
func (w *walk) stall(c *client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stalled = !c.stalled; !c.stalled && len(c.waiting) > 0 {
		c.write(map[string]any{"f": "ack", "a": c.waiting})
		c.waiting = nil
	}
}

// reconnect breaks a connection and goes on, on another, from the tokens.
func (w *walk) reconnect(c *client) *client {
	_ = c.ws.Close()
	c.until(func() bool { return c.gone })
	next := connectAs(w.t, w.world, w.protocol, "")
	for _, h := range c.subs {
		h.next, h.parts = nil, nil
		if w.r.IntN(20) == 0 {
			h.token = "AQ" + h.token
		}
		w.resumes++
		answer := next.ask(h.sub(), h)
		switch {
		case h.name != "" && !w.atlas.has(h.name): // it is not there any more
		case answer == nil || answer.F == "err":
			w.t.Errorf("resume: %+v", answer)
		case answer.Resumed:
			w.resumed++
		default:
			w.fresh++
		}
	}
	return next
}

// settle waits for quiet and compares.
func (w *walk) settle() {
	epoch, seq := w.hub.At(w.stream)
	for _, c := range w.clients {
		if c.stalled {
			w.stall(c)
		}
		c.flushed() // the server has seen all edits
		if !c.until(func() bool {
			for _, h := range c.subs {
				if h.epoch != epoch || h.at < seq || h.reset || h.due || h.next != nil || h.parts != nil {
					return false
				}
			}
			return true
		}) {
			w.t.Fatalf("the connection ended with %d", c.code)
		}
		c.drain()
		c.mu.Lock()
		for _, h := range c.subs {
			got, want := map[string]int64{}, w.want(&h.area)
			for k, r := range h.rows {
				got[k] = r.Floors + int64(r.N)
			}
			if resolution, cells := strings.CutPrefix(h.in, "h3:"); cells {
				want = w.counted(&h.area, resolution)
				w.cells += len(want)
				w.levels[resolution] = true
			}
			if diff := cmp.Diff(got, want); diff != "" {
				w.t.Errorf("subscription %d (view %v, %v) holds (-got +want):\n%s", h.sid, h.view, h.area, diff)
			}
			w.checks++
			w.rows += len(want)
			if h.name != "" {
				h.since = w.atlas.edits(h.name)
				w.named += len(want)
			}
		}
		c.mu.Unlock()
	}
}

// drain waits until the cameras are where they shall be: one is served after
// another, and the bbox in force comes with the rows.
func (c *client) drain() {
	for _, h := range c.list() {
		if !h.view {
			continue
		}
		c.mu.Lock()
		b := h.bbox
		zoom := h.looksAt()
		c.mu.Unlock()
		// What the first has sent anew has been announced when the second is answered.
		for range 2 {
			c.ask(map[string]any{"f": "view", "sid": h.sid, "bbox": b, "zoom": zoom}, nil)
		}
		c.until(func() bool { return h.bbox == h.inForce && h.next == nil && h.parts == nil && !h.reset })
	}
}

func (c *client) list() (all []*held) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.subs {
		all = append(all, h)
	}
	return all
}
