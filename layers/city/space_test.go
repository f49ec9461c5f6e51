package city_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/city"
)

// metres puts a place on a plane around Shanghai, exact enough for tests of what
// overlaps what.
func metres(p orb.Point) orb.Point {
	return orb.Point{(p[0] - 121.47) * 95_300, (p[1] - 31.23) * 110_870}
}

// shapes is a grid of polygons and lines in metres to be asked what is near.
type shapes struct {
	cells map[[2]int][]int
	rings [][]orb.Point
}

const cellMetres = 100

func newShapes() *shapes { return &shapes{cells: map[[2]int][]int{}} }

func (s *shapes) add(ring []orb.Point) {
	id := len(s.rings)
	s.rings = append(s.rings, ring)
	s.visit(orb.LineString(ring).Bound(), func(key [2]int) { s.cells[key] = append(s.cells[key], id) })
}

func (s *shapes) visit(b orb.Bound, f func([2]int)) {
	for y := int(math.Floor(b.Min[1] / cellMetres)); float64(y)*cellMetres <= b.Max[1]; y++ {
		for x := int(math.Floor(b.Min[0] / cellMetres)); float64(x)*cellMetres <= b.Max[0]; x++ {
			f([2]int{x, y})
		}
	}
}

// near lists the shapes whose boxes come within reach of a box.
func (s *shapes) near(b orb.Bound, reach float64) []int {
	b = b.Pad(reach)
	seen := map[int]bool{}
	var ids []int
	s.visit(b, func(key [2]int) {
		for _, id := range s.cells[key] {
			if !seen[id] && orb.LineString(s.rings[id]).Bound().Intersects(b) {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	})
	return ids
}

func planeRing(r orb.Ring) []orb.Point {
	out := make([]orb.Point, len(r))
	for i, p := range r {
		out[i] = metres(p)
	}
	return out
}

func segmentsCross(a, b, c, d orb.Point) bool {
	side := func(p, q, r orb.Point) float64 {
		return (q[0]-p[0])*(r[1]-p[1]) - (q[1]-p[1])*(r[0]-p[0])
	}
	return side(a, b, c)*side(a, b, d) < 0 && side(c, d, a)*side(c, d, b) < 0
}

func contains(ring []orb.Point, p orb.Point) bool {
	in := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1]) {
			in = !in
		}
	}
	return in
}

func holdsPoint(mp orb.MultiPolygon, p orb.Point) bool {
	for _, polygon := range mp {
		in := false
		for _, ring := range polygon {
			if contains(ring, p) {
				in = !in
			}
		}
		if in {
			return true
		}
	}
	return false
}

func ringsOverlap(a, b []orb.Point) bool {
	for i := 1; i < len(a); i++ {
		for k := 1; k < len(b); k++ {
			if segmentsCross(a[i-1], a[i], b[k-1], b[k]) {
				return true
			}
		}
	}
	return contains(a, b[0]) || contains(b, a[0])
}

// distance of two segments that do not cross.
func distance(a, b, c, d orb.Point) float64 {
	return min(toSegment(a, c, d), toSegment(b, c, d), toSegment(c, a, b), toSegment(d, a, b))
}

func toSegment(p, a, b orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = min(1, max(0, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l))
	}
	return math.Hypot(p[0]-a[0]-t*dx, p[1]-a[1]-t*dy)
}

// terrain is the water and the bridges of a city, to be asked many times.
type terrain struct {
	water, bridges *shapes
	base           *city.Base
	bounds         []orb.Bound // of the base's water
	// dry and wet squares of the grid, known once asked; shores are asked again.
	squares map[[2]int]bool
}

func newTerrain(t *testing.T, base *city.Base, c *city.City) terrain {
	t.Helper()
	tr := terrain{water: newShapes(), bridges: newShapes(), base: base, squares: map[[2]int]bool{}}
	for _, w := range base.Water {
		tr.bounds = append(tr.bounds, w.Geometry.Bound())
		for _, polygon := range w.Geometry {
			for _, ring := range polygon {
				// Long edges are cut, so that a grid can hold them.
				line := planeRing(ring)
				for i := 1; i < len(line); i++ {
					addLine(tr.water, line[i-1], line[i])
				}
			}
		}
	}
	_, bridge := roadColumn(t, "bridge")
	_, tunnel := roadColumn(t, "tunnel")
	for f, err := range c.Features("road") {
		if err != nil {
			t.Fatal(err)
		}
		if f.Properties[bridge] == true || f.Properties[tunnel] == true {
			line := planeRing(orb.Ring(f.Geometry.(orb.LineString)))
			for i := 1; i < len(line); i++ {
				addLine(tr.bridges, line[i-1], line[i])
			}
		}
	}
	return tr
}

func addLine(s *shapes, a, b orb.Point) {
	n := int(math.Hypot(b[0]-a[0], b[1]-a[1])/300) + 1
	at := func(i int) orb.Point {
		t := float64(i) / float64(n)
		return orb.Point{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t}
	}
	for i := range n {
		s.add([]orb.Point{at(i), at(i + 1)})
	}
}

func (tr terrain) inWater(p orb.Point) bool {
	at := metres(p)
	square := [2]int{int(math.Floor(at[0] / cellMetres)), int(math.Floor(at[1] / cellMetres))}
	if len(tr.water.cells[square]) > 0 {
		return tr.within(p)
	}
	in, ok := tr.squares[square]
	if !ok {
		in = tr.within(p)
		tr.squares[square] = in
	}
	return in
}

func (tr terrain) within(p orb.Point) bool {
	for i, w := range tr.base.Water {
		if tr.bounds[i].Contains(p) && holdsPoint(w.Geometry, p) {
			return true
		}
	}
	return false
}

// onBridge says that a place is within 25 m of the middle of a bridge or tunnel.
func (tr terrain) onBridge(p orb.Point) bool {
	at := metres(p)
	for _, id := range tr.bridges.near(at.Bound(), 25) {
		if l := tr.bridges.rings[id]; toSegment(at, l[0], l[1]) < 25 {
			return true
		}
	}
	return false
}

func roadColumn(t *testing.T, name string) (layers.Property, int) {
	t.Helper()
	return column(t, "road", name)
}

// column finds a property of a standard layer.
func column(t *testing.T, layer, name string) (layers.Property, int) {
	t.Helper()
	standard, err := layers.Standard()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range standard {
		if p, i, ok := l.Property(name); ok && l.Name == layer {
			return p, i
		}
	}
	t.Fatalf("layer %s has no property %s", layer, name)
	return layers.Property{}, 0
}

// vincenty is the length of the geodesic on WGS 84 between two points, by the
// inverse method of T. Vincenty (1975).
func vincenty(p, q orb.Point) float64 {
	const a, f = 6378137.0, 1 / 298.257223563
	const rad = math.Pi / 180
	b := a * (1 - f)
	l := (q[0] - p[0]) * rad
	u1, u2 := math.Atan((1-f)*math.Tan(p[1]*rad)), math.Atan((1-f)*math.Tan(q[1]*rad))
	sinU1, cosU1 := math.Sincos(u1)
	sinU2, cosU2 := math.Sincos(u2)
	lambda := l
	for range 100 {
		sinL, cosL := math.Sincos(lambda)
		sinS := math.Hypot(cosU2*sinL, cosU1*sinU2-sinU1*cosU2*cosL)
		if sinS == 0 {
			return 0
		}
		cosS := sinU1*sinU2 + cosU1*cosU2*cosL
		sigma := math.Atan2(sinS, cosS)
		sinA := cosU1 * cosU2 * sinL / sinS
		cos2A := 1 - sinA*sinA
		cos2M := cosS - 2*sinU1*sinU2/cos2A
		c := f / 16 * cos2A * (4 + f*(4-3*cos2A))
		last := lambda
		lambda = l + (1-c)*f*sinA*(sigma+c*sinS*(cos2M+c*cosS*(2*cos2M*cos2M-1)))
		if math.Abs(lambda-last) > 1e-12 {
			continue
		}
		k := cos2A * (a*a - b*b) / (b * b)
		bigA := 1 + k/16384*(4096+k*(-768+k*(320-175*k)))
		bigB := k / 1024 * (256 + k*(-128+k*(74-47*k)))
		delta := bigB * sinS * (cos2M + bigB/4*(cosS*(2*cos2M*cos2M-1)-bigB/6*cos2M*(4*sinS*sinS-3)*(4*cos2M*cos2M-3)))
		return b * bigA * (sigma - delta)
	}
	return math.NaN()
}
