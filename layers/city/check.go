package city

import (
	"math"
	"strings"

	"github.com/paulmach/orb"

	"yiping/layers"
)

const (
	// maxDistricts is what the ground can tell apart.
	maxDistricts = 250
	// maxDegrees bounds the extent of a base map: beyond it a plane and the
	// grid of the ground would be too coarse.
	maxDegrees = 5
)

// checkBase checks what the generator relies on and returns the bound of the
// districts.
func checkBase(b *Base) (orb.Bound, error) {
	switch {
	case b == nil || len(b.Districts) == 0:
		return orb.Bound{}, layers.InputErrorf("city", "the base map has no districts; nothing can be placed without them")
	case len(b.Districts) > maxDistricts:
		return orb.Bound{}, layers.InputErrorf("city", "the base map has %d districts; at most %d are supported", len(b.Districts), maxDistricts)
	}
	if err := checkPlaces(b); err != nil {
		return orb.Bound{}, err
	}
	codes := map[string]bool{}
	bound := b.Districts[0].Geometry.Bound()
	for _, d := range b.Districts {
		if len(d.Code) != 6 || strings.Trim(d.Code, "0123456789") != "" || codes[d.Code] {
			return bound, layers.InputErrorf("city", "district %q has the code %q; codes must have six digits and be unique", d.Name, d.Code)
		}
		codes[d.Code] = true
		if d.Geometry.Bound().IsEmpty() {
			return bound, layers.InputErrorf("city", "district %q has no outline", d.Name)
		}
		bound = bound.Union(d.Geometry.Bound())
	}
	if w, h := bound.Max[0]-bound.Min[0], bound.Max[1]-bound.Min[1]; w > maxDegrees || h > maxDegrees {
		return bound, layers.InputErrorf("city", "the districts span %.1f by %.1f degrees; a city may have at most %d", w, h, maxDegrees)
	}
	return bound, nil
}

// checkPlaces checks that all that the city is built around lies on earth.
func checkPlaces(b *Base) error {
	check := func(what, name string, g orb.Geometry) error {
		if onEarth(g) {
			return nil
		}
		return layers.InputErrorf("city", "%s %q has a corner that is no place on earth", what, name)
	}
	if err := check("the base map", b.Title, b.Centre); err != nil {
		return err
	}
	for _, a := range b.Districts {
		if err := check("district", a.Name, a.Geometry); err != nil {
			return err
		}
	}
	for _, a := range b.Streets {
		if err := check("street", a.Name, a.Geometry); err != nil {
			return err
		}
	}
	for _, w := range b.Water {
		if err := check("water", w.Name, w.Geometry); err != nil {
			return err
		}
	}
	for _, r := range b.Roads {
		if err := check("road", r.Name, r.Geometry); err != nil {
			return err
		}
	}
	for _, s := range b.MetroStations {
		if err := check("station", s.Name, s.Geometry); err != nil {
			return err
		}
	}
	for _, k := range b.Buildings {
		if err := check("building", k.Name, k.Geometry); err != nil {
			return err
		}
	}
	for _, p := range b.Places {
		if err := check("place", p.Name, p.Geometry); err != nil {
			return err
		}
	}
	return nil
}

// onEarth says that all coordinates are degrees of longitude and latitude.
func onEarth(g orb.Geometry) bool {
	switch g := g.(type) {
	case orb.Point:
		return math.Abs(g[0]) <= 180 && math.Abs(g[1]) < 90
	case orb.LineString:
		return allOnEarth(g)
	case orb.MultiPolygon:
		for _, polygon := range g {
			for _, ring := range polygon {
				if !allOnEarth(ring) {
					return false
				}
			}
		}
	}
	return true
}

func allOnEarth(points []orb.Point) bool {
	for _, p := range points {
		if !onEarth(p) {
			return false
		}
	}
	return true
}
