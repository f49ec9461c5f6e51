package plane_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yiping/tiles/internal/plane"
)

func TestClipLine(t *testing.T) {
	t.Parallel()
	clip := plane.Box{Max: plane.Point{X: 10, Y: 10}}
	for name, tt := range map[string]struct {
		line ring
		want []ring
	}{
		"nothing":              {},
		"one vertex":           {line: ring{{5, 5}}},
		"inside":               {line: ring{{1, 1}, {9, 9}, {9, 1}}, want: []ring{{{1, 1}, {9, 9}, {9, 1}}}},
		"repeated vertices":    {line: ring{{1, 1}, {1, 1}, {9, 9}, {9, 9}}, want: []ring{{{1, 1}, {9, 9}}}},
		"outside":              {line: ring{{-5, -5}, {-5, 20}, {20, 20}}},
		"through":              {line: ring{{-10, 5}, {20, 5}}, want: []ring{{{0, 5}, {10, 5}}}},
		"through two edges":    {line: ring{{-2, 4}, {4, -2}}, want: []ring{{{0, 2}, {2, 0}}}},
		"past a corner":        {line: ring{{-2, 1}, {1, -2}}},
		"touches a corner":     {line: ring{{-2, 2}, {2, -2}}},
		"ends on the edge":     {line: ring{{-5, 5}, {0, 5}}},
		"along the edge":       {line: ring{{-5, 0}, {15, 0}}, want: []ring{{{0, 0}, {10, 0}}}},
		"touches and goes on":  {line: ring{{5, 5}, {10, 5}, {5, 8}}, want: []ring{{{5, 5}, {10, 5}, {5, 8}}}},
		"out and in again":     {line: ring{{5, 5}, {15, 5}, {15, 8}, {5, 8}}, want: []ring{{{5, 5}, {10, 5}}, {{10, 8}, {5, 8}}}},
		"out in one vertex":    {line: ring{{5, 5}, {15, 5}, {5, 5}}, want: []ring{{{5, 5}, {10, 5}}, {{10, 5}, {5, 5}}}},
		"around the world":     {line: ring{{-1 << 34, 3}, {1 << 34, 7}}, want: []ring{{{0, 5}, {10, 5}}}},
		"from the far corners": {line: ring{{-1 << 34, -1 << 34}, {1 << 34, 1 << 34}}, want: []ring{{{0, 0}, {10, 10}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, turned := range []bool{false, true} {
				line, want := slices.Clone(tt.line), make([]ring, 0)
				for _, w := range tt.want {
					want = append(want, slices.Clone(w))
				}
				if turned {
					slices.Reverse(line)
					slices.Reverse(want)
					for _, w := range want {
						slices.Reverse(w)
					}
				}
				var parts plane.Paths
				plane.ClipLine(&parts, line, clip)
				if diff := cmp.Diff(append([]ring{}, collect(&parts)...), want); diff != "" {
					t.Errorf("turned %v: got − want +\n%s", turned, diff)
				}
			}
		})
	}
}

// Parts lie in the box and on the line, and are as long as the line is in the box.
func TestClipLineProperties(t *testing.T) {
	t.Parallel()
	const seed = 20261122
	r := rand.New(rand.NewPCG(seed, 5))
	clip := plane.TileBox(plane.Buffer)
	for round := range 500 {
		var line ring
		for range 2 + r.IntN(20) {
			line = append(line, plane.Point{X: r.Int64N(9000) - 2400, Y: r.Int64N(9000) - 2400})
		}
		var parts plane.Paths
		plane.ClipLine(&parts, line, clip)
		var got float64
		for part := range parts.All() {
			got += lengthOf(part)
			for i, p := range part {
				if !clip.Contains(p) || toLine(p, line) > 0.75 {
					t.Fatalf("round %d: %v is outside, or %g from the line", round, p, toLine(p, line))
				}
				if i > 0 && part[i-1] == p {
					t.Fatalf("round %d: %v is repeated", round, p)
				}
			}
		}
		if want := lengthWithin(line, clip); math.Abs(got-want) > 8*float64(len(line)) {
			t.Errorf("round %d of seed %d: length %g, want %g", round, seed, got, want)
		}
	}
}

// Lines from anywhere in the world of zoom 22 are cut where they cross the box, also
// those that pass a corner by less than a unit.
func TestClipLineFromFar(t *testing.T) {
	t.Parallel()
	const seed = 20261122
	r := rand.New(rand.NewPCG(seed, 14))
	clip := plane.TileBox(plane.Buffer)
	corners := box(-64, -64, 4160, 4160)
	crossed := 0
	for range 20_000 {
		near := corners[r.IntN(4)]
		dx, dy := r.Int64N(1<<33)-1<<32, r.Int64N(1<<33)-1<<32
		dx, dy = dx>>r.IntN(32), dy>>r.IntN(32)
		line := ring{
			{X: near.X - dx + r.Int64N(3) - 1, Y: near.Y - dy + r.Int64N(3) - 1},
			{X: near.X + dx, Y: near.Y + dy},
		}
		var parts plane.Paths
		plane.ClipLine(&parts, line, clip)
		for part := range parts.All() {
			crossed++
			for _, p := range part {
				if !clip.Contains(p) || toLine(p, line) > 0.75 {
					t.Fatalf("%v of %v is outside, or %g from the line (seed %d)", p, line, toLine(p, line), seed)
				}
			}
		}
	}
	if crossed < 1000 {
		t.Errorf("only %d lines crossed the box", crossed)
	}
}

// lengthWithin is found by walking the line in small steps.
func lengthWithin(line ring, clip plane.Box) (sum float64) {
	const steps = 1000
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		dx, dy := float64(b.X-a.X), float64(b.Y-a.Y)
		in := 0
		for s := range steps {
			f := (float64(s) + 0.5) / steps
			x, y := float64(a.X)+f*dx, float64(a.Y)+f*dy
			if x >= float64(clip.Min.X) && x <= float64(clip.Max.X) && y >= float64(clip.Min.Y) && y <= float64(clip.Max.Y) {
				in++
			}
		}
		sum += math.Hypot(dx, dy) * float64(in) / steps
	}
	return sum
}

func lengthOf(line ring) (sum float64) {
	for i := 1; i < len(line); i++ {
		sum += math.Hypot(float64(line[i].X-line[i-1].X), float64(line[i].Y-line[i-1].Y))
	}
	return sum
}

func toLine(p plane.Point, line ring) float64 {
	best := math.Inf(1)
	for i := 1; i < len(line); i++ {
		best = min(best, distance([2]float64{float64(p.X), float64(p.Y)}, line[i-1], line[i]))
	}
	return best
}

func TestSimplify(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ line, want ring }{
		"nothing":    {},
		"two":        {line: ring{{0, 0}, {0, 1}}, want: ring{{0, 0}, {0, 1}}},
		"straight":   {line: ring{{0, 0}, {5, 0}, {9, 0}}, want: ring{{0, 0}, {9, 0}}},
		"small bend": {line: ring{{0, 0}, {5, 2}, {9, 0}}, want: ring{{0, 0}, {9, 0}}},
		"bend":       {line: ring{{0, 0}, {5, 3}, {9, 0}}, want: ring{{0, 0}, {5, 3}, {9, 0}}},
		"back":       {line: ring{{0, 0}, {50, 0}, {9, 0}}, want: ring{{0, 0}, {50, 0}, {9, 0}}},
		"loop":       {line: ring{{0, 0}, {50, 0}, {50, 50}, {0, 0}}, want: ring{{0, 0}, {50, 0}, {50, 50}, {0, 0}}},
		"small loop": {line: ring{{0, 0}, {1, 0}, {1, 1}, {0, 0}}, want: ring{{0, 0}, {1, 1}, {0, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s plane.Simplifier
			if diff := cmp.Diff(s.Line(tt.line, 2), tt.want); diff != "" {
				t.Errorf("got − want +\n%s", diff)
			}
		})
	}
}

func TestSimplifyKeepsTheTolerance(t *testing.T) {
	t.Parallel()
	const seed, tolerance = 20261122, 4
	r := rand.New(rand.NewPCG(seed, 6))
	var s plane.Simplifier
	left := 0
	for round := range 300 {
		line := slices.Compact(walk(r, 200))
		if round%3 == 0 {
			line = append(line, line[0])
		}
		got := s.Line(slices.Clone(line), tolerance)
		left += len(got)
		if len(slices.Compact(slices.Clone(got))) < len(got) {
			t.Fatalf("a vertex is repeated in %v (seed %d)", got, seed)
		}
		for _, p := range line {
			if d := toLine(p, got); d > tolerance {
				t.Fatalf("%v is %g from the line (seed %d)", p, d, seed)
			}
		}
	}
	if left >= 300*150 {
		t.Errorf("%d of %d vertices are left", left, 300*200)
	}
}

func walk(r *rand.Rand, n int) (line ring) {
	p := plane.Point{X: 2000, Y: 2000}
	for range n {
		line = append(line, p)
		p.X += r.Int64N(9) - 2
		p.Y += r.Int64N(9) - 4
	}
	return line
}

func TestLinesAllocateNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(20261122, 7))
	line := walk(r, 2000)
	buf := make(ring, len(line))
	var s plane.Simplifier
	var parts plane.Paths
	run := func() {
		copy(buf, line)
		parts.Reset()
		plane.ClipLine(&parts, s.Line(buf, 2), plane.TileBox(plane.Buffer))
		for part := range parts.All() {
			if len(part) < 2 {
				t.Fatal(part)
			}
		}
	}
	run()
	if n := testing.AllocsPerRun(10, run); n > 0 {
		t.Errorf("%v allocations a run, want none", n)
	}
}
