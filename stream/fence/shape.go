package fence

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"yiping/geo/cell"
)

// zone is where a place lies to a fence.
type zone int8

const (
	outside zone = iota
	// fringe is farther than near_m by no more than the hysteresis: who was near is so
	// still.
	fringe
	// near is within near_m.
	near
	// band is outside by no more than the hysteresis.
	band
	inside
)

// shape is a fence made ready for fixes.
type shape struct {
	def Definition
	plane
	// reach is how far from the edges inside extends: the buffer of a line, 0 of a
	// polygon, whose inside the edges enclose.
	reach float64
	// margin is how far outside of that a place matters.
	margin float64
	line   bool
	// resolution is that of cells: nil for those wholly inside. Every place that is
	// not outside lies in one of them.
	resolution int
	cells      map[cell.Cell]*piece
}

// piece is what a fence looks like from a cell on its border.
type piece struct {
	// edges are those that may matter to a place in the cell.
	edges []segment
	// from is a place of the cell, and in whether it lies in the polygon: what is
	// reached from there over an odd number of edges lies on the other side.
	from orb.Point
	in   bool
}

// The resolutions of fences, and how many cells a simple one should have, more or
// less. Fewer, larger cells save memory; each has more edges to look at.
const (
	coarsest  = 3
	finest    = 10
	someCells = 100
	// maxCells is for shapes that the estimate is wrong about.
	maxCells = 50_000
)

// newShape prepares a definition that Check has passed.
func newShape(d Definition) (*shape, error) {
	_, line := d.Geometry.(orb.LineString)
	s := &shape{def: d, line: line, plane: planeAt(d.Geometry.Bound().Center()), reach: d.Buffer, margin: d.Hysteresis}
	if d.Near > 0 {
		s.margin += d.Near
	}
	s.resolution = s.chooseResolution()
	border := map[cell.Cell]*piece{}
	for _, l := range lines(d.Geometry) {
		for i := range len(l) - 1 {
			around, err := cell.Near(l[i:i+2], s.reach+s.margin, s.resolution, maxCells)
			if err != nil {
				return nil, fmt.Errorf("cover fence %s: %w", d.ID, err)
			}
			edge := segment{s.at(l[i]), s.at(l[i+1])}
			for _, c := range around {
				if border[c] == nil {
					border[c] = &piece{}
				}
				border[c].edges = append(border[c].edges, edge)
			}
		}
	}
	s.cells = border
	for c, p := range border {
		if s.prune(c, p); line && len(p.edges) == 0 {
			delete(border, c)
		}
	}
	if line {
		return s, nil
	}
	return s, s.fill()
}

// ragged is how much farther than its corners a cell's descendants reach: for the
// regular hexagon 1.06, by the sum of the steps from centre to centre.
const ragged = 1.2

// prune leaves a piece the edges that can matter in its cell: cell.Near gives a
// ring of cells too many.
func (s *shape) prune(c cell.Cell, p *piece) {
	center := s.at(c.Center())
	reach := 0.0
	for _, corner := range c.Boundary() {
		reach = max(reach, planar.Distance(center, s.at(corner)))
	}
	reach = reach*ragged + s.reach + s.margin
	p.edges = slices.Clip(slices.DeleteFunc(p.edges, func(e segment) bool { return e.distance2(center) > reach*reach }))
}

// chooseResolution is the finest at which the fence has few cells: as many as it
// has corners, so that each has few edges, or someCells.
func (s *shape) chooseResolution() int {
	b := s.def.Geometry.Bound()
	low, high := s.at(b.Min), s.at(b.Max)
	margin := 2 * (s.reach + s.margin)
	wide, tall := high[0]-low[0]+margin, high[1]-low[1]+margin
	length := planar.Length(s.def.Geometry) * math.Max(s.perLon, s.perLat)
	corners := 0
	for _, l := range lines(s.def.Geometry) {
		corners += len(l)
	}
	for r := finest; r > coarsest; r-- {
		// A hexagon of side a has an area of 2.6 a². Along an edge lie three rows of
		// them, or two around the whole where that is fewer.
		a := cell.EdgeLength(r)
		border := length / a * (3 + margin/a)
		if !s.line {
			border += wide * tall / (2.6 * a * a)
		}
		if whole := (wide + 4*a) * (tall + 4*a) / (2.6 * a * a); math.Min(border, whole) <= math.Max(someCells, float64(corners)) {
			return r
		}
	}
	return coarsest
}

// fill finds the sides of the border cells and adds the inner ones.
func (s *shape) fill() error {
	contains := func(p orb.Point) bool { return contains(s.def.Geometry, p) }
	border := make([]cell.Cell, 0, len(s.cells))
	for c, p := range s.cells {
		border = append(border, c)
		p.from, p.in = s.vantage(c, p.edges, contains)
	}
	inner, err := cell.Within(border, contains, maxCells)
	if err != nil {
		return fmt.Errorf("cover fence %s: %w", s.def.ID, err)
	}
	for c, p := range s.cells {
		switch {
		case len(p.edges) > 0:
		case p.in:
			inner = append(inner, c)
		default:
			delete(s.cells, c)
		}
	}
	for _, c := range inner {
		s.cells[c] = nil
	}
	return nil
}

// vantage is a place of a cell that is clear of all edges, and whether it is
// contained.
func (s *shape) vantage(c cell.Cell, edges []segment, contains func(orb.Point) bool) (from orb.Point, in bool) {
	const (
		clear = 1e-4 // metres: far more than rounding errors
		tries = 64
	)
	center := c.Center()
	p := center
	for i := range tries {
		from = s.at(p)
		tight := false
		for j := range edges {
			tight = tight || edges[j].distance2(from) < clear*clear
		}
		if !tight {
			break
		}
		// The next place of a spiral by the golden angle.
		sin, cos := math.Sincos(2.39996 * float64(i+1))
		r := float64(i+1) / tries * cell.EdgeLength(s.resolution) / 2
		p = orb.Point{center[0] + r*cos/s.perLon, center[1] + r*sin/s.perLat}
	}
	return from, contains(p)
}

func contains(g orb.Geometry, p orb.Point) bool {
	switch g := g.(type) {
	case orb.Polygon:
		return planar.PolygonContains(g, p)
	case orb.MultiPolygon:
		return planar.MultiPolygonContains(g, p)
	}
	return false
}

// zone is that of a place (lon, lat) in a cell of the shape; pc is nil for an inner
// one.
func (s *shape) zone(pc *piece, place orb.Point) zone {
	if pc == nil {
		return inside
	}
	p := s.at(place)
	if !s.line {
		in := pc.in
		way := segment{pc.from, p}
		for i := range pc.edges {
			in = in != way.crosses(&pc.edges[i])
		}
		switch {
		case in:
			return inside
		case s.margin == 0:
			return outside
		}
	}
	d2 := math.Inf(1)
	for i := range pc.edges {
		d2 = min(d2, pc.edges[i].distance2(p))
	}
	within := func(margin float64) bool { return margin > 0 && d2 <= (s.reach+margin)*(s.reach+margin) }
	switch {
	case s.line && d2 <= s.reach*s.reach:
		return inside
	case within(s.def.Hysteresis):
		return band
	case within(s.def.Near):
		return near
	case s.def.Near > 0 && within(s.margin):
		return fringe
	}
	return outside
}

// passes reports whether the way between two places leads through the fence as far
// as its piece in a cell on the way tells.
func (s *shape) passes(pc *piece, a, b orb.Point) bool {
	if pc == nil {
		return true
	}
	way := segment{s.at(a), s.at(b)}
	for i := range pc.edges {
		if s.line {
			if pc.edges[i].between2(&way) <= s.reach*s.reach {
				return true
			}
		} else if way.crosses(&pc.edges[i]) {
			return true
		}
	}
	return false
}

// holds reports whether a place, of which the finest cell is known, is inside.
func (s *shape) holds(c cell.Cell, place orb.Point) bool {
	pc, known := s.cells[c.Parent(s.resolution)]
	return known && s.zone(pc, place) == inside
}
