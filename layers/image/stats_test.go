package image_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"yiping/layers"
	"yiping/layers/image"
)

// lampLayer has a property of each type, and one that no image keeps.
func lampLayer(tb testing.TB) *layers.Layer {
	tb.Helper()
	l, err := layers.ParseDefinition([]byte(`{name: lamp, title: {zh: x, en: x}, geometry: Point, datum: WGS84, owner: x, licence: x,
		tiles: {count_by: state},
		schema: {type: object, properties: {
			class: {type: string, maxLength: 5, tiles: true}, state: {type: string, enum: [good, broken]},
			floors: {type: integer}, height: {type: number}, lit: {type: boolean},
			installed: {type: date}, seen: {type: date-time}, remark: {type: string}}}}`))
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// lamp is a row of the plain model: its values by the name of the column, nil for
// null.
type lamp map[string]any

// randomLamp is in one of few streets, each of one district but the last, which
// two districts claim.
func randomLamp(r *rand.Rand) lamp {
	l := lamp{"synthetic": r.IntN(2) == 0}
	street := r.IntN(8)
	if street > 0 {
		l["street"] = fmt.Sprintf("s%d", street)
		l["district"] = fmt.Sprintf("d%d", street%3)
	} else if r.IntN(2) == 0 {
		l["district"] = "d1"
	}
	if street == 7 && r.IntN(2) == 0 {
		l["district"] = "d2"
	}
	if r.IntN(3) > 0 {
		l["village"] = fmt.Sprintf("v%d", r.IntN(40))
	}
	values := map[string]func() any{
		"class":     func() any { return fmt.Sprintf("c%03d", r.IntN(200)) },
		"state":     func() any { return []string{"good", "broken"}[r.IntN(2)] },
		"floors":    func() any { return int64(r.IntN(5) - 2) },
		"height":    func() any { return []float64{0, math.Copysign(0, -1), 2.5, 1e9}[r.IntN(4)] },
		"lit":       func() any { return r.IntN(2) == 0 },
		"installed": func() any { return time.Date(1960, 1, 1+r.IntN(5), 0, 0, 0, 0, time.UTC) },
		"seen":      func() any { return time.UnixMicro(int64(r.IntN(3)) - 1).UTC() },
	}
	for name, value := range values {
		if r.IntN(10) > 0 {
			l[name] = value()
		}
	}
	return l
}

// lampAt is a random lamp; those of the west are all in one street.
func lampAt(r *rand.Rand, id int64) lamp {
	l := randomLamp(r)
	if id%997 < 500 {
		l["street"], l["district"] = "s1", "d1"
		delete(l, "village")
	}
	return l
}

// row writes a lamp into a batch.
func (l lamp) row(tb testing.TB, b *image.Batch, id int64) {
	tb.Helper()
	data, err := ewkb.Marshal(orb.Point{121 + float64(id%997)/1000, 31 + float64(id%991)/1000}, 4326)
	if err != nil {
		tb.Fatal(err)
	}
	if err := b.Row(id, data); err != nil {
		tb.Fatal(err)
	}
	for _, p := range b.Columns() {
		switch v := l[p.Name].(type) {
		case nil:
			b.Null()
		case string:
			b.Text([]byte(v))
		case bool:
			b.Bool(v)
		case int64:
			b.Int(v)
		case float64:
			b.Float(v)
		case time.Time:
			if p.Type == layers.Date {
				b.Int(v.Unix() / 86400)
			} else {
				b.Int(v.UnixMicro())
			}
		default:
			tb.Fatalf("%s is a %T", p.Name, v)
		}
	}
}

// model answers a query row by row.
func model(lamps map[int64]lamp, q *layers.StatsQuery, takes func(lamp) bool) []layers.StatsCell {
	type key struct {
		regions layers.Regions
		values  [layers.MaxStatsProperties]any
	}
	groups := map[key]*layers.StatsCell{}
	group := func(k key) *layers.StatsCell {
		if groups[k] == nil {
			groups[k] = &layers.StatsCell{Regions: k.regions, Properties: slices.Clone(k.values[:len(q.Properties)]), Tallies: make([]layers.Tally, len(q.Operands()))}
		}
		return groups[k]
	}
	if len(q.RegionColumns())+len(q.Properties) == 0 {
		group(key{})
	}
	for _, l := range lamps {
		if !takes(l) {
			continue
		}
		var k key
		for i, to := range []*string{&k.regions.District, &k.regions.Street, &k.regions.Village}[:len(q.RegionColumns())] {
			*to, _ = l[q.RegionColumns()[i]].(string)
		}
		for i, p := range q.Properties {
			if k.values[i] = l[p.Name]; k.values[i] == 0.0 {
				k.values[i] = 0.0 // whatever its sign
			}
		}
		g := group(k)
		g.Count++
		for i, o := range q.Operands() {
			switch v := l[o.Property.Name].(type) {
			case int64:
				g.Tallies[i].Add(layers.Tally{N: 1, Sum: float64(v), Min: float64(v), Max: float64(v)})
			case float64:
				g.Tallies[i].Add(layers.Tally{N: 1, Sum: v, Min: v, Max: v})
			}
		}
	}
	var cells []layers.StatsCell
	for _, g := range groups {
		cells = append(cells, *g)
	}
	return sorted(cells)
}

// sorted puts cells into some order.
func sorted(cells []layers.StatsCell) []layers.StatsCell {
	type named struct {
		text string
		cell layers.StatsCell
	}
	all := make([]named, len(cells))
	for i, c := range cells {
		all[i] = named{fmt.Sprint(c.Regions, c.Properties), c}
	}
	slices.SortFunc(all, func(a, b named) int { return cmp.Compare(a.text, b.text) })
	out := make([]layers.StatsCell, len(all))
	for i := range all {
		out[i] = all[i].cell
	}
	return out
}

// Whatever is loaded and changed, whatever is asked: the image answers as a plain
// model does.
func TestStatsEqualTheModel(t *testing.T) {
	t.Parallel()
	l := lampLayer(t)
	r := rand.New(rand.NewPCG(5, 6))
	lamps := map[int64]lamp{}
	i := image.New(l)
	b := i.NewBatch()
	for id := range int64(40_000) { // more than a chunk
		lamps[id] = lampAt(r, id)
		lamps[id].row(t, b, id)
	}
	if err := i.Load([]*image.Batch{b}, layers.Cut{Xmin: 1}, ""); err != nil {
		t.Fatal(err)
	}
	filters := map[string]func(lamp) bool{
		"":                        func(lamp) bool { return true },
		"state = 'broken'":        func(l lamp) bool { return l["state"] == "broken" },
		"floors = 1 AND lit":      func(l lamp) bool { return l["floors"] == int64(1) && l["lit"] == true },
		"class = 'c999'":          func(lamp) bool { return false },
		"street IS NULL OR false": func(l lamp) bool { return l["street"] == nil },
	}
	names := []string{"class", "state", "floors", "height", "lit", "installed", "seen"}
	levels := []string{"city", "district", "street", "village"}
	measures := []layers.Measure{{Kind: "count"}, {Kind: "sum"}, {Kind: "max"}}
	check := func(q *layers.StatsQuery, text string) {
		t.Helper()
		q.Layer, q.Levels = l, []string{levels[r.IntN(len(levels))]}
		if text != "" {
			var err error
			if q.Filter, err = layers.ParseFilter(l, text, "", layers.CRS84); err != nil {
				t.Fatal(err)
			}
		}
		got, err := i.View().Stats(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := diffOf(sorted(got.Cells), model(lamps, q, filters[text])); diff != "" {
			t.Fatalf("%v by %v, filter %q (-got +want):\n%.2000s", q.Levels, q.Properties, text, diff)
		}
		if got.Cut != i.View().Cut() {
			t.Errorf("cut %v, want the view's %v", got.Cut, i.View().Cut())
		}
	}
	property := func(name string) layers.Property {
		p, _, _ := l.Property(name)
		return p
	}
	// Counts by one text, or by none, have a way of their own.
	alone := [][]layers.Property{{property("class")}, {property("state")}, nil}
	for round := range 2 {
		for _, text := range slices.Sorted(maps.Keys(filters)) {
			var q layers.StatsQuery
			for _, n := range r.Perm(len(names))[:r.IntN(3)] {
				q.Properties = append(q.Properties, property(names[n]))
			}
			for _, m := range measures {
				if m.Kind != "count" {
					m.Property = property([]string{"floors", "height"}[r.IntN(2)])
				}
				q.Measures = append(q.Measures, m)
			}
			check(&q, text)
			for _, by := range alone {
				check(&layers.StatsQuery{Properties: by}, text)
			}
		}
		b := i.NewBatch()
		for range 2000 {
			id := r.Int64N(41_000)
			if r.IntN(3) == 0 {
				delete(lamps, id)
				b.Delete(id)
				continue
			}
			lamps[id] = lampAt(r, id)
			lamps[id].row(t, b, id)
		}
		if _, err := i.Apply(b, layers.Cut{Xmin: uint64(round + 2)}, ""); err != nil {
			t.Fatal(err)
		}
	}
}

func loaded(tb testing.TB, lamps ...lamp) *image.View {
	tb.Helper()
	i := image.New(lampLayer(tb))
	b := i.NewBatch()
	for id, l := range lamps {
		l.row(tb, b, int64(id))
	}
	if err := i.Load([]*image.Batch{b}, layers.Cut{}, ""); err != nil {
		tb.Fatal(err)
	}
	return i.View()
}

// What the image does not keep is the database's to answer.
func TestStatsThatTheImageHasNot(t *testing.T) {
	t.Parallel()
	v := loaded(t, lamp{"class": "a"})
	l := v.Layer()
	remark, _, _ := l.Property("remark")
	filter, err := layers.ParseFilter(l, "remark = 'x'", "", layers.CRS84)
	if err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]*layers.StatsQuery{
		"group":  {Layer: l, Levels: []string{"city"}, Properties: []layers.Property{remark}},
		"filter": {Layer: l, Levels: []string{"city"}, Filter: filter},
		"length": {Layer: l, Levels: []string{"city"}, Measures: []layers.Measure{{Kind: "length_metres"}}},
		"area":   {Layer: l, Levels: []string{"city"}, Measures: []layers.Measure{{Kind: "area_m2"}}},
	} {
		got, err := v.Stats(t.Context(), q)
		if _, ok := errors.AsType[*image.ColumnError](err); !ok {
			t.Errorf("%s: %+v, error %v; want a ColumnError", name, got, err)
		}
	}
}

// An answer that is too large ends soon, and shows that it is too large.
func TestStatsOfTooManyGroups(t *testing.T) {
	t.Parallel()
	lamps := make([]lamp, 5*layers.MaxStatsGroups/2)
	for n := range lamps {
		lamps[n] = lamp{"floors": int64(n)}
	}
	v := loaded(t, lamps...)
	floors, _, _ := v.Layer().Property("floors")
	got, err := v.Stats(t.Context(), &layers.StatsQuery{Layer: v.Layer(), Levels: []string{"city"}, Properties: []layers.Property{floors}})
	if err != nil || len(got.Cells) != layers.MaxStatsGroups+1 {
		t.Errorf("%d cells, error %v; want one more than allowed", len(got.Cells), err)
	}
}

func TestStatsEnd(t *testing.T) {
	t.Parallel()
	v := loaded(t, lamp{"class": "a"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Stats(ctx, &layers.StatsQuery{Layer: v.Layer(), Levels: []string{"city"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

// BenchmarkStats counts by street and class with a filter.
//
//	go test ./layers/image -run '^$' -bench Stats
func BenchmarkStats(b *testing.B) {
	const rows = 1_000_000
	l := lampLayer(b)
	r := rand.New(rand.NewPCG(7, 8))
	i := image.New(l)
	batch := i.NewBatch()
	for id := range int64(rows) {
		l := randomLamp(r)
		street := id % 997 / 50 // stripes from west to east, as row puts them
		l["street"], l["district"] = fmt.Sprintf("s%d", street), fmt.Sprintf("d%d", street/5)
		l.row(b, batch, id)
	}
	if err := i.Load([]*image.Batch{batch}, layers.Cut{}, ""); err != nil {
		b.Fatal(err)
	}
	v := i.View()
	class, _, _ := l.Property("class")
	floors, _, _ := l.Property("floors")
	for _, test := range []struct {
		name   string
		filter string
		by     []layers.Property
		of     []layers.Measure
	}{
		{"all", "", []layers.Property{class}, nil},
		{"filter", "state = 'broken'", []layers.Property{class}, nil},
		{"rare", "state = 'broken' AND class = 'c001'", []layers.Property{class}, nil},
		{"sum", "", []layers.Property{class}, []layers.Measure{{Kind: "sum", Property: floors}}},
		{"lookup", "", []layers.Property{floors}, nil},
	} {
		b.Run(test.name, func(b *testing.B) {
			q := &layers.StatsQuery{Layer: l, Levels: []string{"street"}, Properties: test.by, Measures: test.of}
			if test.filter != "" {
				var err error
				if q.Filter, err = layers.ParseFilter(l, test.filter, "", layers.CRS84); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Stats(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}
