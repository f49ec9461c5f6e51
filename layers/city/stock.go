package city

import (
	"cmp"
	"math"
	"slices"

	"yiping/layers"
)

// stock is all buildings of the city, and the parcels that they stand on.
type stock struct {
	parcels []parcel
	// order is the parcels as they are taken in: at a small scale the first of
	// them are the city.
	order []int32
	// known are the known buildings that are taken in, buildings the made ones.
	known     []Building
	buildings []building
	// glass, old, compounds and sites are what was chosen from the others.
	glass     []house
	old       []int32 // made buildings that are heritage
	compounds []int32 // parcels
	sites     []int32 // parcels
	// areaFactor makes floor area of footprint times floors: what walls and
	// open ground floors take away, and balconies and basements add.
	areaFactor float64
}

// figures are how much of everything a city of some scale has.
type figures struct {
	components   int
	pipeMetres   float64
	buildings    int
	floorArea    float64 // square metres
	curtainWalls int
	highRise     int
	heritage     int
	compounds    int
	smart        int
	sites        int
}

// figuresAt scales the figures that Shanghai published of its own twin. The
// numbers of buildings and of compounds with smart security are about right only.
func figuresAt(scale float64) figures {
	n := func(whole float64) int { return int(math.Round(whole * scale)) }
	return figures{
		components:   n(14_950_000),
		pipeMetres:   26_800e3 * scale,
		buildings:    n(1_000_000),
		floorArea:    1.3e9 * scale,
		curtainWalls: n(13_000),
		highRise:     n(8_600),
		heritage:     n(3_000),
		compounds:    n(14_000),
		smart:        n(9_000),
		sites:        n(5_000),
	}
}

func newStock(n *network, b *Base, f figures, seed uint64) (*stock, error) {
	taken := knownBoxes(n.ground.plane, b, 5)
	s := &stock{parcels: newParcels(n, b, taken, seed), known: chooseKnown(b.Buildings, f)}
	s.sort(n.density.centre)
	if err := s.build(n, taken, f.buildings-len(s.known), seed); err != nil {
		return nil, err
	}
	s.fitFloors(f, seed)
	if err := s.chooseGlass(f); err != nil {
		return nil, err
	}
	if err := s.chooseOld(n, b, f); err != nil {
		return nil, err
	}
	if err := s.chooseCompounds(f); err != nil {
		return nil, err
	}
	if err := s.chooseSites(f); err != nil {
		return nil, err
	}
	return s, s.fitArea(f)
}

// house is a building with a curtain wall: a known or a made one.
type house struct {
	known bool
	index int32
}

// villageDelay lets villages come in later than other parcels, so that they are
// what is left out where a whole city has more room than buildings.
const villageDelay = 1.4

// sort puts the parcels into the order in which they are taken in: of each use
// the same share at every scale, most from the centre outwards, so that a small
// scale has a whole centre, and some anywhere.
func (s *stock) sort(centre vec) {
	keys := make([]float64, len(s.parcels))
	var byUse [landUses][]int32
	var areas [landUses]float64
	for i := range s.parcels {
		p := &s.parcels[i]
		keys[i] = p.takeKey(centre)
		byUse[p.use] = append(byUse[p.use], int32(i))
		areas[p.use] += p.area
	}
	byKey := func(i, j int32) int { return cmp.Or(cmp.Compare(keys[i], keys[j]), cmp.Compare(i, j)) }
	for use, list := range byUse {
		slices.SortFunc(list, byKey)
		var sum float64
		for _, i := range list {
			sum += s.parcels[i].area
			keys[i] = sum / areas[use]
			if landUse(use) == village {
				keys[i] *= villageDelay
			}
		}
		s.order = append(s.order, list...)
	}
	slices.SortFunc(s.order, byKey)
}

// takeKey is how late a parcel is taken in among those of its use.
func (p *parcel) takeKey(centre vec) float64 {
	const (
		anywhere = 0.3  // share
		radius   = 60e3 // metres
	)
	chance := fraction(hash(p.id, 1))
	if p.use == village || fraction(hash(p.id, 2)) < anywhere {
		return chance * radius
	}
	return p.middle.dist(centre) * (0.7 + 0.6*chance)
}

// build fills parcels in order until there are as many buildings as wanted.
func (s *stock) build(n *network, taken *boxes, want int, seed uint64) error {
	l := &layout{ground: n.ground, loose: n.loose, known: taken}
	s.buildings = make([]building, 0, want+400)
	for _, i := range s.order {
		if len(s.buildings) >= want {
			break
		}
		p := &s.parcels[i]
		l.parcel, l.index, l.d = p, i, newDice(seed, 30, p.id)
		p.first = int32(len(s.buildings))
		s.buildings = l.fill(s.buildings)
		if len(s.buildings) > want {
			s.buildings = s.buildings[:want]
		}
		p.last = int32(len(s.buildings))
	}
	if len(s.buildings) < want {
		return layers.InputErrorf("scale", "the base map has room for %d buildings, but this scale needs %d: use a smaller scale",
			len(s.known)+len(s.buildings), len(s.known)+want)
	}
	return nil
}

// fitFloors makes houses higher or lower, all but offices and shops by one
// factor, until the floor area is about that of the figures.
func (s *stock) fitFloors(f figures, seed uint64) {
	floors := func(i int, factor float64) float64 {
		b := &s.buildings[i]
		if b.use == useOffice || b.use == useCommercial {
			return float64(b.floors)
		}
		rest := fraction(hash(seed, 31, uint64(i)))
		return max(1, min(40, math.Floor(float64(b.floors)*factor+rest)))
	}
	footprints := make([]float64, len(s.buildings))
	for i := range s.buildings {
		footprints[i] = s.buildings[i].footprint()
	}
	target := f.floorArea - s.knownArea()
	low, high := 0.25, 2.0
	for range 14 {
		var sum float64
		mid := (low + high) / 2
		for i, a := range footprints {
			sum += a * floors(i, mid)
		}
		if sum < target {
			low = mid
		} else {
			high = mid
		}
	}
	for i := range s.buildings {
		s.buildings[i].floors = int16(floors(i, low))
	}
}

// fitArea leaves the rest to areaFactor.
func (s *stock) fitArea(f figures) error {
	var sum float64
	for i := range s.buildings {
		sum += s.buildings[i].footprint() * float64(s.buildings[i].floors)
	}
	if sum == 0 {
		return nil
	}
	s.areaFactor = (f.floorArea - s.knownArea()) / sum
	if math.Abs(s.areaFactor-1) > 0.5 {
		return layers.InputErrorf("city", "%d buildings of this base map have room for %.0f m² of floors where %.0f are wanted: the map does not suit the figures",
			len(s.buildings), sum, sum*s.areaFactor)
	}
	return nil
}

func (s *stock) knownArea() float64 {
	var sum float64
	for i := range s.known {
		sum += knownFloorArea(&s.known[i])
	}
	return sum
}

// knownFloorArea is the floor area of a known building in square metres, from
// its footprint and its floors, or those that its height has room for.
func knownFloorArea(b *Building) float64 {
	floors := float64(b.Floors)
	if floors == 0 {
		floors = math.Round(b.HeightMetres / storeyMetres)
	}
	return footprintOf(b.Geometry) * max(1, floors)
}
