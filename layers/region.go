package layers

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Regions are the codes of the regions that a feature lies in; empty where it
// lies in none.
type Regions struct {
	District, Street, Village string
}

// RegionPart is a piece of a region: a polygon of few vertices, perhaps with
// holes. The parts of a region cover it and do not overlap.
type RegionPart struct {
	Layer  string // "district", "street" or "village"
	Code   string
	Parent string // code of the region above, or empty
	Shape  orb.Polygon
}

// RegionIndex tells in which regions a point lies, by the same rules as the
// database (yiping.regions_at), in well under a tenth of a microsecond where
// no border is near (BenchmarkRegionIndex).
//
// A grid of small cells remembers where the answer is the same for the whole
// cell; only points in cells that a border crosses are tested against polygons.
// It is immutable and safe for concurrent use.
type RegionIndex struct {
	bound      orb.Bound
	side       float64 // of a cell, in degrees
	cols, rows int
	cells      []int32 // ≥ 0: answers[i]; < 0: mixed[^i]
	answers    []Regions
	mixed      [][]int32 // parts that touch the cell
	parts      []RegionPart
	shapes     map[string]*RegionShape // by code
	digest     uint64                  // of all parts
}

// regionCellDegrees is the side of a grid cell: about 200 m, so that in a city
// most points fall into cells without a border, and the grid stays a few MB.
const regionCellDegrees = 0.002

// maxRegionCells bounds the grid; larger areas get larger cells.
const maxRegionCells = 4 << 20

// NewRegionIndex indexes the parts.
func NewRegionIndex(parts []RegionPart) *RegionIndex {
	x := &RegionIndex{parts: slices.Clone(parts)}
	// The smallest code wins on a shared border, so test in that order.
	slices.SortFunc(x.parts, func(a, b RegionPart) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Code, b.Code))
	})
	x.outline()
	if len(parts) == 0 {
		return x
	}
	x.bound = x.parts[0].Shape.Bound()
	for _, p := range x.parts {
		x.bound = x.bound.Union(p.Shape.Bound())
	}
	x.side = regionCellDegrees
	width, height := x.bound.Max[0]-x.bound.Min[0], x.bound.Max[1]-x.bound.Min[1]
	if n := width * height / (x.side * x.side); n > maxRegionCells {
		x.side *= math.Sqrt(n / maxRegionCells)
	}
	x.cols, x.rows = int(width/x.side)+1, int(height/x.side)+1
	x.fill()
	return x
}

// fill finds the parts that touch each cell, and answers the cells that no
// border crosses.
func (x *RegionIndex) fill() {
	touching := make([][]int32, x.cols*x.rows)
	crossed := make([]bool, x.cols*x.rows)
	for i := range x.parts {
		x.draw(int32(i), touching, crossed)
	}
	known := map[Regions]int32{}
	x.cells = make([]int32, len(touching))
	for i, parts := range touching {
		if crossed[i] {
			x.mixed = append(x.mixed, parts)
			x.cells[i] = ^int32(len(x.mixed) - 1)
			continue
		}
		answer := x.test(parts, x.cellBound(i%x.cols, i/x.cols).Center())
		n, ok := known[answer]
		if !ok {
			n = int32(len(x.answers))
			known[answer] = n
			x.answers = append(x.answers, answer)
		}
		x.cells[i] = n
	}
}

// draw adds one part to the cells that it touches. Between two cells that its
// edges cross, a row of cells is all inside or all outside, so one test of a
// centre serves for the whole run.
func (x *RegionIndex) draw(part int32, touching [][]int32, crossed []bool) {
	shape := x.parts[part].Shape
	c0, r0, c1, r1 := x.cellsOf(shape.Bound())
	width := c1 - c0 + 1
	edge := make([]bool, width*(r1-r0+1))
	for _, ring := range shape {
		for i := 1; i < len(ring); i++ {
			a, b := ring[i-1], ring[i]
			ec0, er0, ec1, er1 := x.cellsOf(orb.MultiPoint{a, b}.Bound())
			for r := er0; r <= er1; r++ {
				for c := ec0; c <= ec1; c++ {
					if segmentTouches(a, b, x.cellBound(c, r)) {
						edge[(r-r0)*width+c-c0] = true
					}
				}
			}
		}
	}
	for r := r0; r <= r1; r++ {
		run, inside := false, false
		for c := c0; c <= c1; c++ {
			cell := r*x.cols + c
			if edge[(r-r0)*width+c-c0] {
				crossed[cell] = true
				touching[cell] = append(touching[cell], part)
				run = false
				continue
			}
			if !run {
				run, inside = true, covers(shape, x.cellBound(c, r).Center())
			}
			if inside {
				touching[cell] = append(touching[cell], part)
			}
		}
	}
}

// cellsOf is the range of cells that a bound may touch, with one more on each
// side for the margin of cellBound.
func (x *RegionIndex) cellsOf(b orb.Bound) (c0, r0, c1, r1 int) {
	c0, r0 = x.cell(b.Min)
	c1, r1 = x.cell(b.Max)
	return max(c0-1, 0), max(r0-1, 0), min(c1+1, x.cols-1), min(r1+1, x.rows-1)
}

func (x *RegionIndex) cell(p orb.Point) (col, row int) {
	return int((p[0] - x.bound.Min[0]) / x.side), int((p[1] - x.bound.Min[1]) / x.side)
}

// cellBound is a cell with a margin that outweighs the rounding of cell.
func (x *RegionIndex) cellBound(col, row int) orb.Bound {
	return orb.Bound{
		Min: orb.Point{x.bound.Min[0] + float64(col)*x.side, x.bound.Min[1] + float64(row)*x.side},
		Max: orb.Point{x.bound.Min[0] + float64(col+1)*x.side, x.bound.Min[1] + float64(row+1)*x.side},
	}.Pad(1e-9)
}

// At returns the regions of a point (lon, lat).
func (x *RegionIndex) At(p orb.Point) Regions {
	if !x.bound.Contains(p) || len(x.cells) == 0 {
		return Regions{}
	}
	c, r := x.cell(p)
	n := x.cells[r*x.cols+c]
	if n >= 0 {
		return x.answers[n]
	}
	return x.test(x.mixed[^n], p)
}

// test asks each candidate part.
func (x *RegionIndex) test(parts []int32, p orb.Point) Regions {
	var district, street, village, streetParent, villageParent string
	for _, i := range parts {
		part := &x.parts[i]
		if !covers(part.Shape, p) {
			continue
		}
		switch {
		case part.Layer == "district" && district == "":
			district = part.Code
		case part.Layer == "street" && street == "":
			street, streetParent = part.Code, part.Parent
		case part.Layer == "village" && village == "":
			village, villageParent = part.Code, part.Parent
		}
	}
	if streetParent != "" {
		district = streetParent
	}
	if villageParent != "" && villageParent != street {
		village = ""
	}
	return Regions{district, street, village}
}

// covers tells whether a point lies in a polygon or on its border: an odd number
// of edges, of all rings, lies to its right. The side of an edge is computed as
// PostGIS does (lw_segment_side), so that both agree.
func covers(shape orb.Polygon, p orb.Point) bool {
	inside := false
	for _, ring := range shape {
		for i := 1; i < len(ring); i++ {
			a, b := ring[i-1], ring[i]
			if math.Max(a[1], b[1]) < p[1] || math.Min(a[1], b[1]) > p[1] || math.Max(a[0], b[0]) < p[0] {
				continue
			}
			side := segmentSide(a, b, p)
			if side == 0 && math.Min(a[0], b[0]) <= p[0] {
				return true // on the edge: the bounds of the edge hold the point
			}
			if (a[1] > p[1]) != (b[1] > p[1]) && (side < 0) == (b[1] > a[1]) {
				inside = !inside
			}
		}
	}
	return inside
}

// segmentSide is positive where p lies right of the way from a to b, negative
// left of it, zero on the line.
func segmentSide(a, b, p orb.Point) float64 {
	return (p[0]-a[0])*(b[1]-a[1]) - (b[0]-a[0])*(p[1]-a[1])
}

// segmentTouches tells whether a segment may touch a box: it does not where
// their bounds are apart or all corners lie on one side of it.
func segmentTouches(a, b orb.Point, box orb.Bound) bool {
	if math.Max(a[0], b[0]) < box.Min[0] || math.Min(a[0], b[0]) > box.Max[0] ||
		math.Max(a[1], b[1]) < box.Min[1] || math.Min(a[1], b[1]) > box.Max[1] {
		return false
	}
	right, left := 0, 0
	for _, c := range [4]orb.Point{box.Min, {box.Max[0], box.Min[1]}, box.Max, {box.Min[0], box.Max[1]}} {
		switch side := segmentSide(a, b, c); {
		case side > 0:
			right++
		case side < 0:
			left++
		}
	}
	return right != 4 && left != 4
}
