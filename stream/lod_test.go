package stream_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/stream"
)

// Members of an area of cells are those whose place has one of them for its cell.
func TestAreaOfCells(t *testing.T) {
	t.Parallel()
	w := newFleetWorld(t, nil)
	r := rand.New(rand.NewPCG(5, 5))
	things := map[int64]*thing{}
	for id := range int64(2000) {
		things[id] = &thing{orb.Point{121.4 + 0.2*r.Float64(), 31.1 + 0.2*r.Float64()}, 1}
	}
	w.change(t, things)
	for resolution := 0; resolution <= 9; resolution++ {
		var names []string
		in := map[string]bool{}
		for range 3 {
			c := cell.At(orb.Point{121.4 + 0.2*r.Float64(), 31.1 + 0.2*r.Float64()}, resolution)
			names = append(names, c.String())
			in[c.String()] = true
		}
		want := map[string]bool{}
		for id, x := range things {
			if in[cell.At(place(x.at), resolution).String()] {
				want[strconv.FormatInt(id, 10)] = true
			}
		}
		c := connect(t, w)
		h := &held{area: area{above: -1}, rows: map[string]row{}}
		h.anywhere = true
		f := h.sub()
		f["area"], f["lod"] = map[string]any{"h3": names}, "objects"
		if answer := c.ask(f, h); answer.F != "ok" || answer.BBox != nil {
			t.Fatalf("%+v", answer)
		}
		c.until(func() bool { return h.whole })
		got := map[string]bool{}
		for k := range h.rows {
			got[k] = true
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("cells %v (-got +want):\n%s", names, diff)
		}
	}
}

// The resolution of counts follows the zoom.
func TestResolution(t *testing.T) {
	t.Parallel()
	w := newFleetWorld(t, nil)
	w.change(t, manyLamps(150))
	for _, tt := range []struct {
		zoom float64
		want string
	}{{0, "h3:6"}, {8.99, "h3:6"}, {9, "h3:7"}, {10.5, "h3:8"}, {12, "h3:9"}, {13.5, "h3:10"}, {24, "h3:10"}} {
		c := connect(t, w)
		h := &held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}, most: 100, rows: map[string]row{}}
		f := h.sub()
		f["zoom"] = tt.zoom
		if answer := c.ask(f, h); answer.LOD != tt.want {
			t.Errorf("zoom %v: %s, want %s", tt.zoom, answer.LOD, tt.want)
		}
	}
}

// A camera that moves has its cells counted anew, of the resolution of its zoom.
func TestCameraOverCells(t *testing.T) {
	t.Parallel()
	w := newFleetWorld(t, func(c *stream.Config) { c.Pace.Trouble = c.Pace.Slow })
	w.change(t, manyLamps(150))
	c := connect(t, w)
	h := &held{area: area{bbox: [4]float64{121.3, 31.1, 121.5, 31.3}, above: -1}, view: true, most: 100, rows: map[string]row{}}
	c.ask(h.sub(), h)
	c.until(func() bool { return h.in == "h3:10" })
	for _, tt := range []struct {
		bbox [4]float64
		zoom float64
		want string
	}{{[4]float64{121, 31, 122, 32}, 11, "h3:8"}, {[4]float64{121, 31, 122, 32}, 10.4, "h3:7"}, {[4]float64{121.4, 31.19, 121.402, 31.21}, 18, "objects"}, {[4]float64{121, 31, 122, 32}, 9, "h3:7"}} {
		c.ask(map[string]any{"f": "view", "sid": h.sid, "bbox": tt.bbox, "zoom": tt.zoom}, nil)
		c.until(func() bool { return h.in == tt.want && !h.reset })
	}
}

// A camera is shown cells of the resolution of its zoom, or of the next coarser one that
// has not too many, until they are few again.
func TestCellsFollowTheCamera(t *testing.T) {
	t.Parallel()
	w := newGridWorld(t, func(c *stream.Config) { c.Pace.Trouble = c.Pace.Slow })
	all := [4]float64{121, 31, 122, 32}
	w.change(t, map[int64]*thing{1: {at: orb.Point{121.4, 31.2}}})
	c := connect(t, w)
	h := &held{area: area{bbox: all, above: -1}, view: true, most: 100, zoom: 13, rows: map[string]row{}}
	c.ask(h.sub(), h)
	c.until(func() bool { return h.in == "h3:9" })
	for _, tt := range []struct {
		zoom float64
		want string
	}{{0, "h3:7"}, {10.4, "h3:7"}, {10.5, "h3:8"}, {12, "h3:9"}, {13.5, "h3:10"}, {24, "h3:10"}} {
		c.ask(map[string]any{"f": "view", "sid": h.sid, "bbox": all, "zoom": tt.zoom}, nil)
		c.until(func() bool { return h.in == tt.want && !h.reset && len(h.rows) == 1 })
	}
	spread := map[int64]*thing{}
	for id := range int64(200) {
		spread[id] = &thing{at: orb.Point{121.1 + float64(id%20)*0.01, 31.1 + float64(id/20)*0.01}}
	}
	w.change(t, spread) // about as many cells of resolution 8, and fewer of 7
	c.until(func() bool { return h.in == "h3:7" && !h.reset })
	for id := range spread {
		spread[id] = nil
	}
	spread[1] = &thing{at: orb.Point{121.4, 31.2}}
	w.change(t, spread)
	c.until(func() bool { return h.in == "h3:10" && !h.reset && len(h.rows) == 1 })
}

// What is asked of a stream of cells that it does not have is refused.
func TestCellsRefuse(t *testing.T) {
	t.Parallel()
	w := newGridWorld(t, nil)
	c := connectAs(t, w, "live1.bin", "")
	for _, tt := range []struct {
		name, field string
		value       any
		want        stream.Code
	}{
		{"rows", "lod", "objects", stream.BadFrame},
		{"too fine", "lod", "h3:11", stream.BadFrame},
		{"too coarse", "lod", "h3:6", stream.BadFrame},
		{"tiles", "as", "tiles", stream.BadFrame},
		{"no column", "fields", []string{"name"}, stream.BinaryFields},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := (&held{area: area{bbox: [4]float64{121, 31, 122, 32}, above: -1}}).sub()
			f[tt.field] = tt.value
			if got := c.ask(f, nil); got.F != "err" || string(got.Code) != `"`+string(tt.want)+`"` {
				t.Errorf("got %s %s %s, want %s", got.F, got.Code, got.Msg, tt.want)
			}
		})
	}
}
