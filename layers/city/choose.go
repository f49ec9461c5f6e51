package city

import (
	"cmp"
	"math"
	"slices"

	"yiping/layers"
)

const (
	// wheelock is the tower that the published figures name: 61 floors, 270 m.
	wheelock = "会德丰国际广场"
	// highRiseMetres is the height above which a public building is a high-rise
	// (GB 50016, 2.1.1).
	highRiseMetres = 24
)

// chooseKnown takes in the known buildings, the one that the figures name first,
// as long as they are at most a quarter of all: a small city has room for few.
func chooseKnown(known []Building, f figures) []Building {
	known = slices.Clone(known)
	slices.SortStableFunc(known, func(a, b Building) int {
		switch {
		case a.Name == wheelock && b.Name != wheelock:
			return -1
		case b.Name == wheelock && a.Name != wheelock:
			return 1
		default:
			return 0
		}
	})
	var area float64
	share := 0.5 // that the first may have alone
	for i := range known {
		area += knownFloorArea(&known[i])
		if area > share*f.floorArea || i > f.buildings/4 {
			return known[:i]
		}
		share = 0.25
	}
	return known
}

// chooseGlass chooses the buildings that have a curtain wall: the known towers,
// then offices and shops where the skyline is highest, then others. Where a small
// city has too few high-rises, some lower houses are made higher.
func (s *stock) chooseGlass(f figures) error {
	high, low := knownTowers(s.known), []house(nil)
	wantLow := f.curtainWalls - f.highRise
	for _, uses := range [][]use{{useOffice, useCommercial}, {usePublic}, {useResidential}} {
		if len(high) >= f.highRise && len(low) >= wantLow {
			break
		}
		for _, i := range s.bySkyline(uses) {
			if s.buildings[i].height() > highRiseMetres {
				high = append(high, house{false, i})
			} else {
				low = append(low, house{false, i})
			}
		}
	}
	for len(high) < f.highRise && len(low) > wantLow {
		raised := &s.buildings[low[0].index]
		raised.floors = int16(highRiseMetres/raised.use.storey()) + 2
		high, low = append(high, low[0]), low[1:]
	}
	if len(high) < f.highRise || len(low) < wantLow {
		return layers.InputErrorf("scale", "%d buildings are too few to choose %d curtain-wall buildings from: use a larger scale",
			len(s.known)+len(s.buildings), f.curtainWalls)
	}
	s.glass = slices.Concat(high[:f.highRise], low[:wantLow])
	for _, h := range s.glass {
		if !h.known {
			s.buildings[h.index].glass = true
		}
	}
	return nil
}

// knownTowers are the known high-rises, the one that the figures name first and
// then by height.
func knownTowers(known []Building) []house {
	var towers []house
	for i := range known {
		if known[i].HeightMetres > highRiseMetres {
			towers = append(towers, house{true, int32(i)})
		}
	}
	height := func(h house) float64 {
		if known[h.index].Name == wheelock {
			return math.Inf(1)
		}
		return known[h.index].HeightMetres
	}
	slices.SortStableFunc(towers, func(g, h house) int { return cmp.Compare(height(h), height(g)) })
	return towers
}

// bySkyline lists the made buildings of some uses, from the highest skyline down.
func (s *stock) bySkyline(of []use) []int32 {
	var order []int32
	for i := range s.buildings {
		if slices.Contains(of, s.buildings[i].use) {
			order = append(order, int32(i))
		}
	}
	skyline := func(i int32) float64 { return s.parcels[s.buildings[i].parcel].skyline }
	slices.SortFunc(order, func(i, j int32) int {
		return cmp.Or(cmp.Compare(skyline(j), skyline(i)), cmp.Compare(i, j))
	})
	return order
}

// chooseOld chooses listed buildings among the lane houses, and if need be the
// low houses, nearest to the centre, beside those that are known.
func (s *stock) chooseOld(n *network, b *Base, f figures) error {
	want := f.heritage - min(len(b.Heritage), f.heritage)
	type candidate struct {
		index int32
		key   float64
	}
	var all []candidate
	for i := range s.buildings {
		h := &s.buildings[i]
		if h.glass || h.floors > 8 || h.use == useIndustrial {
			continue
		}
		p := &s.parcels[h.parcel]
		key := p.middle.dist(n.density.centre) * (0.3 + fraction(hash(p.id, 60, uint64(i))))
		if p.use != lilong {
			key *= 3
		}
		all = append(all, candidate{int32(i), key})
	}
	if len(all) < want {
		return layers.InputErrorf("scale", "%d buildings are too few to choose %d listed ones from: use a larger scale", len(all), want)
	}
	slices.SortFunc(all, func(x, y candidate) int {
		return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.index, y.index))
	})
	for _, c := range all[:want] {
		h := &s.buildings[c.index]
		h.year = 1880 + int16(fraction(hash(uint64(c.index), 61))*66)
		s.old = append(s.old, c.index)
	}
	return nil
}

// chooseCompounds takes housing parcels in the order of the city.
func (s *stock) chooseCompounds(f figures) error {
	for _, i := range s.order {
		if len(s.compounds) == f.compounds {
			return nil
		}
		if p := &s.parcels[i]; p.use.housing() && p.dry && p.last > p.first {
			s.compounds = append(s.compounds, i)
		}
	}
	if len(s.compounds) < f.compounds {
		return layers.InputErrorf("scale", "the base map has room for %d residential compounds, but this scale needs %d: use a smaller scale", len(s.compounds), f.compounds)
	}
	return nil
}

// chooseSites takes the parcels under construction and, if they are too few,
// open land, the nearest to the city first.
func (s *stock) chooseSites(f figures) error {
	var land []int32
	for _, i := range s.order {
		switch p := &s.parcels[i]; {
		case len(s.sites) == f.sites:
			return nil
		case !p.dry:
		case p.use == site:
			p.trim(siteArea)
			s.sites = append(s.sites, i)
		case p.use == farmland && !p.known, p.use == park && p.first == p.last:
			land = append(land, i)
		}
	}
	if len(s.sites)+len(land) < f.sites {
		return layers.InputErrorf("scale", "the base map has room for %d construction sites, but this scale needs %d: use a smaller scale", len(s.sites)+len(land), f.sites)
	}
	slices.SortStableFunc(land, func(i, j int32) int {
		return cmp.Compare(s.parcels[j].urban, s.parcels[i].urban)
	})
	for _, i := range land[:f.sites-len(s.sites)] {
		s.parcels[i].use = site
		s.parcels[i].trim(siteArea)
		s.sites = append(s.sites, i)
	}
	return nil
}

// siteArea bounds construction sites, in square metres.
const siteArea = 32e3

// trim halves a parcel until it is no larger than an area; the rest lies idle.
func (p *parcel) trim(area float64) {
	for p.area > area {
		along := heading(grain4(p.ring))
		lo, hi := extent(p.ring, along)
		if lo2, hi2 := extent(p.ring, along.left()); hi2-lo2 > hi-lo {
			along, lo, hi = along.left(), lo2, hi2
		}
		part, _, ok := cleave(p.ring, along.scale((lo+hi)/2), along.left())
		if !ok {
			return
		}
		p.ring, p.area, p.middle = part, areaOf(part), middleOfRing(part)
	}
}
