package cell

import (
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// ErrTooMany says that an area consists of more cells than were asked for at most.
var ErrTooMany = errors.New("the area has too many cells")

// Cover is the cells of an area: inner ones, which lie wholly in it, and those on
// its border, which must ask the polygons; border cells are a few more than needed.
// A point whose cell is in neither is outside. This holds also for cells that were
// found as the Parent of a finer one. Both are in ascending order. The error is
// ErrTooMany if there are more than limit cells.
func Cover(area orb.MultiPolygon, resolution, limit int) (inner, border []Cell, err error) {
	on := map[Cell]bool{}
	for _, polygon := range area {
		for _, ring := range polygon {
			near, err := Near(orb.LineString(ring), 0, resolution, limit)
			if err != nil {
				return nil, nil, err
			}
			for _, c := range near {
				on[c] = true
			}
		}
	}
	border = slices.Sorted(maps.Keys(on))
	inner, err = Within(border, func(p orb.Point) bool { return planar.MultiPolygonContains(area, p) }, limit-len(border))
	return inner, border, err
}

// Within is the cells that a closed border shuts in: those beside border cells
// whose centre is contained, and all that can be reached from there without
// crossing the border. They are in ascending order. The error is ErrTooMany if
// there are more than limit.
func Within(border []Cell, contains func(orb.Point) bool, limit int) ([]Cell, error) {
	if limit < 0 {
		return nil, ErrTooMany
	}
	seen := make(map[Cell]bool, 2*len(border)) // true: inside
	for _, c := range border {
		seen[c] = false
	}
	var inside []Cell
	grow := func(from Cell) error {
		for next := []Cell{from}; len(next) > 0; {
			c := next[len(next)-1]
			next = next[:len(next)-1]
			if inside = append(inside, c); len(inside) > limit {
				return ErrTooMany
			}
			for _, n := range c.Disk(1)[1:] {
				if _, done := seen[n]; !done {
					seen[n] = true
					next = append(next, n)
				}
			}
		}
		return nil
	}
	for _, b := range border {
		for _, c := range b.Disk(1)[1:] {
			if _, done := seen[c]; done {
				continue
			}
			seen[c] = contains(c.Center())
			if !seen[c] {
				continue
			}
			if err := grow(c); err != nil {
				return nil, err
			}
		}
	}
	slices.Sort(inside)
	return inside, nil
}

// samplesPerEdge is how many places Near looks at on a cell's side. What lies
// between two of them is in a cell of theirs or in a neighbour: cells that do not
// touch are a side apart, of which the shrinkage of cells (a quarter), half a step
// (a sixth) and the ragged rim of a parent (a quarter) leave a third.
const samplesPerEdge = 3

// degreeMetres is more than a degree of latitude or longitude has anywhere.
const degreeMetres = 111_700

// Near is all cells that have a point at most metres from a line, and some around
// them, in ascending order. The error is ErrTooMany if there are more than limit.
func Near(line orb.LineString, metres float64, resolution, limit int) ([]Cell, error) {
	edge := EdgeLength(resolution)
	if edge == 0 {
		return nil, nil
	}
	// k rings reach at least (1.5 k − 0.5) sides of the smallest cells.
	rings := math.Ceil(metres / edge)
	if 3*rings*rings > float64(limit) {
		return nil, ErrTooMany
	}
	found := map[Cell]bool{}
	var last Cell
	visit := func(p orb.Point) bool {
		c := At(p, resolution)
		if c == last {
			return true
		}
		last = c
		for _, n := range c.Disk(1 + int(rings)) {
			found[n] = true
		}
		return len(found) <= limit
	}
	for i := range line {
		if !along(line[max(i-1, 0)], line[i], edge/samplesPerEdge, visit) {
			return nil, ErrTooMany
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// along visits places on a segment that are at most step metres apart, its ends
// among them, until visit returns false.
func along(a, b orb.Point, step float64, visit func(orb.Point) bool) bool {
	dx := (b[0] - a[0]) * math.Cos(math.Min(math.Abs(a[1]), math.Abs(b[1]))*math.Pi/180)
	steps := math.Ceil(math.Hypot(dx, b[1]-a[1]) * degreeMetres / step)
	for i := range int(steps) {
		f := float64(i) / steps
		if !visit(orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}) {
			return false
		}
	}
	return visit(b)
}
