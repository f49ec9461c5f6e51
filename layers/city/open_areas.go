package city

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/peterstace/simplefeatures/geom"

	"yiping/layers"
)

// Pieces smaller than this that a cut along the coast leaves are slips of one
// coastline past the other and no land, square metres.
const sliverM2 = 300_000

// settleAreas cuts the sea off, and gives the areas the codes and parents that
// their files lack.
func (o *opening) settleAreas() error {
	b := o.result
	if o.manifest.Land == "schematic" {
		if err := o.cutSea(); err != nil {
			return err
		}
	}
	for i, d := range b.Districts {
		if len(d.Code) != districtDigits {
			return layers.InputErrorf("districts", "the code %q of %s has not %d digits", d.Code, d.Name, districtDigits)
		}
		if slices.ContainsFunc(b.Districts[:i], func(e Area) bool { return e.Code == d.Code }) {
			return layers.InputErrorf("districts", "the code %s occurs twice", d.Code)
		}
	}
	b.Streets = settleChildren(b.Streets, streetDigits, b.Districts)
	b.Villages = settleChildren(b.Villages, villageDigits, b.Streets)
	return nil
}

// Division codes add three digits a level (GB/T 2260 and GB/T 10114).
const (
	districtDigits = 6
	streetDigits   = 9
	villageDigits  = 12
)

// settleChildren finds the parent of each area by its code, or else by its place.
// An area without a code gets a provisional one under its parent, from 901 on. An
// area that lies in no parent is no part of the city and is left out.
func settleChildren(children []Area, digits int, parents []Area) []Area {
	var settled []Area
	for _, c := range children {
		parent := slices.IndexFunc(parents, func(p Area) bool {
			return len(c.Code) == digits && c.Code[:digits-3] == p.Code
		})
		if parent < 0 {
			parent = containing(parents, c.Geometry)
		}
		if parent < 0 {
			continue
		}
		c.Parent = parents[parent].Code
		if len(c.Code) != digits {
			c.Code, c.Provisional = provisionalCode(settled, c.Parent), true
		}
		settled = append(settled, c)
	}
	return settled
}

// containing is the area that a point inside the geometry lies in, or -1.
func containing(areas []Area, g orb.MultiPolygon) int {
	p, ok := insidePoint(g)
	if !ok {
		return -1
	}
	return slices.IndexFunc(areas, func(a Area) bool {
		return a.Geometry.Bound().Contains(p) && planar.MultiPolygonContains(a.Geometry, p)
	})
}

func provisionalCode(taken []Area, parent string) string {
	for n := firstMadeUpCode; ; n++ {
		code := fmt.Sprintf("%s%03d", parent, n)
		if !slices.ContainsFunc(taken, func(a Area) bool { return a.Code == code }) {
			return code
		}
	}
}

// cutSea takes the schematic sea away from the areas: maps of OpenStreetMap count
// territorial waters in.
func (o *opening) cutSea() error {
	var parts []geom.Geometry
	for _, w := range o.schematic.Water {
		if slices.ContainsFunc(seas(), func(s Water) bool { return s.SourceID == w.SourceID }) {
			parts = append(parts, surface(w.Geometry).AsGeometry())
		}
	}
	sea, err := geom.UnionMany(parts)
	if err != nil {
		return fmt.Errorf("join the seas: %w", err)
	}
	for _, areas := range []*[]Area{&o.result.Districts, &o.result.Streets, &o.result.Villages} {
		var dry []Area
		for _, a := range *areas {
			cut, err := geom.Difference(surface(a.Geometry).AsGeometry(), sea)
			if err != nil {
				return fmt.Errorf("cut the sea off %s: %w", a.Name, err)
			}
			if a.Geometry = o.withoutSlivers(polygonsOf(cut)); len(a.Geometry) > 0 {
				dry = append(dry, a)
			}
		}
		*areas = dry
	}
	return nil
}

// withoutSlivers drops the small pieces of an area that has a large one.
func (o *opening) withoutSlivers(m orb.MultiPolygon) orb.MultiPolygon {
	p := newPlane(o.result.Centre)
	size := func(polygon orb.Polygon) float64 {
		return math.Abs(planar.Area(polygon)) * p.perLon * p.perLat
	}
	var largest float64
	for _, polygon := range m {
		largest = max(largest, size(polygon))
	}
	return slices.DeleteFunc(m, func(polygon orb.Polygon) bool {
		return size(polygon) < min(sliverM2, largest)
	})
}
