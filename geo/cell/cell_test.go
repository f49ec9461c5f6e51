package cell_test

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"yiping/geo/cell"
)

// bund is the point of the check values, lon, lat.
func bund() orb.Point { return orb.Point{121.486, 31.24} }

func TestAt(t *testing.T) {
	for _, tt := range []struct {
		name       string
		p          orb.Point
		resolution int
		want       string
	}{
		{"the Bund at 9", bund(), 9, "89309958ac3ffff"},
		{"the Bund at 12", bund(), 12, "8c309958ac319ff"},
		{"no number", orb.Point{math.NaN(), 31}, 9, "0"},
		{"infinite", orb.Point{121, math.Inf(1)}, 9, "0"},
		{"too coarse", bund(), -1, "0"},
		{"too fine", bund(), 16, "0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := cell.At(tt.p, tt.resolution).String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestReferenceCenters compares with the centres that the reference library is
// tested with; its rand files hold other points of their cells.
func TestReferenceCenters(t *testing.T) {
	data := sharedData(t)
	for _, name := range []string{
		"res00ic.txt", "res01ic.txt", "bc05r08centers.txt", "bc05r09centers.txt", "bc05r12centers.txt", "rand05centers.txt", "rand09centers.txt",
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			for _, line := range lines(t, filepath.Join(data, name)) {
				var index string
				var lat, lon float64
				if _, err := fmt.Sscan(line, &index, &lat, &lon); err != nil {
					t.Fatalf("%q: %v", line, err)
				}
				c, err := cell.Parse(index)
				if err != nil {
					t.Fatal(err)
				}
				if got := cell.At(orb.Point{lon, lat}, c.Resolution()); got != c {
					t.Errorf("the cell of %v, %v is %v, want %v", lon, lat, got, c)
				}
				center := c.Center()
				dLon := math.Remainder(center[0]-lon, 360)
				other := strings.HasPrefix(name, "rand")
				if !other && (math.Abs(dLon) > 1e-5 || math.Abs(center[1]-lat) > 1e-6) {
					t.Errorf("the centre of %v is %v, want %v, %v", c, center, lon, lat)
				}
				n++
			}
			if n == 0 {
				t.Fatal("the file has no cells")
			}
		})
	}
}

func TestReferenceBoundaries(t *testing.T) {
	data := sharedData(t)
	var c cell.Cell
	var want orb.Ring
	n := 0
	for _, line := range lines(t, filepath.Join(data, "bc05r09cells.txt")) {
		switch line = strings.TrimSpace(line); line {
		case "{":
			want = nil
		case "}":
			got := c.Boundary()
			if !got.Closed() || got.Orientation() != orb.CCW {
				t.Errorf("the outline of %v is not closed or goes the wrong way round", c)
			}
			near := func(a, b orb.Point) bool { return math.Hypot(a[0]-b[0], a[1]-b[1]) < 1e-7 }
			if diff := cmp.Diff([]orb.Point(got[:len(got)-1]), []orb.Point(want), cmp.Comparer(near)); diff != "" {
				t.Errorf("%v: %s", c, diff)
			}
			n++
		default:
			var lat, lon float64
			if _, err := fmt.Sscan(line, &lat, &lon); err == nil {
				want = append(want, orb.Point{lon, lat})
				continue
			}
			var err error
			if c, err = cell.Parse(line); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n == 0 {
		t.Fatal("the file has no cells")
	}
}

func TestParse(t *testing.T) {
	for in, want := range map[string]bool{
		"89309958ac3ffff": true, "89309958AC3FFFF": true, "8001fffffffffff": true,
		"": false, "0": false, "xyz": false, "-1": false, "0089309958ac3ffff": false,
		"ffffffffffffffff": false, "89309958ac3fff7": false, "115309958ac3ffff": false,
	} {
		c, err := cell.Parse(in)
		if (err == nil) != want {
			t.Errorf("Parse(%q): %v", in, err)
		}
		if err == nil && c.String() != strings.ToLower(in) {
			t.Errorf("Parse(%q) is %v", in, c)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("89309958ac3ffff")
	f.Add("ffffffffffffffff")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := cell.Parse(s)
		if err != nil {
			return
		}
		if again, err := cell.Parse(c.String()); err != nil || again != c {
			t.Errorf("%q is %v, which is read as %v, %v", s, c, again, err)
		}
	})
}

func TestParentIsThatOfTheLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		c := cell.At(orb.Point{r.Float64()*360 - 180, r.Float64()*180 - 90}, r.IntN(cell.MaxResolution+1))
		for res := range c.Resolution() + 1 {
			want, err := h3.Cell(c).Parent(res)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Parent(res); got != cell.Cell(want) {
				t.Fatalf("the parent of %v at %d is %v, want %v", c, res, got, want)
			}
		}
	}
	c := cell.At(bund(), 9)
	if got := []cell.Cell{c.Parent(10), c.Parent(-1)}; got[0] != 0 || got[1] != 0 {
		t.Errorf("parents that do not exist are %v", got)
	}
}

func TestChildrenAreThoseOfTheLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	for range 2000 {
		c := cell.At(orb.Point{r.Float64()*360 - 180, r.Float64()*180 - 90}, r.IntN(cell.MaxResolution))
		want, err := h3.Cell(c).ImmediateChildren()
		if err != nil {
			t.Fatal(err)
		}
		var got []h3.Cell
		for digit := range 7 {
			child := c.Child(digit)
			if !child.Valid() { // the pentagons' missing one
				continue
			}
			if child.Digit(c.Resolution()+1) != digit {
				t.Errorf("%v is said to be child %d of %v, and is %d", child, child.Digit(c.Resolution()+1), c, digit)
			}
			got = append(got, h3.Cell(child))
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Fatalf("children of %v (-got +want):\n%s", c, diff)
		}
	}
}

func TestArea(t *testing.T) {
	// Measured at the Bund with the reference library 4.5.
	for res, want := range map[int]float64{7: 3.937e6, 9: 80_340, 11: 1639.6} {
		if got := cell.At(bund(), res).Area(); math.Abs(got/want-1) > 1e-3 {
			t.Errorf("the area at %d is %.1f m², want %.1f", res, got, want)
		}
	}
}

func TestDisk(t *testing.T) {
	c := cell.At(bund(), 9)
	for k, want := range []int{1, 7, 19, 37} {
		got := c.Disk(k)
		if len(got) != want || got[0] != c {
			t.Errorf("Disk(%d) has %d cells, want %d, and begins with %v, want %v", k, len(got), want, got[0], c)
		}
	}
}

func TestNoCell(t *testing.T) {
	for _, c := range []cell.Cell{0, math.MaxUint64, 1} {
		if c.Valid() || c.Boundary() != nil || c.Area() != 0 || c.Disk(1) != nil {
			t.Errorf("%v is taken as a cell", c)
		}
	}
}

func BenchmarkAt(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		cell.At(bund(), 11)
	}
}

func BenchmarkParent(b *testing.B) {
	c := cell.At(bund(), 12)
	for b.Loop() {
		c.Parent(8)
	}
}

func lines(t *testing.T, name string) []string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	var all []string
	s := bufio.NewScanner(f)
	for s.Scan() && len(all) < 100_000 {
		all = append(all, s.Text())
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// sharedData is the folder of the reference cells, or it skips the test.
func sharedData(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("YIPING_TEST_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir = filepath.Join(dir, "h3-vectors")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the shared data is absent: set YIPING_TEST_DATA to its folder")
	}
	return dir
}

// A cell has as many descendants as it has cells below it.
func TestDescendants(t *testing.T) {
	t.Parallel()
	hexagon := cell.At(orb.Point{121.49, 31.24}, 6)
	pentagon, err := cell.Parse("8009fffffffffff")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of         cell.Cell
		resolution int
		want       int
	}{
		{hexagon, 6, 1},
		{hexagon, 7, 7},
		{hexagon, 9, 343},
		{hexagon, 5, 0},
		{hexagon, 16, 0},
		{pentagon, 1, 6},
		{pentagon, 2, 41}, // five hexagons' 7 and the pentagon's 6
		{0, 9, 0},
	} {
		if got := c.of.Descendants(c.resolution); got != c.want {
			t.Errorf("%s has %d descendants at %d, want %d", c.of, got, c.resolution, c.want)
		}
	}
}
