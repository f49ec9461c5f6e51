package image_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/layers/image"
)

// thing is a feature of the plain model that images are held against.
type thing struct {
	ID        int64
	At        orb.Geometry
	Class     string // empty for null
	State     string
	Floors    int64 // negative for null
	Height    float64
	Open      bool
	Day       int64
	Synthetic bool
	District  string
}

func points() *layers.Layer {
	return &layers.Layer{
		Name: "lamp", Geometry: layers.Point, Zoom: layers.ZoomRange{Max: 22},
		Tiles: layers.TileRules{CountBy: "state"},
		Properties: []layers.Property{
			{Name: "class", Type: layers.String, InTiles: true},
			{Name: "state", Type: layers.String, Enum: []string{"good", "broken", "lost"}, InTiles: true},
			{Name: "floors", Type: layers.Integer},
			{Name: "height", Type: layers.Number},
			{Name: "open", Type: layers.Boolean},
			{Name: "day", Type: layers.Date},
			{Name: "note", Type: layers.String},
		},
	}
}

func cut(n int) layers.Cut { return layers.Cut{Time: time.Unix(int64(n), 0), Xmin: uint64(n)} }

// put appends a thing to a batch.
func put(tb testing.TB, b *image.Batch, x thing) {
	tb.Helper()
	data, err := ewkb.Marshal(x.At, 4326)
	if err != nil {
		tb.Fatal(err)
	}
	if err := b.Row(x.ID, data); err != nil {
		tb.Fatal(err)
	}
	text := func(s string) {
		if s == "" {
			b.Null()
		} else {
			b.Text([]byte(s))
		}
	}
	for _, p := range b.Columns() {
		switch p.Name {
		case "synthetic":
			b.Bool(x.Synthetic)
		case "district":
			text(x.District)
		case "class":
			text(x.Class)
		case "state":
			text(x.State)
		case "floors":
			if x.Floors < 0 {
				b.Null()
			} else {
				b.Int(x.Floors)
			}
		case "min_zoom":
			b.Int(x.Floors)
		case "height":
			b.Float(x.Height)
		case "open":
			b.Bool(x.Open)
		case "day":
			b.Int(x.Day)
		default:
			b.Null()
		}
	}
}

// imageOf is an image of things, read in so many batches.
func imageOf(tb testing.TB, l *layers.Layer, things []thing, batches int) *image.Image {
	tb.Helper()
	i := image.New(l)
	all := make([]*image.Batch, batches)
	for n := range all {
		all[n] = i.NewBatch()
	}
	for n, x := range things {
		put(tb, all[n%batches], x)
	}
	if err := i.Load(all, cut(1), "one"); err != nil {
		tb.Fatal(err)
	}
	return i
}

// someThings are crowded around a few places in Shanghai, with coincident points, and
// some at the edges of the world.
func someThings(r *rand.Rand, n int) []thing {
	all := make([]thing, n)
	for i := range all {
		all[i] = randomThing(r, int64(i+1))
	}
	return all
}

func randomThing(r *rand.Rand, id int64) thing {
	at := orb.Point{121.47 + r.NormFloat64()*0.05, 31.23 + r.NormFloat64()*0.05}
	switch r.IntN(40) {
	case 0:
		at = orb.Point{121.5, 31.25}
	case 1:
		at = orb.Point{180, -80 + 160*r.Float64()}
	case 2:
		at = orb.Point{-180, 89}
	case 3:
		at = orb.Point{r.Float64()*360 - 180, r.Float64()*180 - 90}
	}
	return thing{
		ID: id, At: at, Class: []string{"", "lamp", "tree", "grate"}[r.IntN(4)],
		State:  []string{"good", "good", "good", "broken", "lost"}[r.IntN(5)],
		Floors: int64(r.IntN(300)) - 3, Height: float64(r.IntN(50)) / 3, Open: r.IntN(2) == 0,
		Day: int64(r.IntN(30000)), Synthetic: r.IntN(3) > 0, District: []string{"310101", "310115", ""}[r.IntN(3)],
	}
}

// filters are conditions on things in both forms.
func filters(tb testing.TB, l *layers.Layer) []choice {
	tb.Helper()
	all := []choice{
		{"", func(thing) bool { return true }, nil},
		{"state = 'broken'", func(x thing) bool { return x.State == "broken" }, nil},
		{"class IN ('lamp', 'tree') AND NOT open", func(x thing) bool { return (x.Class == "lamp" || x.Class == "tree") && !x.Open }, nil},
		{"floors > 100 OR class IS NULL", func(x thing) bool { return x.Floors > 100 || x.Class == "" }, nil},
		{"height < 5 AND synthetic", func(x thing) bool { return x.Height < 5 && x.Synthetic }, nil},
		{"day < DATE('2000-01-01') AND district = '310115'", func(x thing) bool { return x.Day < 10957 && x.District == "310115" }, nil},
		{"id = 7 OR id > 500", func(x thing) bool { return x.ID == 7 || x.ID > 500 }, nil},
		{"S_INTERSECTS(geom, BBOX(121.4, 31.2, 121.5, 31.3))", func(x thing) bool {
			return orb.Bound{Min: orb.Point{121.4, 31.2}, Max: orb.Point{121.5, 31.3}}.Contains(geo.FixedAt(x.At.(orb.Point)).Point())
		}, nil},
		{"floors = 150", func(x thing) bool { return x.Floors == 150 }, nil},
		{"class = 'nothing'", func(thing) bool { return false }, nil},
	}
	for n := range all {
		all[n].filter = parse(tb, l, all[n].text)
	}
	return all
}

// choice is a condition as a text, as a function, and as a filter.
type choice struct {
	text   string
	takes  func(thing) bool
	filter *cql2.Filter
}

// parse makes the filter of a text; none of an empty one.
func parse(tb testing.TB, l *layers.Layer, text string) *cql2.Filter {
	tb.Helper()
	if text == "" {
		return nil
	}
	e, err := cql2.Parse(text, cql2.DefaultLimits())
	if err != nil {
		tb.Fatal(err)
	}
	f, err := e.Check(l.Queryables())
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func selected(tb testing.TB, v *image.View, f *cql2.Filter) *image.Selection {
	tb.Helper()
	s, err := v.Select(f)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// shown is what a tile shows of a cell, by the id of its first point.
type shown struct {
	Count int
	By    map[string]uint32
}

// diffOf is cmp.Diff, but for what is equal much faster: it looks at each value by
// reflection, which takes minutes under the race detector.
func diffOf[T any](got, want T) string {
	if reflect.DeepEqual(got, want) {
		return ""
	}
	return cmp.Diff(got, want)
}

func cellsOf(s *image.Selection, id geo.TileID) map[int64]shown {
	v := s.View()
	all := map[int64]shown{}
	s.Cells(id, func(c image.Cell) {
		if c.ID != v.ID(c.Row) || c.At != v.Anchor(c.Row) {
			panic(fmt.Sprintf("cell of %d at %v has the row of %d at %v", c.ID, c.At, v.ID(c.Row), v.Anchor(c.Row)))
		}
		by := map[string]uint32{}
		for code, n := range c.By {
			if n > 0 {
				by[v.Values()[code]] = n
			}
		}
		all[c.ID] = shown{c.Count, by}
	})
	return all
}

// modelCells is the same from the model, by the words of the design: the cell's
// first by the hash of the id, its count, and its count by state.
func modelCells(things map[int64]thing, takes func(thing) bool, id geo.TileID) map[int64]shown {
	type cell struct{ x, y uint32 }
	first := map[cell]int64{}
	sums := map[cell]shown{}
	for _, x := range things {
		f := geo.FixedAt(x.At.(orb.Point))
		if !takes(x) || !id.FixedBox().Contains(f) {
			continue
		}
		at := cell{f.X >> (32 - id.Z - image.CellBits), f.Y >> (32 - id.Z - image.CellBits)}
		if best, ok := first[at]; !ok || hashBefore(x.ID, best) {
			first[at] = x.ID
		}
		s := sums[at]
		if s.By == nil {
			s.By = map[string]uint32{}
		}
		s.Count++
		s.By[x.State]++
		sums[at] = s
	}
	all := map[int64]shown{}
	for at, id := range first {
		all[id] = sums[at]
	}
	return all
}

func hashBefore(a, b int64) bool {
	ha, hb := splitMix(uint64(a))>>6, splitMix(uint64(b))>>6
	return ha < hb || ha == hb && a < b
}

func splitMix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// tilesAround are tiles of every thinned zoom and some others: the world, the places of some
// things, and the corners.
func tilesAround(r *rand.Rand, things map[int64]thing) []geo.TileID {
	ids := make([]int64, 0, len(things))
	for id := range things {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	all := []geo.TileID{{}}
	for z := range geo.MaxZoom + 1 {
		if z > image.MaxCellZoom && z%3 != 1 { // 16, 19, 22
			continue
		}
		all = append(all, geo.TileAt(orb.Point{180, -90}, z))
		if len(ids) > 0 {
			all = append(all, geo.TileAt(things[ids[r.IntN(len(ids))]].At.(orb.Point), z))
		}
	}
	return all
}

// agree holds a view against the model: counts, cells and points, with every
// filter.
func agree(t *testing.T, r *rand.Rand, v *image.View, things map[int64]thing) {
	t.Helper()
	synthetic := 0
	for _, x := range things {
		if x.Synthetic {
			synthetic++
		}
	}
	if v.Len() != len(things) || v.Synthetic() != synthetic {
		t.Fatalf("view has %d features, %d synthetic; want %d, %d", v.Len(), v.Synthetic(), len(things), synthetic)
	}
	for _, f := range filters(t, v.Layer()) {
		s := selected(t, v, f.filter)
		for _, id := range tilesAround(r, things) {
			if err := s.Prepare(t.Context(), id, 0); err != nil {
				t.Fatal(err)
			}
			want := modelCells(things, f.takes, id)
			if diff := diffOf(cellsOf(s, id), want); diff != "" {
				t.Fatalf("cells of %v where %q (-got +want):\n%s", id, f.text, diff)
			}
			sum := 0
			for _, c := range want {
				sum += c.Count
			}
			if got := s.Count(id); got != sum {
				t.Fatalf("%v where %q has %d, want %d", id, f.text, got, sum)
			}
			seen := 0
			s.Points(id, func(row image.Row) {
				x, ok := things[v.ID(row)]
				if !ok || !f.takes(x) || v.Anchor(row) != geo.FixedAt(x.At.(orb.Point)) {
					t.Fatalf("%v where %q shows %d: %+v", id, f.text, v.ID(row), x)
				}
				seen++
			})
			if seen != sum {
				t.Fatalf("%v where %q shows %d points, want %d", id, f.text, seen, sum)
			}
		}
	}
}
