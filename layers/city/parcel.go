package city

import (
	"math"
	"slices"
)

// parcel is a piece of land with one use.
type parcel struct {
	ring     []vec // anticlockwise
	middle   vec
	area     float64 // square metres
	use      landUse
	urban    float64
	skyline  float64
	id       uint64
	district int16 // index
	// dry says that none of it is near water, known that known buildings stand
	// on it.
	dry, known bool
	// buildings of it in the stock, from and to.
	first, last int32
}

// landUse is what a parcel is used for.
type landUse uint8

const (
	farmland landUse = iota
	park
	lilong // the lane houses of the old town
	walkups
	slabs
	towers
	villas
	village
	offices
	shops
	industry
	school
	site // under construction
)

const landUses = int(site) + 1

func (u landUse) housing() bool { return u >= lilong && u <= villas }

// zoning cuts blocks into parcels and says what becomes of them.
type zoning struct {
	net     *network
	seed    uint64
	factory noise
	green   noise
	era     noise
	parcels []parcel
	base    *Base
	known   *boxes // known buildings
}

// newParcels cuts the land between the streets into parcels.
func newParcels(n *network, b *Base, known *boxes, seed uint64) []parcel {
	z := &zoning{
		net: n, base: b, known: known, seed: hash(seed, 20),
		factory: noise{hash(seed, 21), 2600}, green: noise{hash(seed, 22), 1100}, era: noise{hash(seed, 23), 1300},
	}
	var halves []int32
	for f := 1; f < len(n.mesh.faces); f++ {
		halves = n.mesh.loop(halves[:0], int32(f))
		z.block(halves, hash(z.seed, uint64(f)))
	}
	return z.parcels
}

const (
	maxBlockSides = 160
	minParcel     = 700 // square metres
)

// block makes the parcels of one face of the mesh.
func (z *zoning) block(halves []int32, id uint64) {
	ring := make([]vec, 0, len(halves))
	widths := make([]float64, 0, len(halves))
	dry := false
	for _, h := range halves {
		v := z.net.mesh.from(h)
		dry = dry || !z.net.ground.shore(v)
		ring = append(ring, v)
		widths = append(widths, z.net.mesh.edges[h/2].class.halfWidth())
	}
	if !dry {
		return
	}
	// A crooked block is made simpler, and its plot smaller by as much, until
	// the plot holds together.
	for _, tolerance := range [...]float64{1.2, 4, 10} {
		ring, widths = tidy(ring, widths, tolerance)
		for i := range widths {
			widths[i] += tolerance / 2
		}
		if len(ring) > maxBlockSides {
			continue
		}
		if plot, ok := inset(ring, widths); ok {
			u := z.net.density.urbanity(middleOfRing(plot))
			z.divide(plot, parcelMetres().at(u), newDice(z.seed, id), id)
			return
		}
	}
}

// parcelMetres is the side of a parcel by urbanity.
func parcelMetres() knots {
	return knots{{0, 430}, {0.15, 360}, {0.3, 310}, {0.5, 250}, {0.8, 185}, {1, 120}}
}

// divide cuts a ring in two, lanes between, until its parts have the size of a
// parcel.
func (z *zoning) divide(ring []vec, side float64, d *dice, id uint64) {
	area := areaOf(ring)
	if area < minParcel {
		return
	}
	along := heading(grain4(ring))
	lo, hi := extent(ring, along)
	if lo2, hi2 := extent(ring, along.left()); hi2-lo2 > hi-lo {
		along, lo, hi = along.left(), lo2, hi2
	}
	if hi-lo > 1.5*side && area > 1.3*side*side {
		at := along.scale(lo + (hi-lo)*d.around(0.5, 0.1))
		if left, right, ok := cleave(ring, at, along.left()); ok {
			lane := d.between(2, 4)
			for i, part := range [2][]vec{left, right} {
				if part, ok := inset(part, level(len(part), lane)); ok {
					z.divide(part, side, d, hash(id, uint64(i)))
				}
			}
			return
		}
	}
	z.settle(ring, area, d, id)
}

func level(n int, width float64) []float64 {
	widths := make([]float64, n)
	for i := range widths {
		widths[i] = width
	}
	return widths
}

// settle makes a parcel of a ring.
func (z *zoning) settle(ring []vec, area float64, d *dice, id uint64) {
	g := z.net.ground
	p := parcel{ring: ring, area: area, middle: middleOfRing(ring), id: id, dry: true}
	p.district = int16(g.district(p.middle))
	for i, a := range ring {
		p.dry = p.dry && g.dryLine(a, ring[(i+1)%len(ring)]) && g.dryLine(a, p.middle)
	}
	if p.district < 0 || !p.dry && g.shore(p.middle) {
		return
	}
	p.urban = z.net.density.urbanity(p.middle)
	p.skyline = z.net.density.skyline(p.middle)
	p.use = z.use(&p, d)
	z.parcels = append(z.parcels, p)
}

// manyKnown is the number of known buildings from which on all buildings of a
// parcel are taken to be known, where its streets are known too.
const manyKnown = 3

// use draws what becomes of a parcel from where it lies.
func (z *zoning) use(p *parcel, d *dice) landUse {
	known := z.known.count(p.ring)
	p.known = known > 0
	if known >= manyKnown && inBounds(z.base.Covered, z.net.ground.plane.point(p.middle)) {
		return farmland // whatever it is, all that stands there is known
	}
	u, green := p.urban, z.green.at(p.middle)
	switch {
	case u < 0.5 && d.chance(0.8*ramp(0.5, 0.08, u)):
		return farmland
	case green > 0.62 && d.chance(0.75-0.4*ramp(0.5, 0.9, u)), d.chance(0.02):
		return park
	case !p.dry && d.chance(0.6):
		return park
	case d.chance(0.03 + 0.06*ramp(0.1, 0.3, u)*ramp(0.7, 0.4, u)):
		return site
	case p.skyline < 30 && u > 0.08 && u < 0.62 && z.factory.at(p.middle) > 0.22 && d.chance(0.8):
		return industry
	case d.chance(0.05 * ramp(0.05, 0.2, u)):
		return school
	case d.chance(min(0.85, math.Pow(p.skyline/78, 1.6))):
		return offices
	case d.chance(0.02 + 0.08*min(1, p.skyline/50)):
		return shops
	case u < 0.42 && d.chance(ramp(0.43, 0.2, u)):
		return village
	}
	return z.housing(p, d)
}

func (z *zoning) housing(p *parcel, d *dice) landUse {
	fromCentre := p.middle.dist(z.net.density.centre)
	era := z.era.at(p.middle)
	switch {
	case d.chance(0.62*ramp(5600, 1800, fromCentre) + 0.2*era*ramp(6000, 3000, fromCentre)):
		return lilong
	case p.urban < 0.5 && d.chance(0.16):
		return villas
	case d.chance(0.16 + 0.25*min(1, p.skyline/60) + 0.18*era):
		return towers
	case d.chance(0.34 + 0.3*era):
		return slabs
	default:
		return walkups
	}
}

// knownBoxes are the boxes of the known buildings with that many metres of room
// around them.
func knownBoxes(p *plane, b *Base, room float64) *boxes {
	all := newBoxes(80)
	for _, k := range b.Buildings {
		bound := k.Geometry.Bound()
		all.add(p.vec(bound.Min).sub(vec{room, room}), p.vec(bound.Max).add(vec{room, room}))
	}
	return all
}

// boxes is a grid of boxes to be asked what is near.
type boxes struct {
	cell float64
	at   map[[2]int32][][2]vec
}

func newBoxes(cell float64) *boxes { return &boxes{cell, map[[2]int32][][2]vec{}} }

func (b *boxes) each(lo, hi vec, f func(key [2]int32)) {
	for y := int32(math.Floor(lo.y / b.cell)); float64(y)*b.cell <= hi.y; y++ {
		for x := int32(math.Floor(lo.x / b.cell)); float64(x)*b.cell <= hi.x; x++ {
			f([2]int32{x, y})
		}
	}
}

func (b *boxes) add(lo, hi vec) {
	b.each(lo, hi, func(key [2]int32) { b.at[key] = append(b.at[key], [2]vec{lo, hi}) })
}

// cover says that a place is in a box.
func (b *boxes) cover(v vec) bool {
	if len(b.at) == 0 {
		return false
	}
	for _, k := range b.at[[2]int32{int32(math.Floor(v.x / b.cell)), int32(math.Floor(v.y / b.cell))}] {
		if k[0].x < v.x && v.x < k[1].x && k[0].y < v.y && v.y < k[1].y {
			return true
		}
	}
	return false
}

// hit says that a box touches the box of a ring.
func (b *boxes) hit(ring []vec) bool { return b.count(ring) > 0 }

// count is the number of boxes that touch the box of a ring.
func (b *boxes) count(ring []vec) int {
	if len(b.at) == 0 {
		return 0
	}
	lo, hi := ring[0], ring[0]
	for _, v := range ring {
		lo, hi = vec{min(lo.x, v.x), min(lo.y, v.y)}, vec{max(hi.x, v.x), max(hi.y, v.y)}
	}
	var found [][2]vec
	b.each(lo, hi, func(key [2]int32) {
		for _, k := range b.at[key] {
			if k[0].x < hi.x && k[1].x > lo.x && k[0].y < hi.y && k[1].y > lo.y && !slices.Contains(found, k) {
				found = append(found, k)
			}
		}
	})
	return len(found)
}
