package layers

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// District is a district of an index.
type District struct {
	Code string
	// Anchor stands for the district on a map (lon, lat). RegionIndex.At puts it there,
	// if it puts the middle of the district's bound or of any of its parts there.
	Anchor orb.Point
}

// Districts are those that places are put into, by code.
func (x *RegionIndex) Districts() []District {
	parts := map[string][]*RegionPart{}
	for i := range x.parts {
		switch p := &x.parts[i]; {
		case p.Layer == "district" && p.Code != "":
			parts[p.Code] = append(parts[p.Code], p)
		case p.Layer == "street" && p.Parent != "": // which decides the district
			parts[p.Parent] = append(parts[p.Parent], p)
		}
	}
	all := make([]District, 0, len(parts))
	for code, of := range parts {
		all = append(all, District{code, x.anchor(code, of)})
	}
	slices.SortFunc(all, func(a, b District) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// anchor is the middle of a district's bound, or that of its largest part that lies in it.
func (x *RegionIndex) anchor(code string, parts []*RegionPart) orb.Point {
	middle := x.shapes[code].bound.Center()
	if x.At(middle).District == code {
		return middle
	}
	areas := map[orb.Point]float64{}
	for _, p := range parts {
		at, area := planar.CentroidArea(p.Shape)
		areas[at] = max(areas[at], area)
	}
	largest := slices.SortedFunc(maps.Keys(areas), func(a, b orb.Point) int {
		return cmp.Or(cmp.Compare(areas[b], areas[a]), cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	for _, at := range largest {
		if x.At(at).District == code {
			return at
		}
	}
	return middle
}
