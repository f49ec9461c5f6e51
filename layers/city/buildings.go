package city

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/paulmach/orb"
)

// storeyMetres is the height of a floor where a known building has only one of
// height and floors.
const storeyMetres = 3.6

func (c *City) writeBuildings(out *sink) error {
	s, err := c.stock()
	if err != nil {
		return err
	}
	synthetic := c.syntheticSources()
	for i := range s.known {
		b := &s.known[i]
		out.known("", b.Source, b.SourceID, synthetic)
		out.Geometry = b.Geometry
		out.set(orNull(b.Name), orNull(b.Use), intOrNull(b.Floors), floatOrNull(b.HeightMetres),
			math.Round(knownFloorArea(b)), intOrNull(b.BuiltYear), buildingZoom(b.HeightMetres, footprintOf(b.Geometry)))
		if !out.send() {
			return nil
		}
	}
	names := s.glassNames()
	var ring orb.Ring
	for _, parcel := range s.spread() {
		p := &s.parcels[parcel]
		for i := p.first; i < p.last; i++ {
			b := &s.buildings[i]
			area, height := b.footprint(), b.height()
			ring = c.outlineOf(ring[:0], b)
			out.made(c.buildingCode(s, i))
			out.Geometry = orb.Polygon{ring}
			out.set(orNull(names[i]), useNames()[b.use], int64(b.floors), height,
				math.Round(area*float64(b.floors)*s.areaFactor), int64(b.year), buildingZoom(height, area))
			if !out.send() {
				return nil
			}
		}
	}
	return nil
}

// spread lists the parcels that have buildings, those side by side in space
// close to each other, which keeps the pages of a database local.
func (s *stock) spread() []int32 {
	var list []int32
	for i := range s.parcels {
		if p := &s.parcels[i]; p.last > p.first {
			list = append(list, int32(i))
		}
	}
	sortByPlace(list, func(i int32) vec { return s.parcels[i].middle })
	return list
}

// buildingZoom is the first zoom that shows a building.
func buildingZoom(height, footprint float64) int64 {
	switch {
	case height >= 100:
		return 13
	case height >= 45 || footprint >= 1500:
		return 14
	default:
		return 15
	}
}

func (c *City) buildingCode(s *stock, i int32) string {
	d := s.parcels[s.buildings[i].parcel].district
	return c.base.Districts[d].Code + "B" + strconv.Itoa(10_000_000 + int(i))[1:]
}

func (c *City) outlineOf(ring orb.Ring, b *building) orb.Ring {
	var buf [12]vec
	for _, v := range b.outline(buf[:0]) {
		ring = append(ring, c.plane.point(v))
	}
	return append(ring, ring[0])
}

func (c *City) ringOf(ring orb.Ring, corners []vec) orb.Ring {
	for _, v := range corners {
		ring = append(ring, c.plane.point(v))
	}
	return append(ring, ring[0])
}

// glassNames are the names of the made curtain-wall buildings.
func (s *stock) glassNames() map[int32]string {
	names := make(map[int32]string, len(s.glass))
	for i, h := range s.glass {
		if !h.known {
			names[h.index] = fmt.Sprintf("模拟大厦 %05d", i+1)
		}
	}
	return names
}

// sortByPlace sorts indexes along a Morton curve through their places.
func sortByPlace(list []int32, at func(int32) vec) {
	slices.SortFunc(list, func(i, j int32) int {
		a, b := mortonKey(at(i)), mortonKey(at(j))
		switch {
		case a < b:
			return -1
		case a > b:
			return 1
		default:
			return int(i - j)
		}
	})
}

// mortonKey interleaves the bits of a place in steps of 16 m.
func mortonKey(v vec) uint64 {
	const half = 1 << 19
	return interleave(uint32(v.x/16+half)) | interleave(uint32(v.y/16+half))<<1
}

func interleave(n uint32) uint64 {
	x := uint64(n)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	return (x | x<<1) & 0x5555555555555555
}
