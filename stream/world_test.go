package stream_test

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
	"go.uber.org/goleak"

	"yiping/geo"
	"yiping/geo/cell"
	"yiping/layers"
	"yiping/layers/image"
	"yiping/stream"
	"yiping/stream/layertable"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite the golden files")
	flag.Parse()
	if url := os.Getenv(crowdVariable); url != "" {
		crowd(url)
		return
	}
	goleak.VerifyTestMain(m)
}

// thing is a feature of the plain model that streams are held against.
type thing struct {
	at     orb.Point
	floors int64
}

// world is a source with a plain history, and a server of its hub.
type world struct {
	hub    *stream.Hub
	url    string
	stream string
	layer  *layers.Layer
	fleet  *fleet // instead of the layer
	grid   *grid  // likewise
	atlas  *atlas

	mu      sync.Mutex
	image   *image.Image
	things  map[int64]thing
	history []stream.Past
	floor   int // positions below are forgotten
}

// lampStream is the stream of lamps.
const lampStream = "layer.lamp"

func lamps() *layers.Layer {
	return &layers.Layer{
		Name: "lamp", Geometry: layers.Point, Zoom: layers.ZoomRange{Max: 22},
		Properties: []layers.Property{
			{Name: "floors", Type: layers.Integer},
			{Name: "name", Type: layers.String, InTiles: true},
			{Name: "note", Type: layers.String},
		},
	}
}

// fast is a pace for tests.
func fast() stream.Pace {
	return stream.Pace{
		Tick: time.Millisecond, SlowestTick: 4 * time.Millisecond, Heartbeat: 10 * time.Millisecond,
		Ping: time.Minute, Slow: time.Hour, Idle: time.Hour, Trouble: 20 * time.Millisecond,
		Health: 20 * time.Millisecond, Views: time.Millisecond, Write: time.Minute,
	}
}

// newWorld serves a layer without features. Nothing is limited that configure does
// not limit.
func newWorld(tb testing.TB, configure func(*stream.Config)) *world {
	tb.Helper()
	w := &world{stream: lampStream, layer: lamps(), things: map[int64]thing{}}
	w.image = image.New(w.layer)
	if err := w.image.Load(nil, w.cut(), "0"); err != nil {
		tb.Fatal(err)
	}
	w.serve(tb, configure)
	return w
}

// serve serves the hub of the world.
func (w *world) serve(tb testing.TB, configure func(*stream.Config)) {
	tb.Helper()
	w.atlas = newAtlas()
	c := stream.Config{
		Tables: w.tables, Shapes: w.atlas, Secret: []byte("a secret of the tests"), Pace: fast(), Limits: stream.DefaultLimits(),
		Tiling: stream.Tiling{SlowZoom: 11, SlowFor: 5 * time.Millisecond, Margin: 65},
	}
	c.Limits.FramesPerSecond, c.Limits.FrameBurst = 1e6, 1e6
	if configure != nil {
		configure(&c)
	}
	w.hub = stream.New(c)
	mux := http.NewServeMux()
	w.hub.Register(func(pattern string, serve func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(rw http.ResponseWriter, r *http.Request) {
			if err := serve(rw, r); err != nil {
				status := http.StatusBadRequest
				if strings.HasPrefix(err.Error(), string(stream.Forbidden)) {
					status = http.StatusForbidden
				}
				rw.WriteHeader(status)
			}
		})
	})
	server := httptest.NewServer(mux)
	w.url = server.URL
	tb.Cleanup(func() {
		w.hub.Close(context.WithoutCancel(tb.Context()))
		server.Close()
	})
}

func (w *world) tables() []stream.Table {
	switch {
	case w.fleet != nil:
		return []stream.Table{w.fleet}
	case w.grid != nil:
		return []stream.Table{w.grid}
	}
	return []stream.Table{layertable.New(w.layer, w)}
}

func (w *world) View(layer string) *image.View {
	if layer != w.layer.Name {
		return nil
	}
	return w.image.View()
}

func (w *world) Since(_ context.Context, _, position string, limit int, visit func(stream.Past)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := strconv.Atoi(position)
	if err != nil || n < w.floor || len(w.history)-n > limit {
		return stream.ErrExpired
	}
	for _, p := range w.history[n:] {
		visit(p)
	}
	return nil
}

func (w *world) cut() layers.Cut {
	return layers.Cut{Time: time.UnixMilli(1_577_808_000_000), Xmin: uint64(len(w.history))}
}

// change makes features what they are given as; nil deletes one.
func (w *world) change(tb testing.TB, changes map[int64]*thing) {
	tb.Helper()
	w.mu.Lock()
	if w.fleet != nil || w.grid != nil {
		for key, now := range changes {
			if delete(w.things, key); now != nil {
				w.things[key] = *now
			}
		}
		touches, position := w.applied(changes)
		w.mu.Unlock()
		w.hub.Touch(w.stream, touches, position, time.Now())
		return
	}
	b := w.image.NewBatch()
	for id, now := range changes {
		if now == nil {
			b.Delete(id)
			delete(w.things, id)
			continue
		}
		w.put(tb, b, id, *now)
		w.things[id] = *now
	}
	// What is in the history comes before what is in the view.
	for id := range changes {
		p := stream.Past{ID: id}
		if row, ok := w.image.View().Find(id); ok {
			a := w.image.View().Anchor(row)
			p.Was, p.Old = true, geo.FixedBox{Min: a, Max: a}
		}
		w.history = append(w.history, p)
	}
	position := strconv.Itoa(len(w.history))
	touches, err := w.image.Apply(b, w.cut(), position)
	w.mu.Unlock()
	if err != nil {
		tb.Fatal(err)
	}
	w.hub.Touch(w.stream, layertable.Touches(touches), position, time.Now())
}

// applied has a stream in memory take changes over that the things have.
func (w *world) applied(changes map[int64]*thing) (touches []stream.Touch, position string) {
	if w.grid != nil {
		return w.grid.show(w.things), w.grid.position()
	}
	return w.fleet.apply(changes), w.fleet.position()
}

func (w *world) put(tb testing.TB, b *image.Batch, id int64, x thing) {
	tb.Helper()
	data, err := ewkb.Marshal(x.at, 4326)
	if err == nil {
		err = b.Row(id, data)
	}
	if err != nil {
		tb.Fatal(err)
	}
	for _, p := range b.Columns() {
		switch p.Name {
		case "floors":
			b.Int(x.floors)
		case "synthetic":
			b.Bool(true)
		case "name":
			b.Text(fmt.Appendf(nil, "灯 \"%d\"", id))
		default:
			b.Null()
		}
	}
}

// reload reads the layer anew, as after a load that nobody told of.
func (w *world) reload(t *testing.T, r *rand.Rand) {
	t.Helper()
	w.hub.Hold(w.stream)
	w.mu.Lock()
	if w.fleet != nil {
		w.fleet.restart()
		w.things = map[int64]thing{}
		w.mu.Unlock()
		w.hub.Replace(w.stream, w.fleet.position())
		return
	}
	if w.grid != nil {
		w.grid.restart()
		w.things = map[int64]thing{}
		w.mu.Unlock()
		w.hub.Replace(w.stream, w.grid.position())
		return
	}
	b := w.image.NewBatch()
	for id := range w.things {
		if r.IntN(10) == 0 {
			delete(w.things, id)
			continue
		}
		w.put(t, b, id, w.things[id])
	}
	w.floor = len(w.history) + 1
	w.history = append(w.history, stream.Past{})
	position := strconv.Itoa(len(w.history))
	err := w.image.Load([]*image.Batch{b}, w.cut(), position)
	w.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	w.hub.Replace(w.stream, position)
}

// place is where a feature is on the wire.
func place(p orb.Point) orb.Point {
	p = geo.FixedAt(p).Point()
	return orb.Point{math.Round(p[0]*1e7) / 1e7, math.Round(p[1]*1e7) / 1e7}
}

// want is what a subscription must hold: floors by key.
func (w *world) want(s *area) map[string]int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	want := map[string]int64{}
	for id, x := range w.things {
		if s.holds(place(x.at), x.floors) {
			want[strconv.FormatInt(id, 10)] = x.floors
		}
	}
	return want
}

// counted is what it must hold of cells.
func (w *world) counted(s *area, resolution string) map[string]int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, _ := strconv.Atoi(resolution)
	if w.grid != nil {
		return w.shown(s, n)
	}
	want := map[string]int64{}
	for _, x := range w.things {
		if p := place(x.at); s.holds(p, x.floors) {
			want[cell.At(p, n).String()]++
		}
	}
	return want
}
