package stream_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"yiping/geo"
	"yiping/geo/cell"
	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/stream"
)

// The resolutions of a grid.
const (
	gridCoarsest = 7
	gridFinest   = 10
)

// grid is a table in memory of things counted by cell: floors are their number.
type grid struct {
	layer *layers.Layer

	mu      sync.Mutex
	epoch   int
	history []cell.Cell // that have changed, of all resolutions
	centres map[cell.Cell]geo.Fixed
	current atomic.Pointer[picture]
}

// picture is a grid at one moment.
type picture struct {
	grid     *grid
	position string
	ver      int
	counts   map[cell.Cell]int64 // of all resolutions
	sorted   []cell.Cell
	at       []geo.Fixed // the centres of sorted
}

// gridLevel is a grid in one resolution, gridView its cells at a moment.
type (
	gridLevel struct {
		*grid

		resolution int
	}
	gridView struct {
		*picture

		resolution int // 0 is all
	}
)

var (
	_ stream.Levels = (*grid)(nil)
	_ stream.Cells  = gridView{}
)

func newGrid() *grid {
	g := &grid{centres: map[cell.Cell]geo.Fixed{}, layer: &layers.Layer{Name: "heat", Geometry: layers.Point, Properties: []layers.Property{
		{Name: "n", Type: layers.Integer}, {Name: "floors", Type: layers.Integer},
	}}}
	g.restart()
	return g
}

// restart forgets all.
func (g *grid) restart() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.epoch++
	g.history = nil
	g.current.Store(&picture{grid: g, position: g.position()})
}

func (g *grid) position() string { return fmt.Sprintf("%d:%d", g.epoch, len(g.history)) }

func (g *grid) Describe() stream.Description {
	return stream.Description{
		Name: "heat", Rows: g.layer, Schema: 2, Metrics: []string{"n", "floors"}, Coarsest: gridCoarsest, Finest: gridFinest,
	}
}

func (g *grid) View() stream.View                 { return gridView{g.current.Load(), 0} }
func (g *grid) Level(resolution int) stream.Table { return gridLevel{g, resolution} }
func (l gridLevel) View() stream.View             { return gridView{l.current.Load(), l.resolution} }

func (g *grid) Since(_ context.Context, position string, limit int, visit func(stream.Past)) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var epoch, n int
	if _, err := fmt.Sscanf(position, "%d:%d", &epoch, &n); err != nil || epoch != g.epoch {
		return stream.ErrEpoch
	}
	if len(g.history)-n > limit {
		return stream.ErrExpired
	}
	for _, c := range g.history[n:] {
		visit(stream.Past{ID: int64(c), Was: true, Old: geo.FixedBox{Min: g.centre(c), Max: g.centre(c)}})
	}
	return nil
}

// show replaces all cells by the counts of things, and says what to tell the hub.
func (g *grid) show(things map[int64]thing) []stream.Touch {
	g.mu.Lock()
	defer g.mu.Unlock()
	before := g.current.Load()
	next := &picture{grid: g, counts: map[cell.Cell]int64{}}
	for _, x := range things {
		finest := cell.At(x.at, gridFinest)
		for r := gridCoarsest; r <= gridFinest; r++ {
			next.counts[finest.Parent(r)]++
		}
	}
	next.sorted = slices.Sorted(maps.Keys(next.counts))
	for _, c := range next.sorted {
		next.at = append(next.at, g.centre(c))
	}
	both := maps.Clone(next.counts)
	maps.Copy(both, before.counts)
	var touches []stream.Touch
	for _, c := range slices.Sorted(maps.Keys(both)) {
		if was, is := before.counts[c], next.counts[c]; was != is {
			at := geo.FixedBox{Min: g.centre(c), Max: g.centre(c)}
			touches = append(touches, stream.Touch{ID: int64(c), Was: was > 0, Is: is > 0, Old: at, New: at})
			g.history = append(g.history, c)
		}
	}
	next.position, next.ver = g.position(), len(g.history)
	g.current.Store(next)
	return touches
}

// centre is the middle of a cell. The lock is held.
func (g *grid) centre(c cell.Cell) geo.Fixed {
	at, ok := g.centres[c]
	if !ok {
		at = geo.FixedAt(c.Center())
		g.centres[c] = at
	}
	return at
}

func (p *picture) Position() string { return p.position }

func (v gridView) Find(id int64) (stream.Row, bool) {
	i, ok := slices.BinarySearch(v.sorted, cell.Cell(id))
	return stream.Row(i), ok && (v.resolution == 0 || cell.Cell(id).Resolution() == v.resolution)
}

func (p *picture) ID(r stream.Row) int64            { return int64(p.sorted[r]) }
func (p *picture) Anchor(r stream.Row) geo.Fixed    { return p.at[r] }
func (p *picture) Bounds(r stream.Row) geo.FixedBox { return geo.FixedBox{Min: p.at[r], Max: p.at[r]} }

func (p *picture) AppendKey(b []byte, id int64) []byte {
	return strconv.AppendQuote(b, cell.Cell(id).String())
}

func (p *picture) AppendMetrics(b []float32, r stream.Row) []float32 {
	n := float32(p.counts[p.sorted[r]])
	return append(b, n, n)
}

func (p *picture) Writer([]string) func(b []byte, r stream.Row) []byte {
	return func(b []byte, r stream.Row) []byte {
		c, at := p.sorted[r], stream.PlaceOf(p.Anchor(r))
		return fmt.Appendf(b, `{"k":%q,"ver":%d,"t":1577808000000,"lon":%.7f,"lat":%.7f,"n":%d}`, c, p.ver, at[0], at[1], p.counts[c])
	}
}

func (v gridView) Select(f *cql2.Filter) (stream.Selection, error) {
	s := gridSelection{v: v}
	if f == nil {
		return s, nil
	}
	values := make([][]any, len(v.sorted))
	for i, c := range v.sorted {
		values[i] = []any{v.counts[c]}
	}
	m, err := f.Compile(cql2.NewRows([]cql2.Property{{Name: "floors", Type: cql2.Integer}}, values))
	s.matcher = m
	return s, err
}

type gridSelection struct {
	v       gridView
	matcher *cql2.Matcher
}

func (s gridSelection) Has(r stream.Row) bool {
	return s.matcher == nil || s.matcher.Match(int(r)) == cql2.True
}

func (s gridSelection) Within(box geo.FixedBox, visit func(stream.Row) bool) {
	for i, c := range s.v.sorted {
		r := stream.Row(i)
		if c.Resolution() == s.v.resolution && box.Contains(s.v.Anchor(r)) && s.Has(r) && !visit(r) {
			return
		}
	}
}

// newGridWorld serves a grid without cells.
func newGridWorld(tb testing.TB, configure func(*stream.Config)) *world {
	tb.Helper()
	w := &world{stream: "heat", grid: newGrid(), things: map[int64]thing{}}
	w.serve(tb, configure)
	return w
}

// shown is what a subscription must hold of a grid's cells, by key.
func (w *world) shown(s *area, resolution int) map[string]int64 {
	all := map[cell.Cell]int64{}
	for _, x := range w.things {
		all[cell.At(x.at, gridFinest).Parent(resolution)]++
	}
	want := map[string]int64{}
	for c, n := range all {
		if s.holds(place(c.Center()), n) {
			want[c.String()] = n
		}
	}
	return want
}
