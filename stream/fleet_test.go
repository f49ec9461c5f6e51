package stream_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/stream"
)

// fleetStream is the stream of a fleet.
const fleetStream = "vehicles"

// fleet is a table in memory of things that move: floors go as the speed of binary
// frames. Its handles say nothing about keys.
type fleet struct {
	layer *layers.Layer

	mu      sync.Mutex
	epoch   int
	handles map[int64]uint32 // by key
	history []stream.Past
	// asked is called, if it is set, once Since has been answered.
	asked   func()
	current atomic.Pointer[fleetView]
}

// fleetView is a fleet at one moment: its rows by handle.
type fleetView struct {
	layer    *layers.Layer
	position string
	rows     []vehicle
}

type vehicle struct {
	thing

	key   int64
	ver   int
	alive bool
}

var (
	_ stream.Table  = (*fleet)(nil)
	_ stream.Movers = (*fleetView)(nil)
)

func newFleet() *fleet {
	f := &fleet{layer: &layers.Layer{Name: fleetStream, Geometry: layers.Point, Properties: []layers.Property{
		{Name: "floors", Type: layers.Integer}, {Name: "name", Type: layers.String}, {Name: "note", Type: layers.String},
	}}}
	f.restart()
	return f
}

// restart forgets all: the epoch, the handles and the rows.
func (f *fleet) restart() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.epoch++
	f.handles, f.history = map[int64]uint32{}, nil
	f.current.Store(&fleetView{layer: f.layer, position: f.position()})
}

func (f *fleet) position() string { return fmt.Sprintf("%d:%d", f.epoch, len(f.history)) }

func (f *fleet) Describe() stream.Description {
	return stream.Description{Name: fleetStream, Rows: f.layer, Aggregates: true, Schema: 1, Lean: []string{"note"}}
}

func (f *fleet) View() stream.View { return f.current.Load() }

func (f *fleet) Since(_ context.Context, position string, limit int, visit func(stream.Past)) error {
	f.mu.Lock()
	if f.asked != nil {
		defer f.asked()
	}
	defer f.mu.Unlock()
	var epoch, n int
	if _, err := fmt.Sscanf(position, "%d:%d", &epoch, &n); err != nil || epoch != f.epoch {
		return stream.ErrEpoch
	}
	if len(f.history)-n > limit {
		return stream.ErrExpired
	}
	for _, p := range f.history[n:] {
		visit(p)
	}
	return nil
}

// apply makes changes and says what to tell the hub.
func (f *fleet) apply(changes map[int64]*thing) []stream.Touch {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := *f.current.Load()
	v.rows = slices.Clone(v.rows)
	var touches []stream.Touch
	for _, key := range slices.Sorted(maps.Keys(changes)) {
		handle, known := f.handles[key]
		if !known {
			handle = uint32(len(v.rows))
			f.handles[key] = handle
			v.rows = append(v.rows, vehicle{key: key})
		}
		row := &v.rows[handle]
		touch := stream.Touch{ID: int64(handle), Was: row.alive, Old: pointBox(row.at)}
		row.ver = len(f.history)
		if row.alive = changes[key] != nil; row.alive {
			row.thing = *changes[key]
			touch.Is, touch.New = true, pointBox(row.at)
		}
		touches = append(touches, touch)
		f.history = append(f.history, stream.Past{ID: touch.ID, Was: touch.Was, Old: touch.Old})
	}
	v.position = f.position()
	f.current.Store(&v)
	return touches
}

func pointBox(p orb.Point) geo.FixedBox {
	at := geo.FixedAt(p)
	return geo.FixedBox{Min: at, Max: at}
}

func (v *fleetView) Position() string { return v.position }

func (v *fleetView) Find(id int64) (stream.Row, bool) {
	return stream.Row(id), id < int64(len(v.rows)) && v.rows[id].alive
}

func (v *fleetView) ID(r stream.Row) int64            { return int64(r) }
func (v *fleetView) Anchor(r stream.Row) geo.Fixed    { return geo.FixedAt(v.rows[r].at) }
func (v *fleetView) Bounds(r stream.Row) geo.FixedBox { return pointBox(v.rows[r].at) }
func (v *fleetView) Key(handle uint32) string         { return strconv.FormatInt(v.rows[handle].key, 10) }

func (v *fleetView) AppendKey(b []byte, id int64) []byte {
	return strconv.AppendQuote(b, v.Key(uint32(id)))
}

func (v *fleetView) Mover(r stream.Row) stream.Mover {
	row := &v.rows[r]
	p := stream.PlaceOf(v.Anchor(r))
	return stream.Mover{
		Handle: uint32(r), Lon: e7(p[0]), Lat: e7(p[1]), Speed: uint16(row.floors), Heading: 65535,
		State: 2, Time: time.UnixMilli(1_577_808_000_000), Synthetic: row.floors%2 == 0,
	}
}

func (v *fleetView) Writer(fields []string) func(b []byte, r stream.Row) []byte {
	has := func(name string) bool { return fields == nil || slices.Contains(fields, name) }
	floors, name, note := has("floors"), has("name"), has("note")
	return func(b []byte, r stream.Row) []byte {
		row, p := &v.rows[r], stream.PlaceOf(v.Anchor(r))
		b = strconv.AppendInt(append(b, `{"k":"`...), row.key, 10)
		b = strconv.AppendInt(append(b, `","ver":`...), int64(row.ver), 10)
		b = strconv.AppendFloat(append(b, `,"t":1577808000000,"lon":`...), p[0], 'f', -1, 64)
		b = strconv.AppendFloat(append(b, `,"lat":`...), p[1], 'f', -1, 64)
		if floors {
			b = strconv.AppendInt(append(b, `,"floors":`...), row.floors, 10)
		}
		if name {
			b = append(strconv.AppendInt(append(b, `,"name":"灯 \"`...), row.key, 10), `\""`...)
		}
		if note {
			b = append(b, `,"note":"long"`...)
		}
		return append(b, '}')
	}
}

func (v *fleetView) Select(f *cql2.Filter) (stream.Selection, error) {
	s := fleetSelection{view: v}
	if f == nil {
		return s, nil
	}
	values := make([][]any, len(v.rows))
	for i, row := range v.rows {
		values[i] = []any{row.floors}
	}
	m, err := f.Compile(cql2.NewRows([]cql2.Property{{Name: "floors", Type: cql2.Integer}}, values))
	s.matcher = m
	return s, err
}

type fleetSelection struct {
	view    *fleetView
	matcher *cql2.Matcher
}

func (s fleetSelection) Has(r stream.Row) bool {
	return s.view.rows[r].alive && (s.matcher == nil || s.matcher.Match(int(r)) == cql2.True)
}

func (s fleetSelection) Within(box geo.FixedBox, visit func(stream.Row) bool) {
	for i := range s.view.rows {
		r := stream.Row(i)
		if box.Contains(s.view.Anchor(r)) && s.Has(r) && !visit(r) {
			return
		}
	}
}

// newFleetWorld serves a fleet without vehicles.
func newFleetWorld(tb testing.TB, configure func(*stream.Config)) *world {
	tb.Helper()
	w := &world{stream: fleetStream, fleet: newFleet(), things: map[int64]thing{}}
	w.serve(tb, configure)
	return w
}

func e7(degrees float64) int32 { return int32(math.Round(degrees * 1e7)) }
