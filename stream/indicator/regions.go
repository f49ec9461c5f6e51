package indicator

import (
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
)

// Regions are the districts of a city at one moment. They never change.
type Regions struct {
	index *layers.RegionIndex
	// all is the city, then its districts by code.
	all []region
	// number is the place of a district in all, by code.
	number map[string]int
}

// region is what is counted for: a district, or the city, which has no code.
type region struct {
	code, name string
	anchor     geo.Fixed
}

// NewRegions are the districts of an index, with their names by code. The city is
// anchored in the middle of them, at 0, 0 if there are none.
func NewRegions(index *layers.RegionIndex, names map[string]string) *Regions {
	districts := index.Districts()
	r := &Regions{index: index, all: make([]region, 1, 1+len(districts)), number: make(map[string]int, len(districts))}
	var anchors orb.MultiPoint
	for _, d := range districts {
		r.number[d.Code] = len(r.all)
		r.all = append(r.all, region{d.Code, names[d.Code], geo.FixedAt(d.Anchor)})
		anchors = append(anchors, d.Anchor)
	}
	middle := orb.Point{}
	if len(anchors) > 0 {
		middle = anchors.Bound().Center()
	}
	r.all[0].anchor = geo.FixedAt(middle)
	return r
}

// at is the place in all of the district that a place lies in; false if it lies in none.
func (r *Regions) at(p orb.Point) (int, bool) {
	n, ok := r.number[r.index.At(p).District]
	return n, ok
}
