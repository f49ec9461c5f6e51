package stream

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"yiping/geo"
	"yiping/geo/cell"
	"yiping/layers"
)

// area is the part of the world that a subscription is about.
type area struct {
	// bound covers it; it is all of a bbox.
	bound orb.Bound
	// polygons are nil for a bbox and a region.
	polygons orb.MultiPolygon
	// cells are nil but for an area of cells.
	cells      map[cell.Cell]struct{}
	resolution int
	// column and code are those of a region of the city; column is empty
	// otherwise. fence is the number of a fence, if it is one.
	column, code string
	fence        string
	// shape is that of a fence, and of a region where rows do not know theirs.
	shape Shape
	// box covers the anchors whose rounded places are in bound.
	box geo.FixedBox
	// form is equal for equal areas.
	form string
}

// roundingUnits is how far an anchor may lie from its place on the wire: half of
// 1e-7 degrees and half a unit.
const roundingUnits = 2

// readArea reads an area.
func (l *Limits) readArea(r *region) (area, *RequestError) {
	given := 0
	for _, is := range []bool{r.BBox != nil, !isNull(r.Polygon), !isNull(r.H3), r.Region != "", r.Fence != ""} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return area{}, faultf(BadArea, "area: exactly one of bbox, polygon, h3, region and fence is wanted")
	case r.BBox != nil:
		return boxArea("area.bbox", r.BBox)
	case r.Region != "":
		return regionArea(r.Region)
	case !isNull(r.Polygon):
		return l.polygonArea(r.Polygon)
	case !isNull(r.H3):
		return l.cellArea(r.H3)
	default:
		return area{bound: world(), fence: r.Fence, box: fixedBox(world()), form: "fence:" + r.Fence}, nil
	}
}

// boxArea reads west, south, east, north.
func boxArea(field string, b []float64) (area, *RequestError) {
	if len(b) != 4 {
		return area{}, faultf(BadArea, "%s: want [west, south, east, north]", field)
	}
	bound := orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}
	if b[0] < -180 || b[2] > 180 || b[1] < -90 || b[3] > 90 || b[0] >= b[2] || b[1] >= b[3] {
		return area{}, faultf(BadArea, "%s: want west < east and south < north, in degrees", field)
	}
	return inBound(bound), nil
}

func inBound(b orb.Bound) area {
	return area{
		bound: b, box: fixedBox(b).Grow(roundingUnits),
		form: fmt.Sprintf("bbox:%v,%v,%v,%v", b.Min[0], b.Min[1], b.Max[0], b.Max[1]),
	}
}

func fixedBox(b orb.Bound) geo.FixedBox {
	return geo.FixedBox{Min: geo.FixedAt(b.LeftTop()), Max: geo.FixedAt(b.RightBottom())}
}

// regionArea reads the code of a region, whose length tells the level: 6 digits
// for a district, 9 for a street, 12 for a village.
func regionArea(code string) (area, *RequestError) {
	level := map[int]int{6: 0, 9: 1, 12: 2}
	n, ok := level[len(code)]
	for _, c := range code {
		ok = ok && '0' <= c && c <= '9'
	}
	if !ok {
		return area{}, faultf(BadArea, "area.region: %.20q is not a code of 6, 9 or 12 digits", code)
	}
	return area{bound: world(), column: layers.RegionColumns()[n], code: code, box: fixedBox(world()), form: "region:" + code}, nil
}

func world() orb.Bound { return orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}} }

func (l *Limits) polygonArea(raw json.RawMessage) (area, *RequestError) {
	var shape geo.Shape
	if err := json.Unmarshal(raw, &shape); err != nil {
		return area{}, faultf(BadArea, "area.polygon: %.200s", err)
	}
	var all orb.MultiPolygon
	switch g := shape.Geometry.(type) {
	case orb.Polygon:
		all = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		all = g
	default:
		return area{}, faultf(BadArea, "area.polygon: want a Polygon or a MultiPolygon")
	}
	vertices := 0
	for _, polygon := range all {
		for _, ring := range polygon {
			vertices += len(ring)
			if len(ring) < 4 || !ring.Closed() {
				return area{}, faultf(BadArea, "area.polygon: a ring has at least four positions, the last equal to the first")
			}
			for _, p := range ring {
				if math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 {
					return area{}, faultf(BadArea, "area.polygon: %v is not a longitude and a latitude", p)
				}
			}
		}
	}
	switch {
	case vertices == 0:
		return area{}, faultf(BadArea, "area.polygon: is empty")
	case vertices > l.Vertices:
		return area{}, faultf(AreaTooBig, "area.polygon: %d vertices, at most %d are taken", vertices, l.Vertices)
	}
	form, err := json.Marshal(geo.Shape{Geometry: all})
	if err != nil {
		return area{}, faultf(BadArea, "area.polygon: %.200s", err)
	}
	bound := all.Bound()
	return area{bound: bound, polygons: all, box: fixedBox(bound).Grow(roundingUnits), form: "polygon:" + string(form)}, nil
}

// cellArea reads cells of one resolution. A place lies in them if its cell is one.
func (l *Limits) cellArea(raw json.RawMessage) (area, *RequestError) {
	var names []string
	if err := json.Unmarshal(raw, &names); err != nil || len(names) == 0 {
		return area{}, faultf(BadArea, "area.h3: want an array of cells")
	}
	if len(names) > l.Cells {
		return area{}, faultf(AreaTooBig, "area.h3: %d cells, at most %d are taken", len(names), l.Cells)
	}
	a := area{cells: make(map[cell.Cell]struct{}, len(names))}
	resolution := -1
	for i, name := range names {
		c, err := cell.Parse(name)
		if err != nil {
			return area{}, faultf(BadArea, "area.h3: %v", err)
		}
		if i == 0 {
			resolution, a.bound = c.Resolution(), c.Boundary().Bound()
		}
		if c.Resolution() != resolution {
			return area{}, faultf(BadArea, "area.h3: cells are of one resolution")
		}
		a.cells[c] = struct{}{}
		b := c.Boundary().Bound()
		// Sides are great circles, which may leave the bound of the corners.
		a.bound = a.bound.Union(b.Pad((b.Max[1] - b.Min[1]) / 4))
	}
	a.resolution, a.box = resolution, fixedBox(a.bound).Grow(roundingUnits)
	sorted := slices.Sorted(maps.Keys(a.cells))
	a.form = fmt.Sprintf("h3:%v", sorted)
	return a, nil
}

// holds reports whether a place lies in the area. A region without a shape is told by
// what rows say of themselves and not by place.
func (a *area) holds(p orb.Point) bool {
	switch {
	case a.shape != nil:
		return a.bound.Contains(p) && a.shape.Holds(p)
	case a.column != "":
		return true
	case a.cells != nil:
		_, in := a.cells[cell.At(p, a.resolution)]
		return in
	case a.polygons != nil:
		return a.bound.Contains(p) && planar.MultiPolygonContains(a.polygons, p)
	default:
		return a.bound.Min[0] <= p[0] && p[0] < a.bound.Max[0] && a.bound.Min[1] <= p[1] && p[1] < a.bound.Max[1]
	}
}

// bbox is the area as frames tell it; nil if it is no bbox.
func (a *area) bbox() *[4]float64 {
	if a.column != "" || a.fence != "" || a.polygons != nil || a.cells != nil {
		return nil
	}
	return &[4]float64{a.bound.Min[0], a.bound.Min[1], a.bound.Max[0], a.bound.Max[1]}
}

// PlaceOf is an anchor as frames tell it: lon and lat in degrees (WGS 84), rounded to
// 1e-7. Membership is decided by this place, so that clients can decide it too.
func PlaceOf(anchor geo.Fixed) orb.Point {
	p := anchor.Point()
	return orb.Point{math.Round(p[0]*1e7) / 1e7, math.Round(p[1]*1e7) / 1e7}
}
