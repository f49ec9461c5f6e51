package stream_test

import (
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/stream"
)

// atlas is fences and regions that are boxes and may be edited. A code of digits is a
// region, everything else a fence.
type atlas struct {
	seed maphash.Seed

	mu     sync.Mutex
	drawn  map[string][]orb.Bound // all that an area has been, the newest last
	exists map[string]bool
}

// sheet is a named area at one moment.
type sheet struct {
	box    orb.Bound
	digest uint64
}

func newAtlas() *atlas {
	return &atlas{seed: maphash.MakeSeed(), drawn: map[string][]orb.Bound{}, exists: map[string]bool{}}
}

func (s sheet) Bound() orb.Bound             { return s.box }
func (s sheet) Holds(p orb.Point) bool       { return s.box.Contains(p) }
func (s sheet) Digest() uint64               { return s.digest }
func (a *atlas) draw(n string, b [4]float64) { a.set(n, &b) }
func (a *atlas) remove(n string)             { a.set(n, nil) }

func (a *atlas) set(name string, box *[4]float64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.exists[name] = box != nil; box != nil {
		a.drawn[name] = append(a.drawn[name], orb.Bound{Min: orb.Point{box[0], box[1]}, Max: orb.Point{box[2], box[3]}})
	}
}

func (a *atlas) Fence(id string) (stream.Shape, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.exists[id] {
		return nil, layers.ErrNotFound
	}
	all := a.drawn[id]
	return sheet{all[len(all)-1], maphash.Comparable(a.seed, all[len(all)-1])}, nil
}

func (a *atlas) Region(code string) (stream.Shape, error) { return a.Fence(code) }

// has reports whether there is an area of the name.
func (a *atlas) has(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.exists[name]
}

// edits is how often an area was drawn.
func (a *atlas) edits(name string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.drawn[name])
}

// holds reports whether a place lies in any of the boxes that an area has been since
// it was drawn so often.
func (a *atlas) holds(name string, since int, p orb.Point) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.ContainsFunc(a.drawn[name][since-1:], func(b orb.Bound) bool { return b.Contains(p) })
}

// areaOf is the area of a name, as it is written.
func areaOf(name string) map[string]any {
	if strings.HasPrefix(name, "F-") {
		return map[string]any{"fence": name}
	}
	return map[string]any{"region": name}
}

// named subscribes to a named area of everything else.
func named(w *world, name string) *held {
	return &held{area: area{name: name, atlas: w.atlas, since: w.atlas.edits(name), above: -1}, in: "objects", rows: map[string]row{}}
}

// flushed waits until the connection has flushed after all that was done before.
func (c *client) flushed() {
	c.t.Helper()
	for range 2 { // the second is answered after the flush that follows the first
		c.ask(map[string]any{"f": "unsub", "sid": 0}, nil)
	}
}

// A fence that is edited is begun anew, also for who comes back; one that is deleted
// ends what is about it.
func TestEditedArea(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"F-1", "310101"} {
		w := newFleetWorld(t, nil)
		w.atlas.draw(name, [4]float64{121.4, 31.1, 121.5, 31.2})
		w.change(t, map[int64]*thing{1: {orb.Point{121.41, 31.11}, 1}, 2: {orb.Point{121.59, 31.29}, 2}})
		c := connect(t, w)
		h := named(w, name)
		if answer := c.ask(h.sub(), h); answer.F != "ok" || answer.BBox != nil {
			t.Fatalf("%+v", answer)
		}
		c.until(func() bool { return h.whole && h.token != "" })
		token := h.token

		w.atlas.draw(name, [4]float64{121.5, 31.2, 121.6, 31.3})
		w.hub.Reshaped()
		if c.until(func() bool { return h.why == "area" && !h.reset }); len(h.rows) != 1 || h.rows["2"].Floors != 2 {
			t.Errorf("%s: after the edit the client holds %v", name, h.rows)
		}
		again := connect(t, w)
		h = named(w, name)
		h.token = token
		if answer := again.ask(h.sub(), h); answer.Resumed {
			t.Errorf("%s: a token of before the edit is resumed", name)
		}
		if again.until(func() bool { return h.whole }); h.why != "area" {
			t.Errorf("%s: reset %q, want area", name, h.why)
		}

		w.hub.Reshaped() // what is as it was goes on
		c.flushed()
		w.atlas.remove(name)
		w.hub.Reshaped()
		c.until(func() bool { return len(c.subs) == 0 })
		if answer := c.ask(named(w, name).sub(), nil); string(answer.Code) != `"bad_area"` {
			t.Errorf("%s: a deleted area is answered with %+v", name, answer)
		}
	}
}

// An EVENT stream begins anew with the items that are open in the new area.
func TestEditedAreaOfEvents(t *testing.T) {
	t.Parallel()
	shapes := newAtlas()
	shapes.draw("F-1", [4]float64{121.4, 31.1, 121.5, 31.2})
	b := newBook(t, func(c *stream.Config) { c.Shapes = shapes })
	b.happen("a", &matter{orb.Point{121.41, 31.11}, 1})
	b.happen("b", &matter{orb.Point{121.59, 31.29}, 2})
	b.announce(2)
	c := attend(t, b.url)
	h := &heard{area: area{name: "F-1", atlas: shapes, since: 1, above: -1}}
	c.ask(h.sub(), h)
	c.until(func() bool { return len(h.items) == 1 && h.items["a"].K == "a" })
	shapes.draw("F-1", [4]float64{121.5, 31.2, 121.6, 31.3})
	b.hub.Reshaped()
	if c.until(func() bool { return slices.Equal(h.resets, []string{"area"}) && !h.reset }); len(h.items) != 1 || h.items["b"].K != "b" {
		t.Errorf("after the edit the client holds %v", h.items)
	}
	shapes.remove("F-1")
	b.hub.Reshaped()
	c.until(func() bool { return len(c.subs) == 0 })
}
