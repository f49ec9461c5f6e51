package rings_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"yiping/layers/load/internal/rings"
)

// square is a closed line around x..x+size, y..y+size.
func square(x, y, size float64) orb.LineString {
	return orb.LineString{{x, y}, {x + size, y}, {x + size, y + size}, {x, y + size}, {x, y}}
}

func ring(points ...orb.Point) orb.Ring { return append(slices.Clone(points), points[0]) }

func TestAssemble(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		lines []orb.LineString
		want  orb.MultiPolygon
	}{
		{name: "nothing"},
		{name: "empty lines", lines: []orb.LineString{{}, {{1, 1}}, nil}},
		{name: "out and back bounds nothing", lines: []orb.LineString{{{0, 0}, {1, 0}, {0, 0}}}},
		{
			name:  "one closed line",
			lines: []orb.LineString{square(0, 0, 4)},
			want:  orb.MultiPolygon{{ring(orb.Point{0, 0}, orb.Point{4, 0}, orb.Point{4, 4}, orb.Point{0, 4})}},
		},
		{
			name:  "repeated vertices",
			lines: []orb.LineString{{{0, 0}, {0, 0}, {4, 0}, {4, 4}, {4, 4}, {0, 0}}},
			want:  orb.MultiPolygon{{ring(orb.Point{0, 0}, orb.Point{4, 0}, orb.Point{4, 4})}},
		},
		{
			name: "pieces, some reversed",
			lines: []orb.LineString{
				{{4, 4}, {4, 0}}, {{0, 0}, {4, 0}}, {{0, 4}, {0, 0}}, {{4, 4}, {0, 4}},
			},
			want: orb.MultiPolygon{{ring(orb.Point{0, 0}, orb.Point{4, 0}, orb.Point{4, 4}, orb.Point{0, 4})}},
		},
		{
			name:  "island in a lake in an island",
			lines: []orb.LineString{square(3, 3, 2), square(0, 0, 10), square(4, 4, 0.5), square(1, 1, 8)},
			want: orb.MultiPolygon{
				{
					ring(orb.Point{0, 0}, orb.Point{10, 0}, orb.Point{10, 10}, orb.Point{0, 10}),
					ring(orb.Point{1, 1}, orb.Point{1, 9}, orb.Point{9, 9}, orb.Point{9, 1}),
				},
				{
					ring(orb.Point{3, 3}, orb.Point{5, 3}, orb.Point{5, 5}, orb.Point{3, 5}),
					ring(orb.Point{4, 4}, orb.Point{4, 4.5}, orb.Point{4.5, 4.5}, orb.Point{4.5, 4}),
				},
			},
		},
		{
			name:  "two that touch at a corner",
			lines: []orb.LineString{square(0, 0, 2), square(2, 2, 2)},
			want: orb.MultiPolygon{
				{ring(orb.Point{0, 0}, orb.Point{2, 0}, orb.Point{2, 2}, orb.Point{0, 2})},
				{ring(orb.Point{2, 2}, orb.Point{4, 2}, orb.Point{4, 4}, orb.Point{2, 4})},
			},
		},
		{
			name:  "neighbours with a common edge become one",
			lines: []orb.LineString{square(0, 0, 2), square(2, 0, 2)},
			want: orb.MultiPolygon{{ring(
				orb.Point{0, 0}, orb.Point{2, 0}, orb.Point{4, 0}, orb.Point{4, 2}, orb.Point{2, 2}, orb.Point{0, 2})}},
		},
		{
			name:  "hole that touches its outline",
			lines: []orb.LineString{{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}, {{0, 0}, {2, 1}, {1, 2}, {0, 0}}},
			want: orb.MultiPolygon{{
				ring(orb.Point{0, 0}, orb.Point{4, 0}, orb.Point{4, 4}, orb.Point{0, 4}),
				ring(orb.Point{0, 0}, orb.Point{1, 2}, orb.Point{2, 1}),
			}},
		},
		{
			name: "hole that touches twice divides its outline",
			lines: []orb.LineString{
				{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}},
				{{0, 0}, {3, 1}, {4, 4}, {1, 3}, {0, 0}},
			},
			want: orb.MultiPolygon{
				{ring(orb.Point{0, 0}, orb.Point{4, 0}, orb.Point{4, 4}, orb.Point{3, 1})},
				{ring(orb.Point{0, 0}, orb.Point{1, 3}, orb.Point{4, 4}, orb.Point{0, 4})},
			},
		},
		{
			name:  "figure of eight through one point",
			lines: []orb.LineString{{{0, 0}, {2, 2}, {4, 0}, {4, 4}, {2, 2}, {0, 4}, {0, 0}}},
			want: orb.MultiPolygon{
				{ring(orb.Point{0, 0}, orb.Point{2, 2}, orb.Point{0, 4})},
				{ring(orb.Point{2, 2}, orb.Point{4, 0}, orb.Point{4, 4})},
			},
		},
		{
			name:  "a spike is dropped",
			lines: []orb.LineString{{{0, 0}, {4, 0}, {4, 4}, {6, 6}, {4, 4}, {0, 4}, {0, 0}}},
			want:  orb.MultiPolygon{{ring(orb.Point{0, 0}, orb.Point{4, 0}, orb.Point{4, 4}, orb.Point{0, 4})}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := rings.Assemble(tt.lines)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(canonical(got), canonical(tt.want)); diff != "" {
				t.Errorf("got − want +\n%s", diff)
			}
		})
	}
}

func TestAssembleOpen(t *testing.T) {
	t.Parallel()
	_, err := rings.Assemble([]orb.LineString{square(0, 0, 1), {{5, 5}, {6, 5}, {6, 6}}})
	var open *rings.OpenError
	if !errors.As(err, &open) {
		t.Fatalf("got %v", err)
	}
	if diff := cmp.Diff(open.Ends, []orb.Point{{5, 5}, {6, 6}}); diff != "" {
		t.Errorf("got − want +\n%s", diff)
	}
	if got, want := err.Error(), "its outline is open at 2 places, one of them [5 5]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestAssembleAnyOrder cuts outlines of nested and neighbouring squares into random
// pieces, shuffles and reverses them, and wants the same polygons every time, with
// the area that the squares have by even and odd.
func TestAssembleAnyOrder(t *testing.T) {
	t.Parallel()
	const seed, rounds = 20261121, 300
	r := rand.New(rand.NewPCG(seed, 0))
	for round := range rounds {
		var outlines []orb.LineString
		area := 0.0
		for i := range 1 + r.IntN(4) {
			x := float64(20 * i)
			size := 16.0
			for depth := 0; size >= 2 && depth <= r.IntN(5); depth++ {
				outlines = append(outlines, square(x+float64(depth), float64(depth), size))
				if depth%2 == 0 {
					area += size * size
				} else {
					area -= size * size
				}
				size -= 2
			}
		}
		var first orb.MultiPolygon
		for try := range 3 {
			got, err := rings.Assemble(pieces(r, outlines))
			if err != nil {
				t.Fatalf("round %d, seed %d: %v", round, seed, err)
			}
			if a := planar.Area(got); a != area {
				t.Fatalf("round %d, seed %d: area %v, want %v", round, seed, a, area)
			}
			for _, p := range got {
				for i, ring := range p {
					if want := map[bool]orb.Orientation{true: orb.CCW, false: orb.CW}[i == 0]; ring.Orientation() != want {
						t.Fatalf("round %d, seed %d: ring %d turns the wrong way", round, seed, i)
					}
				}
			}
			if try == 0 {
				first = got
			} else if diff := cmp.Diff(got, first); diff != "" {
				t.Fatalf("round %d, seed %d: order matters\n%s", round, seed, diff)
			}
		}
	}
}

// pieces cuts closed lines at random vertices and mixes the pieces.
func pieces(r *rand.Rand, outlines []orb.LineString) []orb.LineString {
	var all []orb.LineString
	for _, l := range outlines {
		l = slices.Clone(l)
		for len(l) > 2 {
			n := 2 + r.IntN(len(l)-1)
			n = min(n, len(l))
			all = append(all, slices.Clone(l[:n]))
			l = l[n-1:]
		}
		if len(l) == 2 {
			all = append(all, l)
		}
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, l := range all {
		if r.IntN(2) == 0 {
			slices.Reverse(l)
		}
	}
	return all
}

// canonical turns every ring to begin at its least point, and sorts polygons.
func canonical(mp orb.MultiPolygon) orb.MultiPolygon {
	less := func(a, b orb.Point) int { return slices.Compare(a[:], b[:]) }
	out := make(orb.MultiPolygon, 0, len(mp))
	for _, p := range mp {
		q := make(orb.Polygon, 0, len(p))
		for _, r := range p {
			open := r[:len(r)-1]
			at := slices.Index(open, slices.MinFunc(open, less))
			q = append(q, ring(append(slices.Clone(open[at:]), open[:at]...)...))
		}
		slices.SortFunc(q[1:], func(a, b orb.Ring) int { return less(a[0], b[0]) })
		out = append(out, q)
	}
	slices.SortFunc(out, func(a, b orb.Polygon) int {
		return slices.CompareFunc(a[0], b[0], less)
	})
	return out
}

// FuzzAssemble draws lines over a small grid, where everything touches and
// overlaps, and checks that the walk ends, that all rings are closed and that no
// segment is used twice.
func FuzzAssemble(f *testing.F) {
	f.Add([]byte{0x00, 0x40, 0x44, 0x04, 0x00})
	f.Add([]byte{0x00, 0x22, 0x40, 0x44, 0x22, 0x04, 0x00, 0xff, 0x11, 0x31, 0x33, 0x11})
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := []orb.LineString{{}}
		for _, b := range data {
			if b == 0xff {
				lines = append(lines, orb.LineString{})
				continue
			}
			last := &lines[len(lines)-1]
			*last = append(*last, orb.Point{float64(b >> 4), float64(b & 15)})
		}
		got, err := rings.Assemble(lines)
		if err != nil {
			return
		}
		used := map[[2]orb.Point]bool{}
		for _, p := range got {
			for _, r := range p {
				if len(r) < 4 || r[0] != r[len(r)-1] {
					t.Fatalf("ring %v", r)
				}
				for i := 1; i < len(r); i++ {
					s := [2]orb.Point{r[i-1], r[i]}
					if slices.Compare(s[0][:], s[1][:]) > 0 {
						s[0], s[1] = s[1], s[0]
					}
					if used[s] {
						t.Fatalf("segment %v twice", s)
					}
					used[s] = true
				}
			}
		}
	})
}
