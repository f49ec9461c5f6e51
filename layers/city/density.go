package city

import (
	"math"
	"strings"
)

// density says, for every place, how dense the city is and how high it builds.
// Both are smooth: they fall off from the centre, rise around metro stations and
// town centres, and waver.
type density struct {
	origin vec
	nx, ny int
	urban  []float32
	height []float32
	centre vec
}

const densityMetres = 200

func newDensity(g *ground, b *Base, seed uint64) *density {
	size := vec{float64(g.nx) * g.cell, float64(g.ny) * g.cell}
	d := &density{
		origin: g.origin,
		nx:     int(size.x/densityMetres) + 2,
		ny:     int(size.y/densityMetres) + 2,
		centre: g.plane.vec(b.Centre),
	}
	d.urban = make([]float32, d.nx*d.ny)
	d.height = make([]float32, d.nx*d.ny)
	d.aroundCentre()
	d.aroundTowns(g, b)
	d.aroundStations(g, b)
	d.aroundTowers(g, b)
	d.waver(seed)
	return d
}

// fromCentre is how urban a place is by its distance from the centre in metres:
// the inner ring road of Shanghai is at 5 km, the outer at 13, the new towns at
// 30.
func fromCentre() knots {
	return knots{{0, 1}, {3500, 0.95}, {6000, 0.8}, {10000, 0.55}, {15000, 0.35}, {22000, 0.2}, {32000, 0.11}, {45000, 0.06}, {60000, 0.03}}
}

func (d *density) aroundCentre() {
	curve := fromCentre()
	for i := range d.urban {
		d.urban[i] = float32(curve.at(d.node(i).dist(d.centre)))
	}
}

func (d *density) node(i int) vec {
	return vec{d.origin.x + float64(i%d.nx)*densityMetres, d.origin.y + float64(i/d.nx)*densityMetres}
}

// aroundTowns gives every town a core: its own middle, and the named places.
func (d *density) aroundTowns(g *ground, b *Base) {
	for _, s := range b.Streets {
		if middle, ok := middleOf(g, s); ok {
			d.raise(d.urban, middle, 0.42, 1500)
		}
	}
	for _, p := range b.Places {
		at := g.plane.vec(p.Geometry)
		switch p.Kind {
		case "city":
			d.raise(d.urban, at, 0.5, 2600)
		case "town":
			d.raise(d.urban, at, 0.4, 1300)
		case "village":
			d.raise(d.urban, at, 0.15, 500)
		}
	}
}

// middleOf is the middle of an area's box, if that is dry land.
func middleOf(g *ground, a Area) (vec, bool) {
	bound := a.Geometry.Bound()
	if bound.IsEmpty() {
		return vec{}, false
	}
	middle := g.plane.vec(bound.Center())
	return middle, !g.shore(middle)
}

// aroundStations makes the city denser at each station and higher, most so where
// lines meet.
func (d *density) aroundStations(g *ground, b *Base) {
	for _, s := range b.MetroStations {
		if s.Status != "open" && s.Status != "" {
			continue
		}
		at := g.plane.vec(s.Geometry)
		lines := float64(1 + strings.Count(s.Lines, ","))
		near := fromCentre().at(at.dist(d.centre))
		d.raise(d.urban, at, 0.26, 900)
		if lines == 1 {
			d.heighten(at, 20+26*near, 420)
			continue
		}
		d.heighten(at, min(150, (30+28*lines)*(0.5+0.7*near)), 430+80*lines)
	}
}

// aroundTowers lets the skyline rise to the towers that are known.
func (d *density) aroundTowers(g *ground, b *Base) {
	for _, t := range b.Buildings {
		if t.HeightMetres >= 120 {
			d.heighten(g.plane.vec(t.Geometry.Bound().Center()), min(170, 0.55*t.HeightMetres), 420)
		}
	}
}

// raise brings a share of what is missing to 1, less with distance.
func (d *density) raise(field []float32, at vec, share, radius float64) {
	d.near(at, radius, func(i int, weight float64) {
		field[i] += float32(share*weight) * (1 - field[i])
	})
}

// heighten adds a hill to the skyline; hills that overlap add up like waves, by
// their squares, so that a cluster is not a needle.
func (d *density) heighten(at vec, metres, radius float64) {
	d.near(at, radius, func(i int, weight float64) {
		d.height[i] = float32(math.Hypot(float64(d.height[i]), metres*weight))
	})
}

// near visits the nodes around a place with a bell-shaped weight.
func (d *density) near(at vec, radius float64, f func(i int, weight float64)) {
	const reach = 2.2 // radii, where the bell is below 1 %
	x0, x1 := d.column(at.x-reach*radius), d.column(at.x+reach*radius)+1
	y0, y1 := d.line(at.y-reach*radius), d.line(at.y+reach*radius)+1
	for y := max(0, y0); y <= min(d.ny-1, y1); y++ {
		for x := max(0, x0); x <= min(d.nx-1, x1); x++ {
			i := y*d.nx + x
			r := d.node(i).dist(at) / radius
			f(i, math.Exp(-r*r))
		}
	}
}

func (d *density) column(x float64) int { return int(math.Floor((x - d.origin.x) / densityMetres)) }
func (d *density) line(y float64) int   { return int(math.Floor((y - d.origin.y) / densityMetres)) }

func (d *density) waver(seed uint64) {
	broad, fine := noise{hash(seed, 1), 3200}, noise{hash(seed, 2), 900}
	for i := range d.urban {
		at := d.node(i)
		n := 0.6*broad.at(at) + 0.4*fine.at(at)
		u := float64(d.urban[i])
		d.urban[i] = float32(min(1, max(0, u*(1+0.35*n))))
		d.height[i] *= float32(1 + 0.3*fine.at(at))
	}
}

// urbanity of a place: 1 in the core, 0 in the open country.
func (d *density) urbanity(v vec) float64 { return d.sample(d.urban, v) }

// skyline is the height in metres that towers of a place go towards; 0 where
// nothing rises above its neighbours.
func (d *density) skyline(v vec) float64 { return d.sample(d.height, v) }

func (d *density) sample(field []float32, v vec) float64 {
	x := min(float64(d.nx-1)-1e-6, max(0, (v.x-d.origin.x)/densityMetres))
	y := min(float64(d.ny-1)-1e-6, max(0, (v.y-d.origin.y)/densityMetres))
	i := int(y)*d.nx + int(x)
	tx, ty := x-math.Floor(x), y-math.Floor(y)
	south := mixBetween(float64(field[i]), float64(field[i+1]), tx)
	north := mixBetween(float64(field[i+d.nx]), float64(field[i+d.nx+1]), tx)
	return mixBetween(south, north, ty)
}

// blockMetres is the side of a block between streets by urbanity.
func blockMetres() knots {
	return knots{{0, 1500}, {0.06, 1180}, {0.15, 800}, {0.3, 500}, {0.5, 315}, {0.75, 205}, {0.95, 150}, {1, 130}}
}
