package live

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yiping/geo/cell"
	"yiping/heatmap"
	"yiping/layers"
	"yiping/stream"
)

// The fields of rows; in binary frames all of them are metrics.
const (
	fieldDevices   = "n"
	fieldDensity   = "d"
	fieldIn        = "in"
	fieldOut       = "out"
	fieldSynthetic = "synthetic"
)

// table is the stream of a run. Closed, it has no view.
type table struct {
	about stream.Description
	// offered is the newest frame that has not become rows.
	offered atomic.Pointer[offer]
	// current is replaced under mu, and nil once the table is closed.
	current atomic.Pointer[picture]

	mu    sync.Mutex
	owner *Feed
	// anew says that the hub has not been told of another beginning, or of the end.
	anew bool
	// gone is what has left each level of current.
	gone []gone
}

// offer is a frame, and when it, or one that it has replaced, was made.
type offer struct {
	feed  *Feed
	frame *heatmap.Frame
	made  time.Time
}

var _ stream.Levels = (*table)(nil)

func newTable(name string, coarsest, finest int) *table {
	rows := &layers.Layer{
		Name: name, Title: layers.Text{Zh: "热力", En: "Heat"}, Geometry: layers.Point,
		Properties: []layers.Property{
			{Name: fieldDevices, Title: layers.Text{Zh: "设备数", En: "Devices"}, Type: layers.Integer, Required: true},
			{Name: fieldDensity, Title: layers.Text{Zh: "密度", En: "Density"}, Type: layers.Number, Unit: "1/m²", Required: true},
			{Name: fieldIn, Title: layers.Text{Zh: "流入", En: "In"}, Type: layers.Integer, Unit: "1/min", Required: true},
			{Name: fieldOut, Title: layers.Text{Zh: "流出", En: "Out"}, Type: layers.Integer, Unit: "1/min", Required: true},
			{Name: fieldSynthetic, Title: layers.Text{Zh: "合成数据", En: "Synthetic"}, Type: layers.Boolean, Required: true},
		},
	}
	t := &table{about: stream.Description{Name: name, Rows: rows, Schema: 2, Coarsest: coarsest, Finest: finest}}
	for _, p := range rows.Properties {
		t.about.Metrics = append(t.about.Metrics, p.Name)
	}
	return t
}

// begin has the table show the frames of a feed alone, from an empty one on.
func (t *table) begin(f *Feed) {
	t.mu.Lock()
	defer t.mu.Unlock()
	levels := t.about.Finest - t.about.Coarsest + 1
	t.owner, t.anew, t.gone = f, true, make([]gone, levels)
	t.current.Store(&picture{epoch: rand.Text(), coarsest: t.about.Coarsest, levels: make([]level, levels)})
}

// end leaves the table without a view, if a feed has it.
func (t *table) end(f *Feed) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.owner != f {
		return false
	}
	t.owner, t.anew, t.gone = nil, true, nil
	t.current.Store(nil)
	return true
}

// offer hands a frame on to tell.
func (t *table) offer(f *Feed, frame *heatmap.Frame) {
	made := time.Now()
	if waiting := t.offered.Load(); waiting != nil && waiting.feed == f {
		made = waiting.made
	}
	t.offered.Store(&offer{f, frame, made})
}

// tell makes rows of what was offered, and tells the hub. It is called by one goroutine
// at a time.
func (t *table) tell(hub Hub) {
	o := t.offered.Swap(nil)
	t.mu.Lock()
	anew := t.anew
	t.anew = false
	before := t.current.Load()
	next := before
	var touches []stream.Touch
	if o != nil && o.feed == t.owner && before != nil {
		next, touches = before.next(o.frame)
		for _, touch := range touches {
			if !touch.Is {
				t.gone[cell.Cell(touch.ID).Resolution()-t.about.Coarsest].add(next.seq, cell.Cell(touch.ID))
			}
		}
		t.current.Store(next)
	}
	t.mu.Unlock()
	switch {
	case anew: // all subscriptions read what is there now
		hub.Replace(t.about.Name, next.Position())
	case next != before:
		hub.Touch(t.about.Name, touches, next.Position(), o.made)
	}
}

// Describe says what rows are like.
func (t *table) Describe() stream.Description { return t.about }

// View is the cells of all resolutions, of which those of any can be found.
func (t *table) View() stream.View {
	if p := t.current.Load(); p != nil {
		return whole{view{p, p.coarsest}}
	}
	return nil
}

// Level is the cells of one resolution.
func (t *table) Level(resolution int) stream.Table { return resolved{t, resolution} }

// Since visits what has changed in all resolutions.
func (t *table) Since(ctx context.Context, position string, limit int, visit func(stream.Past)) error {
	for resolution := t.about.Coarsest; resolution <= t.about.Finest; resolution++ {
		if err := t.Level(resolution).Since(ctx, position, limit, visit); err != nil {
			return err
		}
	}
	return nil
}

// resolved is a table in one resolution.
type resolved struct {
	*table

	resolution int
}

// View is the cells as they are now; nil once the stream is closed.
func (r resolved) View() stream.View {
	if p := r.current.Load(); p != nil {
		return view{p, r.resolution}
	}
	return nil
}

// Since visits what has changed in the resolution.
func (r resolved) Since(_ context.Context, position string, limit int, visit func(stream.Past)) error {
	r.mu.Lock()
	p := r.current.Load()
	if p == nil {
		r.mu.Unlock()
		return stream.ErrEpoch
	}
	left := r.gone[r.resolution-p.coarsest]
	r.mu.Unlock()
	epoch, number, _ := strings.Cut(position, ".")
	seq, err := strconv.ParseUint(number, 10, 64)
	if epoch != p.epoch || err != nil {
		return stream.ErrEpoch
	}
	cells, ok := left.after(seq)
	if !ok || len(cells) > limit {
		return stream.ErrExpired
	}
	n := len(cells)
	for _, c := range cells {
		visit(stream.Past{ID: int64(c.cell), Was: true, Old: boxAt(anchor(c.cell))})
	}
	l := p.level(r.resolution)
	for i, changed := range l.changed {
		if changed <= seq {
			continue
		}
		if n++; n > limit {
			return stream.ErrExpired
		}
		visit(stream.Past{ID: int64(l.cells[i].Cell), Was: true, Old: boxAt(l.at[i])})
	}
	return nil
}
