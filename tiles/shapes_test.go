package tiles_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"yiping/geo"
	"yiping/tiles"
	"yiping/tiles/mvt"
	"yiping/tiles/mvt/mvttest"
)

// street is a line of pipes from node to node along a latitude.
func street(first int64, lat float64, n int, values func(i int) map[string]any) []feature {
	var all []feature
	for i := range n {
		line := orb.LineString{{121.5 + float64(i)/1000, lat}, {121.5 + (float64(i)+0.5)/1000, lat + 0.0001}, {121.5 + float64(i+1)/1000, lat}}
		if i%3 == 1 {
			line.Reverse()
		}
		all = append(all, feature{id: first + int64(i), geometry: line, values: values(i)})
	}
	return all
}

func water(i int) map[string]any {
	return map[string]any{"medium": "water", "diameter": 100 + i, "laid": 1990}
}

func TestLinesAreJoined(t *testing.T) {
	t.Parallel()
	rows := street(10, 31.2, 40, water)
	rows = append(rows, street(100, 31.201, 5, func(i int) map[string]any {
		return map[string]any{"medium": []any{"gas", "water"}[i%2], "diameter": nil}
	})...)
	rows = append(rows, feature{id: 200, geometry: orb.MultiLineString{{{121.5, 31.202}, {121.501, 31.202}}}[0], values: map[string]any{"medium": "water", "diameter": 7, "laid": 2000, "first": 13}})
	w := newWorld(t, map[string][]feature{"pipe": rows})
	e := w.engine()
	q := tiles.Whole(w.images["pipe"].Layer())
	said := func(z geo.Zoom) map[uint64]map[string]any {
		decoded := tile(t, e, q, geo.TileAt(orb.Point{121.52, 31.2}, z))
		l, _ := decoded.Layer("pipe")
		all := map[uint64]map[string]any{}
		for _, f := range l.Features {
			all[f.ID] = f.Properties
		}
		if m := metaOf(decoded, "pipe"); z >= 6 && z < 13 && (m["total"] != uint64(46) || m["shown"] != uint64(45) || m["cut"] != true) {
			t.Errorf("zoom %d: _meta says %v", z, m)
		}
		return all
	}
	chain := map[string]any{"medium": "water", "diameter": uint64(139), "line_count": uint64(40)}
	single := func(medium string) map[string]any { return map[string]any{"medium": medium, "line_count": uint64(1)} }
	want := map[uint64]map[string]any{
		10: chain, 100: single("gas"), 101: single("water"), 102: single("gas"), 103: single("water"), 104: single("gas"),
	}
	for _, z := range []geo.Zoom{8, 9} {
		if diff := cmp.Diff(said(z), want); diff != "" {
			t.Errorf("zoom %d (-got +want):\n%s", z, diff)
		}
	}
	if got := said(5); len(got) != 0 {
		t.Errorf("below the layer's first zoom: %v", got)
	}
	deep := said(14)
	if f := deep[20]; f["diameter"] != uint64(110) || f["line_count"] != nil || f["laid"] != uint64(1990) {
		t.Errorf("where lines are not joined one says %v", f)
	}
	// A filter breaks the chain where it takes a member out.
	q = query(t, w, "pipe", "filter=diameter<>120")
	decoded := tile(t, e, q, geo.TileAt(orb.Point{121.52, 31.2}, 9))
	l, _ := decoded.Layer("pipe")
	counts := map[uint64]any{}
	for _, f := range l.Features {
		counts[f.ID] = f.Properties["line_count"]
	}
	if diff := cmp.Diff(counts, map[uint64]any{10: uint64(20), 31: uint64(19)}); diff != "" {
		t.Errorf("members by chain (-got +want):\n%s", diff)
	}
	// So does a change.
	w.apply(t, e, "pipe", nil, 15)
	want[10] = map[string]any{"medium": "water", "diameter": uint64(104), "line_count": uint64(5)}
	want[16] = map[string]any{"medium": "water", "diameter": uint64(139), "line_count": uint64(34)}
	decoded = tile(t, e, tiles.Whole(w.images["pipe"].Layer()), geo.TileAt(orb.Point{121.52, 31.2}, 9))
	l, _ = decoded.Layer("pipe")
	got := map[uint64]map[string]any{}
	for _, f := range l.Features {
		got[f.ID] = f.Properties
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("after a change (-got +want):\n%s", diff)
	}
}

// Lines go on from tile to tile: at the shared edge both tiles have them.
func TestLinesReachOverTheEdge(t *testing.T) {
	t.Parallel()
	w := newWorld(t, map[string][]feature{"pipe": {{id: 1, geometry: orb.LineString{{100, 20}, {140, 40}}, values: water(0)}}})
	e := w.engine()
	q := tiles.Whole(w.images["pipe"].Layer())
	for _, z := range []geo.Zoom{6, 9, 14, 18, 22} {
		// Halfway in the plane of the projection, which the line is straight in.
		a, b := geo.FixedAt(orb.Point{100, 20}), geo.FixedAt(orb.Point{140, 40})
		middle := geo.Fixed{X: a.X + (b.X-a.X)/2, Y: uint32((int64(a.Y) + int64(b.Y)) / 2)}.Point()
		id := geo.TileAt(middle, z)
		l, ok := tile(t, e, q, id).Layer("pipe")
		if !ok {
			t.Errorf("tile %v on the line is empty", id)
			continue
		}
		for _, line := range l.Features[0].Parts {
			for _, end := range []mvt.Point{line[0], line[len(line)-1]} {
				if m := max(-end.X, -end.Y, end.X-4096, end.Y-4096); m != 64 {
					t.Errorf("tile %v: the line ends at %v and not at the buffer's edge", id, end)
				}
			}
		}
	}
}

// houses are squares of many sizes, each with a yard.
func houses(n int) []feature {
	r := rand.New(rand.NewPCG(5, 6))
	all := make([]feature, n)
	for i := range all {
		at, size := orb.Point{121.4 + r.Float64()/5, 31.1 + r.Float64()/5}, math.Exp2(-6-r.Float64()*8)
		square := func(from, to float64) orb.Ring {
			p := func(x, y float64) orb.Point { return orb.Point{at[0] + x*size, at[1] + y*size} }
			return orb.Ring{p(from, from), p(to, from), p(to, to), p(from, to), p(from, from)}
		}
		yard := square(0.4, 0.6)
		yard.Reverse()
		all[i] = feature{id: int64(i + 1), geometry: orb.MultiPolygon{{square(0, 1), yard}}, values: map[string]any{"floors": i}}
	}
	return all
}

// The areas of a tile are those of the houses, as far as they are in it; small
// ones are left out and told.
func TestAreas(t *testing.T) {
	t.Parallel()
	rows := houses(300)
	w := newWorld(t, map[string][]feature{"house": rows})
	e := w.engine()
	q := tiles.Whole(w.images["house"].Layer())
	for z := geo.Zoom(8); z <= 17; z++ {
		shown, total := 0, 0
		for _, id := range tilesOf(rows, z) {
			decoded := tile(t, e, q, id)
			if m := metaOf(decoded, "house"); m != nil {
				shown += number(t, m["shown"])
				total += number(t, m["total"])
			}
			l, _ := decoded.Layer("house")
			for _, f := range l.Features {
				checkArea(t, id, rows[f.ID-1], f)
			}
		}
		large := 0
		for _, f := range rows {
			if gridArea(f, z) >= 64 {
				large++
			}
		}
		if total != len(rows) || shown != large {
			t.Errorf("zoom %d: %d of %d shown, want %d of %d", z, shown, total, large, len(rows))
		}
	}
}

// tilesOf are the tiles of a zoom that the rows' bounds meet.
func tilesOf(rows []feature, z geo.Zoom) []geo.TileID {
	var all []geo.TileID
	seen := map[geo.TileID]bool{}
	for _, f := range rows {
		b := f.geometry.Bound()
		first, last := geo.TileAt(orb.Point{b.Min[0], b.Max[1]}, z), geo.TileAt(orb.Point{b.Max[0], b.Min[1]}, z)
		for x := first.X; x <= last.X; x++ {
			for y := first.Y; y <= last.Y; y++ {
				if id := (geo.TileID{Z: z, X: x, Y: y}); !seen[id] {
					seen[id] = true
					all = append(all, id)
				}
			}
		}
	}
	return all
}

// gridArea is the area of a feature in units of a zoom's grid.
func gridArea(f feature, z geo.Zoom) float64 {
	var sum float64
	for _, polygon := range f.geometry.(orb.MultiPolygon) {
		for i, ring := range polygon {
			projected := make(orb.Ring, len(ring))
			for n, p := range ring {
				projected[n] = grid(p, geo.TileID{Z: z})
			}
			if area := math.Abs(planar.Area(projected)); i == 0 {
				sum += area
			} else {
				sum -= area
			}
		}
	}
	return sum
}

// checkArea compares a drawn house with the real one, clipped by hand: rounding
// moves each edge by half a unit at most.
func checkArea(t *testing.T, id geo.TileID, row feature, f mvttest.Feature) {
	t.Helper()
	var drawn float64
	for _, ring := range f.Parts {
		drawn += float64(mvttest.TwiceArea(ring)) / 2
	}
	var want, edges float64
	for i, ring := range row.geometry.(orb.MultiPolygon)[0] {
		low, high := grid(ring[0], id), grid(ring[0], id)
		for _, p := range ring {
			g := grid(p, id)
			low = orb.Point{min(low[0], g[0]), min(low[1], g[1])}
			high = orb.Point{max(high[0], g[0]), max(high[1], g[1])}
		}
		within := func(v float64) float64 { return max(-64, min(4160, v)) }
		width, height := within(high[0])-within(low[0]), within(high[1])-within(low[1])
		edges += 2 * (width + height)
		if i == 0 {
			want += width * height
		} else {
			want -= width * height
		}
	}
	if math.Abs(drawn-want) > 0.6*edges+2 {
		t.Errorf("tile %v: house %d has an area of %v, want %v ± %v", id, f.ID, drawn, want, 0.6*edges)
	}
}

// Shapes that have broken other servers: around the world, beyond the poles, of no
// extent, with quotes in their texts, several forms in one layer.
func TestOddShapes(t *testing.T) {
	t.Parallel()
	shapes := []orb.Geometry{
		orb.LineString{{-180, -89}, {180, 89}},
		orb.Polygon{{{-180, -90}, {180, -90}, {180, 90}, {-180, 90}, {-180, -90}}},
		orb.LineString{{121, 31}, {121, 31}},
		orb.MultiPolygon{{
			{{121, 31}, {122, 31}, {122, 32}, {121, 32}, {121, 31}},
			{{121.4, 31.4}, {121.4, 31.6}, {121.6, 31.6}, {121.6, 31.4}, {121.4, 31.4}},
		}, {{{121.45, 31.45}, {121.55, 31.45}, {121.55, 31.55}, {121.45, 31.55}, {121.45, 31.45}}}},
		orb.MultiPoint{{121.5, 31.2}, {-121.5, -31.2}},
		orb.Point{0, 90},
		orb.Polygon{{{121, 31}, {122, 32}, {122, 31}, {121, 32}, {121, 31}}},
		orb.Polygon{{{121, 31}, {121.5, 31}, {122, 31}, {121, 31}}},
	}
	var rows []feature
	for i, g := range shapes {
		rows = append(rows, feature{id: int64(i + 1), geometry: g, values: map[string]any{"name": fmt.Sprintf(`quote ' " \ %d`, i)}})
	}
	w := newWorld(t, map[string][]feature{"relic": rows})
	e := w.engine()
	q := tiles.Whole(w.images["relic"].Layer())
	for z := range geo.MaxZoom + 1 {
		total := 0
		for _, p := range []orb.Point{{121.5, 31.5}, {121.5, 31.2}, {0, 0}, {-180, 85}, {180, -85}, {0, 90}, {121, 31}} {
			id := geo.TileAt(p, z)
			decoded := tile(t, e, q, id)
			l, _ := decoded.Layer("relic")
			covered := false
			for _, f := range l.Features {
				covered = covered || f.ID == 2
			}
			if !covered {
				t.Errorf("tile %v lacks the area that covers the world", id)
			}
			total += number(t, metaOf(decoded, "relic")["total"])
		}
		if z == 0 && total != 7*len(shapes) {
			t.Errorf("the world's tile counts %d features in seven tries, want %d", total, 7*len(shapes))
		}
	}
}
