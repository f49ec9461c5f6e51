package city

import (
	"math"
	"slices"
	"time"

	"yiping/layers"
)

// carrier is what components stand on: a link, a park or a housing parcel.
type carrier struct {
	link, parcel int32 // one of them is -1
	mix          int
	weight       float64
}

// carriers lists what can carry components, ordered by place.
func (c *City) carriers(n *network, s *stock) []carrier {
	var all []carrier
	for i := range n.links {
		l := &n.links[i]
		if k, ok := linkCarrier(l); ok && n.inCity(l) {
			k.link, k.parcel = int32(i), -1
			all = append(all, k)
		}
	}
	for i := range s.parcels {
		p := &s.parcels[i]
		if !p.dry {
			continue
		}
		switch k := (carrier{link: -1, parcel: int32(i)}); {
		case p.use == park:
			k.mix, k.weight = inPark, min(p.area, 40e3)*0.002
			all = append(all, k)
		case p.use.housing() && p.last > p.first:
			k.mix, k.weight = inHousing, min(p.area, 40e3)*0.0028
			all = append(all, k)
		}
	}
	middle := func(i int32) vec {
		if k := &all[i]; k.link >= 0 {
			l := &n.links[k.link]
			return l.points[0].lerp(l.points[len(l.points)-1], 0.5)
		}
		return s.parcels[all[i].parcel].middle
	}
	order := make([]int32, len(all))
	for i := range order {
		order[i] = int32(i)
	}
	sortByPlace(order, middle)
	sorted := make([]carrier, len(all))
	for k, i := range order {
		sorted[k] = all[i]
	}
	return sorted
}

// linkCarrier says what part a street has in all components.
func linkCarrier(l *link) (carrier, bool) {
	if l.cross != dry && l.cross != bridge || l.metres < 1 {
		return carrier{}, false
	}
	perMetre := [...]float64{0.1, 0.8, 1.25, 1.15, 1, 0.72, 0.5, 1.1, 0.3}[l.class]
	k := carrier{mix: inTown, weight: l.metres * perMetre * (0.13 + float64(l.urban))}
	switch {
	case l.class == motorway || l.cross == bridge:
		k.mix, k.weight = onMotorway, l.metres*0.1
	case l.urban < 0.22:
		k.mix = inCountry
	}
	return k, true
}

// inCity says that a link lies in districts throughout: a bridge over the sea may
// not.
func (n *network) inCity(l *link) bool {
	if l.cross == dry {
		return true
	}
	for i, a := range l.points[1:] {
		b := l.points[i]
		steps := int(a.dist(b)/stepMetres) + 1
		for k := range steps + 1 {
			if n.ground.district(a.lerp(b, float64(k)/float64(steps))) < 0 {
				return false
			}
		}
	}
	return true
}

func (c *City) writeComponents(out *sink) error {
	s, err := c.stock()
	if err != nil {
		return err
	}
	n := c.network()
	all := c.carriers(n, s)
	var total float64
	for _, k := range all {
		total += k.weight
	}
	if total == 0 && c.figures.components > 0 {
		return layers.InputErrorf("city", "the base map has no dry street to set components on")
	}
	m := newMaker(c, n, s, out)
	var sum float64
	done := 0
	for i := range all {
		sum += all[i].weight
		upTo := int(float64(c.figures.components) * (sum / total))
		if i == len(all)-1 {
			upTo = c.figures.components
		}
		if !m.furnish(&all[i], upTo-done) {
			return nil
		}
		done = upTo
	}
	return nil
}

// maker makes components. Its tables hold what many components share, boxed
// once: fifteen million of them are made.
type maker struct {
	city    *City
	net     *network
	stock   *stock
	out     *sink
	d       *dice
	wear    noise
	classes []componentClass
	shares  [mixes][]float64
	// fillers are the classes that take what rounding leaves.
	fillers [mixes]int
	// carry is the part of a component that each class is short of.
	carry  [mixes][]float64
	serial [][]uint32 // by district and class
	// sides is how far from the middle covers lie, as pipelines do.
	sides [overTelecom + 1]float64

	classValues         []any
	states              [5]any
	grades              [3]any
	owners, maintainers [][keepers]any // by district
	months              []any

	// Of the carrier at hand:
	link    *link
	lengths []float64 // from the start of the link to each of its points
	ring    []vec     // of the parcel
	damaged float64   // share of components
	newest  float64   // share of months
	code    [17]byte
}

func newMaker(c *City, n *network, s *stock, out *sink) *maker {
	m := &maker{
		city: c, net: n, stock: s, out: out, classes: componentClasses(),
		states: [5]any{"完好", "破损", "丢失", "废弃", "移除"}, grades: [3]any{"A", "B", "C"},
		wear: noise{hash(c.seed, 81), 1500}, d: newDice(c.seed, 80),
	}
	for mix := range mixes {
		var sum float64
		for _, k := range m.classes {
			sum += k.mille[mix]
		}
		m.carry[mix] = make([]float64, len(m.classes))
		for i, k := range m.classes {
			m.shares[mix] = append(m.shares[mix], k.mille[mix]/sum)
			m.carry[mix][i] = m.d.unit()
		}
	}
	for i, k := range m.classes {
		m.classValues = append(m.classValues, k.code)
		for mix, code := range fillers() {
			if k.code == code {
				m.fillers[mix] = i
			}
		}
	}
	for _, d := range c.base.Districts {
		var owners, maintainers [keepers]any
		for k, names := range unitNames() {
			owners[k], maintainers[k] = short(d.Name)+names[0], short(d.Name)+names[1]
		}
		m.owners, m.maintainers = append(m.owners, owners), append(m.maintainers, maintainers)
		m.serial = append(m.serial, make([]uint32, len(m.classes)))
	}
	for t := time.Date(1996, time.January, 1, 0, 0, 0, 0, time.UTC); t.Before(today()); t = t.AddDate(0, 1, 0) {
		m.months = append(m.months, t)
	}
	for k, medium := range [...]int{0, 1, 2, 3, 4, 5} {
		m.sides[overWater+placement(k)] = media()[medium].side
	}
	out.Properties = make([]any, 7)
	out.Source, out.Synthetic = sourceName, true
	return m
}

// furnish sets count components on a carrier.
func (m *maker) furnish(k *carrier, count int) bool {
	if count == 0 {
		return true
	}
	var at vec
	if k.link >= 0 {
		m.link = &m.net.links[k.link]
		at = m.link.points[0]
		m.measure()
	} else {
		p := &m.stock.parcels[k.parcel]
		at, m.ring = p.middle, p.ring
	}
	m.damaged = 0.006 + 0.07*max(0, m.wear.at(at)-0.15)
	m.newest = m.d.between(0.75, 1)
	left := count
	for c, share := range m.shares[k.mix] {
		if c == m.fillers[k.mix] {
			continue
		}
		m.carry[k.mix][c] += share * float64(count)
		n := min(left, int(m.carry[k.mix][c]))
		if n <= 0 {
			continue
		}
		m.carry[k.mix][c] -= float64(n)
		left -= n
		if !m.set(k, c, n) {
			return false
		}
	}
	return left == 0 || m.set(k, m.fillers[k.mix], left)
}

// set sets n components of a class on a carrier.
func (m *maker) set(k *carrier, class, n int) bool {
	phase := m.d.unit()
	for i := range n {
		var at vec
		switch k.mix {
		case inPark:
			at = m.inside()
		case inHousing:
			at = m.around((float64(i) + phase) / float64(n))
		default:
			at = m.beside(m.classes[class].place, i, n, phase)
		}
		if !m.send(class, at) {
			return false
		}
	}
	return true
}

// measure notes how far along the link its points are.
func (m *maker) measure() {
	m.lengths = append(m.lengths[:0], 0)
	for i := 1; i < len(m.link.points); i++ {
		m.lengths = append(m.lengths, m.lengths[i-1]+m.link.points[i-1].dist(m.link.points[i]))
	}
}

// along is a place on the link at some metres from its start, and the direction
// there.
func (m *maker) along(metres float64) (at, dir vec) {
	i := 1
	for i < len(m.lengths)-1 && m.lengths[i] < metres {
		i++
	}
	a, b := m.link.points[i-1], m.link.points[i]
	piece := m.lengths[i] - m.lengths[i-1]
	if piece == 0 {
		return a, vec{1, 0}
	}
	return a.lerp(b, (metres-m.lengths[i-1])/piece), b.sub(a).scale(1 / piece)
}

// beside is the place of number i of n components along the link.
func (m *maker) beside(place placement, i, n int, phase float64) vec {
	l := m.link
	kerb, plots := l.class.kerb(), l.class.halfWidth()
	length := m.lengths[len(m.lengths)-1]
	side := 1.0
	if i&1 == 1 {
		side = -1
	}
	rows := (n + 1) / 2 // pairs stand opposite each other
	s := (float64(i/2) + 0.15 + 0.7*phase) / float64(rows) * length
	var off float64
	switch place {
	case treeLine:
		off = side * (kerb + 1.4)
	case lampLine:
		off = side * (kerb + 0.7)
		s += 0.5 * side * length / float64(2*rows) // lamps alternate
	case gutter:
		off = side * (kerb - 0.3)
	case pavement:
		s += m.d.between(-4, 4)
		off = side * (kerb + m.d.between(0.4, max(0.6, plots-kerb-0.8)))
	case frontage:
		s += m.d.between(-6, 6)
		off = side * (plots - 0.4)
	case nearCorner:
		s = min(0.5*length, m.d.between(kerb+2, kerb+9))
		if i>>1&1 == 1 {
			s = length - s
		}
		off = side * (kerb + m.d.between(0.4, 1.2))
	case median:
		s = (float64(i) + phase) / float64(n) * length
		off = m.d.between(-0.3, 0.3)
	default:
		s = (float64(i) + phase) / float64(n) * length
		off = eastward(l.points[len(l.points)-1].sub(l.points[0]))*m.sides[place]*kerb + m.d.between(-0.3, 0.3)
	}
	centre, dir := m.along(min(length, max(0, s)))
	at := centre.add(dir.left().scale(off))
	if m.net.ground.wet(at) {
		return m.dryPlace(centre)
	}
	return at
}

// dryPlace is a place on a road along the water that is not in it.
func (m *maker) dryPlace(centre vec) vec {
	if m.link.cross == bridge || !m.net.ground.wet(centre) {
		return centre
	}
	for _, v := range m.link.points {
		if !m.net.ground.wet(v) {
			return v
		}
	}
	return centre
}

// inside is a place somewhere in a park.
func (m *maker) inside() vec {
	lo, hi := m.ring[0], m.ring[0]
	for _, v := range m.ring {
		lo, hi = vec{min(lo.x, v.x), min(lo.y, v.y)}, vec{max(hi.x, v.x), max(hi.y, v.y)}
	}
	for range 12 {
		if v := (vec{m.d.between(lo.x, hi.x), m.d.between(lo.y, hi.y)}); within(m.ring, v) {
			return v
		}
	}
	return m.ring[m.d.intN(len(m.ring))]
}

// around is a place beside the fence of a housing parcel, at t of its way round;
// the buildings are inside.
func (m *maker) around(t float64) vec {
	const outside = 1.2 // metres
	var sum float64
	n := len(m.ring)
	for i, a := range m.ring {
		sum += a.dist(m.ring[(i+1)%n])
	}
	left := math.Mod(t, 1) * sum
	for i, a := range m.ring {
		b := m.ring[(i+1)%n]
		l := a.dist(b)
		if left <= l && l > 0 {
			return a.lerp(b, left/l).sub(b.sub(a).left().scale(outside / l))
		}
		left -= l
	}
	return m.ring[0]
}

// maxSerial is what six digits hold.
const maxSerial = 999_999

// send hands a component on.
func (m *maker) send(class int, at vec) bool {
	district := m.net.ground.district(at)
	if district < 0 {
		district = max(0, int(m.net.ground.districts[m.net.ground.index(at)])-1)
	}
	serials := m.serial[district]
	if serials[class] == maxSerial {
		class = slices.Index(serials, slices.Min(serials)) // it has room
	}
	serials[class]++
	k := &m.classes[class]
	copy(m.code[:6], m.city.base.Districts[district].Code)
	copy(m.code[6:11], k.code)
	digits(m.code[11:], serials[class])
	out := m.out
	out.Code = string(m.code[:])
	out.SourceID = out.Code
	out.Geometry = m.city.plane.point(at)
	r := m.d.uint64()
	out.Properties[0] = m.classValues[class]
	out.Properties[1] = m.state(r)
	out.Properties[2] = m.grades[[16]uint8{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2}[r&15]]
	out.Properties[3] = m.owners[district][k.keeper]
	out.Properties[4] = m.maintainers[district][k.keeper]
	age := fraction(mix(r))
	out.Properties[5] = m.months[int(float64(len(m.months))*m.newest*(1-age*age))]
	return out.send()
}

// state is sound for most components; what is not stands together.
func (m *maker) state(r uint64) any {
	x := fraction(r)
	if x >= m.damaged {
		return m.states[0]
	}
	switch x /= m.damaged; {
	case x < 0.62:
		return m.states[1]
	case x < 0.76:
		return m.states[2]
	case x < 0.92:
		return m.states[3]
	default:
		return m.states[4]
	}
}

// digits writes n right-aligned with zeros in front.
func digits(to []byte, n uint32) {
	for i := len(to) - 1; i >= 0; i-- {
		to[i] = byte('0' + n%10)
		n /= 10
	}
}
