package shape_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers/image/internal/shape"
)

func build(tb testing.TB, geometries ...orb.Geometry) *shape.Arena {
	tb.Helper()
	var b shape.Builder
	for _, g := range geometries {
		if err := b.Add(g); err != nil {
			tb.Fatal(err)
		}
	}
	return b.Arena()
}

// at is a place near the Bund, some units away from it.
func at(x, y int) orb.Point {
	f := geo.FixedAt(orb.Point{121.49, 31.24})
	return geo.Fixed{X: f.X + uint32(x), Y: f.Y + uint32(y)}.Point()
}

func line(xys ...int) (l orb.LineString) {
	for i := 0; i < len(xys); i += 2 {
		l = append(l, at(xys[i], xys[i+1]))
	}
	return l
}

// square is a closed ring.
func square(x, y, side int) orb.Ring {
	return orb.Ring(line(x, y, x+side, y, x+side, y+side, x, y+side, x, y))
}

type facts struct {
	Kind         shape.Kind
	Geometry     orb.Geometry
	Area, Length float64
}

// oddGeometries is every form, and what can be wrong with one.
func oddGeometries() map[string]struct {
	in   orb.Geometry
	want facts
} {
	type row = struct {
		in   orb.Geometry
		want facts
	}
	hollow := orb.Polygon{square(0, 0, 1000), square(100, 100, 500)}
	return map[string]row{
		"nil":                                 {nil, facts{}},
		"empty line":                          {orb.LineString{}, facts{}},
		"empty multi-point":                   {orb.MultiPoint{}, facts{}},
		"empty polygon":                       {orb.Polygon{}, facts{}},
		"polygon of an empty ring and a hole": {orb.Polygon{{}, square(0, 0, 9)}, facts{}},
		"empty multi-polygon":                 {orb.MultiPolygon{{}, {{}}}, facts{}},
		"point":                               {at(3, 4), facts{Kind: shape.Point, Geometry: at(3, 4)}},
		"multi-point":                         {orb.MultiPoint(line(3, 4, 3, 4, 9, 9)), facts{Kind: shape.MultiPoint, Geometry: orb.MultiPoint(line(3, 4, 3, 4, 9, 9))}},
		"line":                                {line(0, 0, 300, 400), facts{Kind: shape.Line, Geometry: line(0, 0, 300, 400), Length: 500}},
		"line with repeated vertices": {
			line(0, 0, 0, 0, 30, 40, 30, 40, 0, 0), facts{Kind: shape.Line, Geometry: line(0, 0, 30, 40, 0, 0), Length: 100},
		},
		"line in one unit": {line(5, 5, 5, 5), facts{Kind: shape.Line, Geometry: line(5, 5, 5, 5)}},
		"multi-line with an empty member": {
			orb.MultiLineString{line(0, 0, 30, 40), {}, line(9, 9, 9, 19)},
			facts{Kind: shape.MultiLine, Geometry: orb.MultiLineString{line(0, 0, 30, 40), line(9, 9, 9, 19)}, Length: 60},
		},
		"polygon":           {orb.Polygon{square(0, 0, 100)}, facts{Kind: shape.Polygon, Geometry: orb.Polygon{square(0, 0, 100)}, Area: 1e4}},
		"polygon with hole": {hollow, facts{Kind: shape.Polygon, Geometry: hollow, Area: 750_000}},
		"hole of two vertices": {
			orb.Polygon{square(0, 0, 100), orb.Ring(line(5, 5, 9, 9, 5, 5))},
			facts{Kind: shape.Polygon, Geometry: orb.Polygon{square(0, 0, 100)}, Area: 1e4},
		},
		"ring that is not closed": {
			orb.Polygon{orb.Ring(line(0, 0, 9, 0, 9, 9))},
			facts{Kind: shape.Polygon, Geometry: orb.Polygon{orb.Ring(line(0, 0, 9, 0, 9, 9, 0, 0))}, Area: 40.5},
		},
		"polygon in one unit": {
			orb.Polygon{square(7, 7, 0)}, facts{Kind: shape.Polygon, Geometry: orb.Polygon{orb.Ring(line(7, 7, 7, 7))}},
		},
		"multi-polygon with an empty member": {
			orb.MultiPolygon{hollow, {}, {square(2000, 0, 10)}},
			facts{Kind: shape.MultiPolygon, Geometry: orb.MultiPolygon{hollow, {square(2000, 0, 10)}}, Area: 750_100},
		},
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	for name, tt := range oddGeometries() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := build(t, tt.in)
			got := facts{a.Kind(0), a.Geometry(0), a.Area(0), a.Length(0)}
			if diff := cmp.Diff(got, tt.want, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
				t.Errorf("got − want +\n%s", diff)
			}
			if tt.in == nil || a.Kind(0) == shape.Empty {
				return
			}
			for _, f := range verticesAt(a, 0, geo.MaxZoom) {
				if !a.Bounds(0).Contains(f) {
					t.Errorf("%v is outside the bounds %v", f, a.Bounds(0))
				}
			}
		})
	}
}

// Coordinates at and beyond the edges of the world are clamped, and a line around
// it is as long as the world.
func TestEdgesOfTheWorld(t *testing.T) {
	t.Parallel()
	const last = 1<<32 - 1
	a := build(t,
		orb.LineString{{-180, 0}, {180, 0}},
		orb.LineString{{179, 0}, {-179, 0}},
		orb.Polygon{{{-200, -90}, {200, -90}, {200, 90}, {-200, 90}, {-200, -90}}},
	)
	if got := a.Length(0); got != 1<<32 {
		t.Errorf("the equator has length %g", got)
	}
	if got, want := a.Length(1), 358.0/360*(1<<32); math.Abs(got-want) > 1e3 {
		t.Errorf("a line over the antimeridian has length %g, want %g", got, want)
	}
	if got := a.Area(2); got != 1<<64 {
		t.Errorf("the world has area %g", got)
	}
	want := geo.FixedBox{Max: geo.Fixed{X: last, Y: last}}
	if diff := cmp.Diff(a.Bounds(2), want); diff != "" {
		t.Errorf("bounds of the world: got − want +\n%s", diff)
	}
	if got := len(verticesAt(a, 2, 0)); got != 4 {
		t.Errorf("the world has %d corners at zoom 0", got)
	}
}

func TestAddRefusesCollections(t *testing.T) {
	t.Parallel()
	var b shape.Builder
	err := b.Add(orb.Collection{orb.Point{}})
	if err == nil || err.Error() != "a GeometryCollection has no shape here" {
		t.Errorf("got error %v", err)
	}
	if err := b.Add(at(1, 1)); err != nil {
		t.Fatal(err)
	}
	if a := b.Arena(); a.Len() != 1 || a.Kind(0) != shape.Point {
		t.Errorf("%d rows, the first a %d", a.Len(), a.Kind(0))
	}
}

// verticesAt gives all vertices of a row at a zoom.
func verticesAt(a *shape.Arena, row int, z geo.Zoom) (all []geo.Fixed) {
	first, end := a.Paths(row)
	for path := first; path < end; path++ {
		all = a.AppendPath(all, path, z)
	}
	return all
}

// coast is a ring or a line with detail at all sizes.
func coast(r *rand.Rand, n int) (points []orb.Point) {
	x, y, size := r.IntN(1<<20), r.IntN(1<<20), math.Exp(3+r.Float64()*12)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		d := size * (1 + 0.3*r.NormFloat64()*math.Exp(-4*r.Float64()))
		points = append(points, at(x+int(d*cos), y+int(d*sin)))
	}
	return points
}

func TestRanks(t *testing.T) {
	t.Parallel()
	const seed = 20261122
	r := rand.New(rand.NewPCG(seed, 1))
	for round := range 200 {
		points := coast(r, 3+r.IntN(300))
		open := build(t, orb.LineString(points))
		ring := build(t, orb.Polygon{append(orb.Ring(points), points[0])})
		for _, a := range []*shape.Arena{open, ring} {
			checkRanks(t, a)
		}
		if t.Failed() {
			t.Fatalf("round %d of seed %d", round, seed)
		}
	}
}

// checkRanks tests the promises of the package about ranks on the only path of an
// arena.
func checkRanks(t *testing.T, a *shape.Arena) {
	t.Helper()
	all := a.AppendPath(nil, 0, geo.MaxZoom)
	isRing := a.Kind(0).Areas()
	below := map[geo.Fixed]int{}
	for z := range geo.MaxZoom {
		v := a.AppendPath(nil, 0, z)
		count := map[geo.Fixed]int{}
		for _, f := range v {
			count[f]++
		}
		for f, n := range below {
			if count[f] < n {
				t.Errorf("%v is drawn at zoom %d and not at %d", f, z-1, z)
			}
		}
		below = count
		if isRing {
			if len(v) < min(3, len(all)) {
				t.Errorf("%d vertices of %d at zoom %d", len(v), len(all), z)
			}
			v = append(v, v[0])
		} else if v[0] != all[0] || v[len(v)-1] != all[len(all)-1] {
			t.Errorf("an end is missing at zoom %d", z)
		}
		tolerance := math.Exp2(22 - float64(z))
		for _, f := range all {
			if d := fromLine(f, v); d > tolerance*(1+1e-9) {
				t.Errorf("zoom %d: %v is %g units away, more than %g", z, f, d, tolerance)
			}
		}
	}
}

func fromLine(f geo.Fixed, l []geo.Fixed) float64 {
	best := math.Inf(1)
	for i := 1; i < len(l); i++ {
		ax, ay := float64(l[i-1].X), float64(l[i-1].Y)
		dx, dy := float64(l[i].X)-ax, float64(l[i].Y)-ay
		x, y := float64(f.X)-ax, float64(f.Y)-ay
		if d2 := dx*dx + dy*dy; d2 > 0 {
			s := max(0, min(1, (x*dx+y*dy)/d2))
			x, y = x-s*dx, y-s*dy
		}
		best = min(best, math.Hypot(x, y))
	}
	return best
}

// A sawtooth that grows gives up one tooth a split, so that parts are split in the
// middle before long. The promises about ranks hold there too.
func TestRanksOfASawtooth(t *testing.T) {
	t.Parallel()
	const n = 600
	var teeth orb.LineString
	for i := range n {
		teeth = append(teeth, at(100*i, (i%2*2-1)*i*i))
	}
	checkRanks(t, build(t, teeth))
}

func TestSearch(t *testing.T) {
	t.Parallel()
	const seed = 20261122
	r := rand.New(rand.NewPCG(seed, 2))
	for _, rows := range []int{0, 1, 15, 16, 17, 255, 256, 257, 3000} {
		var b shape.Builder
		for i := range rows {
			var g orb.Geometry
			if i%7 != 3 { // the others are empty
				x, y := r.IntN(1<<20), r.IntN(1<<20)
				g = line(x, y, x+r.IntN(1<<14), y+r.IntN(1<<14))
			}
			if err := b.Add(g); err != nil {
				t.Fatal(err)
			}
		}
		a := b.Arena()
		for range 50 {
			f := geo.FixedAt(at(r.IntN(1<<20), r.IntN(1<<20)))
			checkSearch(t, a, geo.FixedBox{Min: f, Max: f}.Grow(r.Uint32N(1<<18)))
		}
		checkSearch(t, a, geo.TileID{}.FixedBox())
	}
}

func checkSearch(t *testing.T, a *shape.Arena, box geo.FixedBox) {
	t.Helper()
	var got, want []int
	a.Search(box, func(row int) bool {
		got = append(got, row)
		return true
	})
	for row := range a.Len() {
		if a.Kind(row) != shape.Empty && a.Bounds(row).Meets(box) {
			want = append(want, row)
		}
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("%d rows, %v: got − want +\n%s", a.Len(), box, diff)
	}
	if len(want) < 2 {
		return
	}
	visited := 0
	a.Search(box, func(int) bool {
		visited++
		return visited < 2
	})
	if visited != 2 {
		t.Errorf("the search went on to %d rows after its end", visited)
	}
}

func TestReadersAllocateNothing(t *testing.T) {
	a := build(t, many(1000)...)
	buf := make([]geo.Fixed, 0, 1000)
	found := 0
	n := testing.AllocsPerRun(10, func() {
		a.Search(geo.TileID{}.FixedBox(), func(row int) bool {
			first, end := a.Paths(row)
			for path := first; path < end; path++ {
				buf = a.AppendPath(buf[:0], path, 14)
				found += len(buf)
			}
			return true
		})
	})
	if n > 0 || found == 0 {
		t.Errorf("%v allocations, want none; %d vertices", n, found)
	}
}

// many gives all forms in turn, over and over.
func many(n int) (all []orb.Geometry) {
	r := rand.New(rand.NewPCG(20261122, 3))
	for i := range n {
		x, y := r.IntN(1<<20), r.IntN(1<<20)
		points := coast(r, 3+r.IntN(9))
		ring := append(orb.Ring(points), points[0])
		all = append(all, []orb.Geometry{
			at(x, y),
			orb.MultiPoint(points),
			orb.LineString(points),
			orb.MultiLineString{points, line(x, y, x+5, y)},
			orb.Polygon{ring, square(x, y, 9)},
			orb.MultiPolygon{{square(x, y, 99), square(x+2, y+2, 9)}, {ring}},
			nil,
		}[i%7])
	}
	return all
}

func TestGather(t *testing.T) {
	t.Parallel()
	one, two := many(70), many(200)[70:]
	sources := []*shape.Arena{build(t, one...), build(t, two...), {}}
	var refs []shape.Ref
	var want []orb.Geometry
	for i := range one {
		if i%3 != 0 {
			refs = append(refs, shape.Ref{Source: 0, Row: uint32(i)})
			want = append(want, one[i])
		}
	}
	for i := range two {
		refs = append(refs, shape.Ref{Source: 1, Row: uint32(len(two) - 1 - i)})
		want = append(want, two[len(two)-1-i])
	}
	r := rand.New(rand.NewPCG(20261122, 4))
	r.Shuffle(len(refs), func(i, j int) {
		refs[i], refs[j] = refs[j], refs[i]
		want[i], want[j] = want[j], want[i]
	})
	got, err := shape.Gather(sources, refs)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, build(t, want...), sameArena()); diff != "" {
		t.Errorf("got − want +\n%s", diff)
	}
	checkSearch(t, got, geo.FixedBox{Min: geo.FixedAt(at(0, 0)), Max: geo.FixedAt(at(1<<19, 1<<19))})
}

// sameArena compares all that an arena shows.
func sameArena() cmp.Option {
	type row struct {
		Kind         shape.Kind
		Geometry     orb.Geometry
		Bounds       geo.FixedBox
		Area, Length float64
		At           [geo.MaxZoom + 1]int
	}
	return cmp.Transformer("rows", func(a *shape.Arena) (rows []row) {
		for i := range a.Len() {
			r := row{a.Kind(i), a.Geometry(i), a.Bounds(i), a.Area(i), a.Length(i), [geo.MaxZoom + 1]int{}}
			for z := range geo.MaxZoom + 1 {
				r.At[z] = len(verticesAt(a, i, z))
			}
			rows = append(rows, r)
		}
		return rows
	})
}
