package rings

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// OpenError says where an outline has loose ends.
type OpenError struct {
	// Ends are the points where an odd number of lines meet.
	Ends []orb.Point
}

// Error names the first place.
func (e *OpenError) Error() string {
	return fmt.Sprintf("its outline is open at %d places, one of them %v", len(e.Ends), e.Ends[0])
}

// Assemble makes polygons of lines. Lines that bound no area at all, and no lines,
// give an empty MultiPolygon. An outline with loose ends is an *OpenError.
func Assemble(lines []orb.LineString) (orb.MultiPolygon, error) {
	g := newGraph(lines)
	if ends := g.oddPoints(); len(ends) > 0 {
		return nil, &OpenError{Ends: ends}
	}
	return nest(g.rings()), nil
}

// graph is a set of segments by their end points.
type graph struct {
	points     []orb.Point // sorted
	neighbours [][]int32   // of each point, in the order of points
}

// segment is an undirected pair of points, the lesser first.
type segment struct{ a, b orb.Point }

func newGraph(lines []orb.LineString) *graph {
	odd := map[segment]bool{}
	for _, l := range lines {
		for i := 1; i < len(l); i++ {
			s := segment{l[i-1], l[i]}
			switch comparePoints(s.a, s.b) {
			case 0:
				continue // a repeated vertex
			case 1:
				s.a, s.b = s.b, s.a
			}
			odd[s] = !odd[s]
		}
	}
	g := &graph{}
	for s, ok := range odd {
		if ok {
			g.points = append(g.points, s.a, s.b)
		}
	}
	slices.SortFunc(g.points, comparePoints)
	g.points = slices.Compact(g.points)
	g.neighbours = make([][]int32, len(g.points))
	for s, ok := range odd {
		if !ok {
			continue
		}
		a, b := g.index(s.a), g.index(s.b)
		g.neighbours[a] = append(g.neighbours[a], b)
		g.neighbours[b] = append(g.neighbours[b], a)
	}
	for _, n := range g.neighbours {
		slices.Sort(n)
	}
	return g
}

func comparePoints(a, b orb.Point) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
}

func (g *graph) index(p orb.Point) int32 {
	i, _ := slices.BinarySearchFunc(g.points, p, comparePoints)
	return int32(i)
}

func (g *graph) oddPoints() []orb.Point {
	var odd []orb.Point
	for i, n := range g.neighbours {
		if len(n)%2 == 1 {
			odd = append(odd, g.points[i])
		}
	}
	return odd
}

// rings uses up all segments. Every point has an even number of them, so a walk
// can only end where it began. It begins at the leftmost point, along its lowest
// segment, and so has the area on its left; by keeping to the left it goes around
// the smallest parts into which touching rings divide it.
func (g *graph) rings() []orb.Ring {
	var found []orb.Ring
	// at is where a point stands in the path, plus one; 0 is nowhere.
	at := make([]int32, len(g.points))
	var path []int32
	for start := range int32(len(g.points)) {
		path = append(path[:0], start)
		at[start] = 1
		for len(g.neighbours[path[len(path)-1]]) > 0 {
			next := g.take(path)
			back := at[next]
			if back == 0 {
				path = append(path, next)
				at[next] = int32(len(path))
				continue
			}
			found = append(found, g.ring(path[back-1:]))
			for _, p := range path[back:] {
				at[p] = 0
			}
			path = path[:back]
		}
		at[start] = 0
	}
	return found
}

// take uses the segment at the end of the path that turns most sharply to the
// left, or the lowest one at its start, and returns the segment's other end.
func (g *graph) take(path []int32) int32 {
	here := path[len(path)-1]
	n := g.neighbours[here]
	best := 0
	if len(path) == 1 {
		least := math.Inf(1)
		for i, j := range n {
			if a := g.direction(here, j); a < least {
				best, least = i, a
			}
		}
	} else if len(n) > 1 {
		least := math.Inf(1)
		back := g.direction(here, path[len(path)-2])
		for i, j := range n {
			// Clockwise from the way back, the first met is the sharpest left turn.
			a := back - g.direction(here, j)
			if a < 0 {
				a += 2 * math.Pi
			}
			if a < least {
				best, least = i, a
			}
		}
	}
	next := n[best]
	g.remove(here, best)
	g.remove(next, slices.Index(g.neighbours[next], here))
	return next
}

// direction is the angle from one point to another, −π..π.
func (g *graph) direction(from, to int32) float64 {
	p, q := g.points[from], g.points[to]
	return math.Atan2(q[1]-p[1], q[0]-p[0])
}

func (g *graph) remove(at int32, i int) {
	g.neighbours[at] = slices.Delete(g.neighbours[at], i, i+1)
}

// ring makes a closed ring of a part of the path.
func (g *graph) ring(path []int32) orb.Ring {
	r := make(orb.Ring, 0, len(path)+1)
	for _, i := range path {
		r = append(r, g.points[i])
	}
	return append(r, r[0])
}
