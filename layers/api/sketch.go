package api

import (
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// sketch is a drawing of features as SVG: where they lie to each other, north
// up, without a base map.
type sketch struct {
	ViewBox string
	Paths   []sketchPath
}

type sketchPath struct {
	D     string
	Point bool
}

// maxSketchPoints bounds a drawing; more would be no clearer on a small map.
const maxSketchPoints = 20_000

// drawing gathers geometries for a sketch.
type drawing struct {
	shapes []orb.Geometry
	bound  orb.Bound
	points int
}

// add takes a geometry in GeoJSON, lon, lat. What is not one is left out, and so
// is what would be too much.
func (d *drawing) add(data []byte) {
	g, err := geojson.UnmarshalGeometry(data)
	if err != nil || g.Geometry() == nil {
		return
	}
	shape := g.Geometry()
	n := 0
	eachLine(shape, func(l orb.LineString, _ bool) { n += len(l) })
	if d.points += n; n == 0 || d.points > maxSketchPoints {
		return
	}
	if d.shapes == nil {
		d.bound = shape.Bound()
	}
	d.bound = d.bound.Union(shape.Bound())
	d.shapes = append(d.shapes, shape)
}

// sketch draws what was added, or is nil for nothing. A degree of longitude is
// drawn as much shorter as it is at the middle of the drawing.
func (d *drawing) sketch() *sketch {
	if len(d.shapes) == 0 {
		return nil
	}
	const width = 1000.0
	narrow := math.Max(math.Cos(d.bound.Center()[1]*math.Pi/180), 0.01)
	side := math.Max((d.bound.Right()-d.bound.Left())*narrow, d.bound.Top()-d.bound.Bottom())
	scale := width / math.Max(side, 1e-4) // a point alone is shown in its ten metres
	place := func(b []byte, p orb.Point) []byte {
		b = strconv.AppendFloat(b, (p[0]-d.bound.Left())*narrow*scale, 'f', 1, 64)
		return strconv.AppendFloat(append(b, ' '), (d.bound.Top()-p[1])*scale, 'f', 1, 64)
	}
	s := &sketch{ViewBox: fmt.Sprintf("-20 -20 %.1f %.1f",
		(d.bound.Right()-d.bound.Left())*narrow*scale+40, (d.bound.Top()-d.bound.Bottom())*scale+40)}
	for _, shape := range d.shapes {
		var path []byte
		point := false
		eachLine(shape, func(l orb.LineString, closed bool) {
			path = place(append(path, 'M'), l[0])
			for _, p := range l[1:] {
				path = place(append(path, 'L'), p)
			}
			if point = len(l) == 1; point {
				path = append(path, 'h', '0')
			}
			if closed {
				path = append(path, 'Z')
			}
		})
		s.Paths = append(s.Paths, sketchPath{string(path), point})
	}
	return s
}

// eachLine visits a geometry as lines, of one point for a point.
func eachLine(g orb.Geometry, visit func(l orb.LineString, closed bool)) {
	switch g := g.(type) {
	case orb.Point:
		visit(orb.LineString{g}, false)
	case orb.MultiPoint:
		for _, p := range g {
			visit(orb.LineString{p}, false)
		}
	case orb.LineString:
		if len(g) > 0 {
			visit(g, false)
		}
	case orb.MultiLineString:
		for _, l := range g {
			eachLine(l, visit)
		}
	case orb.Polygon:
		for _, ring := range g {
			if len(ring) > 0 {
				visit(orb.LineString(ring), true)
			}
		}
	case orb.MultiPolygon:
		for _, p := range g {
			eachLine(p, visit)
		}
	case orb.Collection:
		for _, m := range g {
			eachLine(m, visit)
		}
	default:
	}
}
