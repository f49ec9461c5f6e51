package plane_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/peterstace/simplefeatures/geom"

	"yiping/tiles/internal/plane"
)

type ring = []plane.Point

// hole marks a ring that is a hole of the one before.
type input struct {
	ring ring
	hole bool
}

func rings(in []input, box plane.Box, least float64) []ring {
	var a plane.Areas
	a.Reset()
	for _, r := range in {
		a.Add(box, r.ring, r.hole)
	}
	return collect(a.Rings(least))
}

func collect(p *plane.Paths) (out []ring) {
	for r := range p.All() {
		out = append(out, slices.Clone(r))
	}
	return out
}

func box(x0, y0, x1, y1 int64) ring { return ring{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}} }

func TestAreas(t *testing.T) {
	t.Parallel()
	tile := plane.TileBox(plane.Buffer)
	for name, tt := range map[string]struct {
		in    []input
		least float64
		want  []ring
	}{
		"nothing": {},
		"square":  {in: []input{{ring: box(0, 0, 10, 10)}}, want: []ring{box(0, 0, 10, 10)}},
		"square the other way": {
			in:   []input{{ring: ring{{0, 0}, {0, 10}, {10, 10}, {10, 0}}}},
			want: []ring{{{10, 0}, {10, 10}, {0, 10}, {0, 0}}},
		},
		"closed and repeated": {
			in:   []input{{ring: ring{{0, 0}, {0, 0}, {10, 0}, {10, 10}, {10, 10}, {0, 0}, {0, 0}}}},
			want: []ring{{{0, 0}, {10, 0}, {10, 10}}},
		},
		"hole either way": {
			in:   []input{{ring: box(0, 0, 10, 10)}, {ring: box(2, 2, 4, 4), hole: true}},
			want: []ring{box(0, 0, 10, 10), {{2, 4}, {4, 4}, {4, 2}, {2, 2}}},
		},
		"island in a hole": {
			in:   []input{{ring: box(0, 0, 30, 30)}, {ring: box(5, 5, 25, 25), hole: true}, {ring: box(10, 10, 20, 20)}},
			want: []ring{box(0, 0, 30, 30), {{5, 25}, {25, 25}, {25, 5}, {5, 5}}, box(10, 10, 20, 20)},
		},
		"a point, a line and a line there and back": {
			in: []input{{ring: ring{{1, 1}}}, {ring: ring{{1, 1}, {5, 5}}}, {ring: ring{{0, 0}, {5, 5}, {9, 9}, {5, 5}}}},
		},
		"spike": {
			in:   []input{{ring: ring{{0, 0}, {10, 0}, {10, 5}, {20, 5}, {10, 5}, {10, 10}, {0, 10}}}},
			want: []ring{box(0, 0, 10, 10)},
		},
		"bow tie keeps the lobe that turns as the whole does": {
			in:   []input{{ring: ring{{0, 0}, {10, 10}, {10, 0}, {0, 4}}}},
			want: []ring{{{3, 3}, {10, 0}, {10, 10}}},
		},
		"rings that touch along an edge become one": {
			in:   []input{{ring: box(0, 0, 10, 10)}, {ring: box(10, 0, 20, 10)}},
			want: []ring{box(0, 0, 20, 10)},
		},
		"rings that touch in a point stay two": {
			in:   []input{{ring: box(0, 0, 10, 10)}, {ring: box(10, 10, 20, 20)}},
			want: []ring{box(0, 0, 10, 10), box(10, 10, 20, 20)},
		},
		"a ring that touches itself has a hole": {
			in:   []input{{ring: ring{{0, 0}, {5, 12}, {10, 15}, {12, 10}, {0, 0}, {20, 0}, {20, 20}, {0, 20}}}},
			want: []ring{box(0, 0, 20, 20), {{0, 0}, {5, 12}, {10, 15}, {12, 10}}},
		},
		"hole outside its ring is dropped": {
			in:   []input{{ring: box(0, 0, 10, 10)}, {ring: box(20, 20, 30, 30), hole: true}},
			want: []ring{box(0, 0, 10, 10)},
		},
		"hole over the edge is cut out": {
			in:   []input{{ring: box(0, 0, 10, 10)}, {ring: box(5, -5, 15, 15), hole: true}},
			want: []ring{box(0, 0, 5, 10)},
		},
		"hole that fills its ring leaves nothing": {
			in: []input{{ring: box(0, 0, 10, 10)}, {ring: box(0, 0, 10, 10), hole: true}},
		},
		"small rings are left out, with their holes": {
			in: []input{
				{ring: box(0, 0, 3, 3)},
				{ring: box(1, 1, 2, 2), hole: true},
				{ring: box(10, 10, 20, 20)},
				{ring: box(12, 12, 14, 14), hole: true},
			},
			least: 10,
			want:  []ring{box(10, 10, 20, 20)},
		},
		"the whole world is the box": {
			in:   []input{{ring: box(-1<<34, -1<<34, 1<<34, 1<<34)}},
			want: []ring{box(-64, -64, 4160, 4160)},
		},
		"outside": {in: []input{{ring: box(5000, 0, 6000, 10)}}},
		"a comb cut off at its teeth is its teeth": {
			in:   []input{{ring: ring{{-100, 0}, {10, 0}, {10, 10}, {-90, 10}, {-90, 20}, {10, 20}, {10, 30}, {-100, 30}}}},
			want: []ring{box(-64, 0, 10, 10), box(-64, 20, 10, 30)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := rings(tt.in, tile, tt.least)
			if diff := cmp.Diff(canonical(got), canonical(tt.want)); diff != "" {
				t.Errorf("got − want +\n%s", diff)
			}
			checkRings(t, got)
		})
	}
}

// canonical lets each ring start at its smallest vertex.
func canonical(in []ring) (out []ring) {
	for _, r := range in {
		first := 0
		for i, p := range r {
			if p.X < r[first].X || p.X == r[first].X && p.Y < r[first].Y {
				first = i
			}
		}
		out = append(out, append(slices.Clone(r[first:]), r[:first]...))
	}
	return out
}

// checkRings holds rings against section 4.3.4.4 of the MVT specification, and
// against OGC validity as simplefeatures has it.
func checkRings(tb testing.TB, rings []ring) {
	tb.Helper()
	if g := multiPolygon(tb, rings); g.Validate() != nil {
		tb.Fatalf("%v: %s", g.Validate(), g.AsText())
	}
}

// multiPolygon assembles rings by their winding, as a decoder does.
func multiPolygon(tb testing.TB, rings []ring) geom.MultiPolygon {
	tb.Helper()
	var polygons [][]geom.LineString
	for _, r := range rings {
		var flat []float64
		for i, p := range append(slices.Clone(r), r[0]) {
			flat = append(flat, float64(p.X), float64(p.Y))
			if i > 0 && p == r[i-1] {
				tb.Fatalf("%v is repeated in %v", p, r)
			}
		}
		line := geom.NewLineString(geom.NewSequence(flat, geom.DimXY))
		switch area := surveyor(r); {
		case area > 0:
			polygons = append(polygons, []geom.LineString{line})
		case area < 0 && len(polygons) > 0:
			polygons[len(polygons)-1] = append(polygons[len(polygons)-1], line)
		default:
			tb.Fatalf("area %d where an outer ring is wanted: %v", area, r)
		}
	}
	var list []geom.Polygon
	for _, p := range polygons {
		list = append(list, geom.NewPolygon(p))
	}
	return geom.NewMultiPolygon(list)
}

// surveyor is twice the area, as the MVT specification says.
func surveyor(r ring) (twice int64) {
	for i, p := range r {
		q := r[(i+1)%len(r)]
		twice += p.X*q.Y - q.X*p.Y
	}
	return twice
}

// Any rings at all come out valid, and inside where the input winds above 0.
func TestAreasOfAnything(t *testing.T) {
	t.Parallel()
	const seed, rounds = 20261122, 3000
	r := rand.New(rand.NewPCG(seed, 1))
	for round := range rounds {
		in := randomRings(r)
		got := rings(in, plane.TileBox(plane.Buffer), 0)
		checkRings(t, got)
		checkInside(t, r, in, got, plane.TileBox(plane.Buffer))
		if t.Failed() {
			t.Fatalf("round %d of seed %d: %v", round, seed, in)
		}
	}
}

// randomRings gives stars with holes and random tangles, large and tiny, in the
// tile and across its edges.
func randomRings(r *rand.Rand) (in []input) {
	for range 1 + r.IntN(3) {
		size := math.Exp(r.Float64() * 9)
		x, y := r.Float64()*5000-400, r.Float64()*5000-400
		if r.IntN(4) == 0 {
			var tangle ring
			for range 3 + r.IntN(12) {
				tangle = append(tangle, plane.Point{X: int64(x + r.Float64()*size), Y: int64(y + r.Float64()*size)})
			}
			in = append(in, input{ring: tangle})
			continue
		}
		in = append(in, input{ring: star(r, x, y, size, 3+r.IntN(40))})
		for range r.IntN(3) {
			part := size * 0.5
			in = append(in, input{
				ring: star(r, x+part*(r.Float64()-0.5), y+part*(r.Float64()-0.5), size*0.3, 3+r.IntN(20)), hole: true,
			})
		}
	}
	return in
}

func star(r *rand.Rand, x, y, size float64, n int) (out ring) {
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		d := size * (0.3 + 0.7*r.Float64())
		out = append(out, plane.Point{X: int64(math.Round(x + d*cos)), Y: int64(math.Round(y + d*sin))})
	}
	return out
}

// checkInside compares winding numbers at random places that are a unit or more
// away from all edges: rounding may move an edge by less.
func checkInside(t *testing.T, r *rand.Rand, in []input, got []ring, clip plane.Box) {
	t.Helper()
	for range 40 {
		p := [2]float64{
			float64(clip.Min.X) + r.Float64()*float64(clip.Max.X-clip.Min.X),
			float64(clip.Min.Y) + r.Float64()*float64(clip.Max.Y-clip.Min.Y),
		}
		if r.IntN(4) > 0 { // near the edges
			v := in[r.IntN(len(in))].ring
			w := v[r.IntN(len(v))]
			p = [2]float64{float64(w.X) + 20*r.NormFloat64(), float64(w.Y) + 20*r.NormFloat64()}
			if !clip.Contains(plane.Point{X: int64(math.Floor(p[0])), Y: int64(math.Floor(p[1]))}) ||
				!clip.Contains(plane.Point{X: int64(math.Ceil(p[0])), Y: int64(math.Ceil(p[1]))}) {
				continue
			}
		}
		want, far := 0, true
		for _, i := range in {
			twice := surveyor(i.ring)
			n := windingAt(i.ring, p)
			if (twice < 0) != i.hole {
				n = -n
			}
			if twice != 0 {
				want += n
			}
			far = far && distanceTo(i.ring, p) > 1.5
		}
		if !far {
			continue
		}
		inside := 0
		for _, g := range got {
			inside += windingAt(g, p)
		}
		if (inside == 1) != (want > 0) || inside < 0 || inside > 1 {
			t.Errorf("at %v the rings wind %d times, the input %d", p, inside, want)
		}
	}
}

// windingAt adds up the angles under which a point sees the edges.
func windingAt(r ring, p [2]float64) int {
	var sum float64
	for i, a := range r {
		b := r[(i+1)%len(r)]
		ax, ay := float64(a.X)-p[0], float64(a.Y)-p[1]
		bx, by := float64(b.X)-p[0], float64(b.Y)-p[1]
		sum += math.Atan2(ax*by-ay*bx, ax*bx+ay*by)
	}
	return int(math.Round(sum / (2 * math.Pi)))
}

func distanceTo(r ring, p [2]float64) float64 {
	best := math.Inf(1)
	for i, a := range r {
		best = min(best, distance(p, a, r[(i+1)%len(r)]))
	}
	return best
}

// distance is that of a place from a segment.
func distance(p [2]float64, a, b plane.Point) float64 {
	dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
	x, y := p[0]-float64(a.X), p[1]-float64(a.Y)
	if d2 := dx*dx + dy*dy; d2 > 0 {
		t := max(0, min(1, (x*dx+y*dy)/d2))
		x, y = x-t*dx, y-t*dy
	}
	return math.Hypot(x, y)
}

// Clipping keeps the area that simplefeatures finds in the box, but for rounding
// along the boundary.
func TestClippedArea(t *testing.T) {
	t.Parallel()
	const seed, rounds = 20261122, 300
	r := rand.New(rand.NewPCG(seed, 2))
	clip := plane.TileBox(plane.Buffer)
	window := geom.NewEnvelope(geom.XY{X: -64, Y: -64}, geom.XY{X: 4160, Y: 4160}).AsGeometry()
	cut := 0
	for round := range rounds {
		in := []input{{ring: star(r, r.Float64()*6000-1000, r.Float64()*6000-1000, 200+r.Float64()*3000, 5+r.IntN(60))}}
		whole := rings(in, plane.Box{Min: plane.Point{X: -1 << 13, Y: -1 << 13}, Max: plane.Point{X: 1 << 13, Y: 1 << 13}}, 0)
		exact, err := geom.Intersection(multiPolygon(t, whole).AsGeometry(), window)
		if err != nil {
			t.Fatal(err)
		}
		got := multiPolygon(t, rings(in, clip, 0))
		if exact.Area() < multiPolygon(t, whole).Area() {
			cut++
		}
		// Each unit of boundary moves by half a unit at most.
		if diff, most := math.Abs(got.Area()-exact.Area()), 0.5*exact.Boundary().Length()+1; diff > most {
			t.Errorf("round %d of seed %d: area %g, want %g ± %g", round, seed, got.Area(), exact.Area(), most)
		}
	}
	if cut < rounds/10 {
		t.Errorf("only %d of %d areas met the edge of the box", cut, rounds)
	}
}

func TestAreasAllocateNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(20261122, 3))
	var in []input
	for range 20 {
		in = append(in, randomRings(r)...)
	}
	var a plane.Areas
	run := func() {
		a.Reset()
		for _, i := range in {
			a.Add(plane.TileBox(plane.Buffer), i.ring, i.hole)
		}
		if a.Rings(0).Len() == 0 {
			t.Fatal("no rings")
		}
	}
	run()
	if n := testing.AllocsPerRun(10, run); n > 0 {
		t.Errorf("%v allocations a run, want none", n)
	}
}

// FuzzAreas reads small rings close together from bytes, two a vertex.
func FuzzAreas(f *testing.F) {
	f.Add([]byte{0, 0, 9, 9, 9, 0, 0, 4})
	f.Add([]byte{0, 0, 200, 3, 7, 100, 255, 255, 1, 1, 30, 2, 2, 30})
	f.Add([]byte("a fair tangle of many letters that cross each other"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var in []input
		var r ring
		for i := 0; i+1 < len(data) && i < 200; i += 2 {
			if data[i] == 255 {
				in = append(in, input{r, data[i+1] > 127})
				r = nil
				continue
			}
			r = append(r, plane.Point{X: int64(data[i]%64) - 5, Y: int64(data[i+1]%64) - 5})
		}
		in = append(in, input{ring: r})
		checkRings(t, rings(in, plane.Box{Max: plane.Point{X: 50, Y: 50}}, 0))
	})
}
