package city

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// fillFromSchematic adds what the manifest asks of the embedded map. It keeps its
// own source, so that screens can tell it from the rest.
func (o *opening) fillFromSchematic() {
	if len(o.manifest.Schematic) == 0 {
		return
	}
	b, s := o.result, o.schematic
	asked := func(part string) bool { return slices.Contains(o.manifest.Schematic, part) }
	if asked("population") {
		for i := range b.Districts {
			d := &b.Districts[i]
			k := slices.IndexFunc(s.Districts, func(e Area) bool { return e.Code == d.Code })
			if k < 0 {
				continue
			}
			d.NameEn = cmp.Or(d.NameEn, s.Districts[k].NameEn)
			if d.Population == 0 {
				d.Population, d.PopulationYear = s.Districts[k].Population, s.Districts[k].PopulationYear
			}
		}
	}
	if asked("water") {
		b.Water = append(b.Water, s.Water...)
	}
	if asked("roads") {
		b.Roads = append(b.Roads, o.roadsBetween()...)
	}
	if asked("metro_stations") {
		b.MetroStations = withUnknown(b.MetroStations, s.MetroStations, func(m MetroStation) string { return m.Name })
		o.serveFromSchematic()
	}
	if asked("buildings") {
		var known orb.MultiPoint
		for _, k := range b.Buildings {
			known = append(known, k.Geometry.Bound().Min, k.Geometry.Bound().Max)
		}
		for _, k := range s.Buildings {
			if len(known) == 0 || !known.Bound().Contains(middle(k.Geometry)) {
				b.Buildings = append(b.Buildings, k)
			}
		}
	}
	if asked("heritage") {
		b.Heritage = withUnknown(b.Heritage, s.Heritage, func(h Heritage) string { return h.Name })
	}
	if asked("places") {
		b.Places = withUnknown(b.Places, s.Places, func(p Place) string { return p.Name })
	}
	b.Sources = append(b.Sources, s.Sources...)
}

// serveFromSchematic lets the embedded map say which lines serve the stations that
// it knows: tracks that pass near to a station need not stop there, and a node under
// construction may be that of a further line of an open station.
func (o *opening) serveFromSchematic() {
	known := make(map[string]string, len(o.schematic.MetroStations))
	for _, s := range o.schematic.MetroStations {
		known[s.Name] = s.Lines
	}
	for i := range o.result.MetroStations {
		if s := &o.result.MetroStations[i]; known[s.Name] != "" {
			s.Lines, s.Status = known[s.Name], "open"
		}
	}
}

// withUnknown adds those of more whose names do not occur yet.
func withUnknown[T any](have, more []T, name func(T) string) []T {
	names := make(map[string]bool, len(have))
	for _, h := range have {
		names[name(h)] = true
	}
	for _, m := range more {
		if !names[name(m)] {
			have = append(have, m)
		}
	}
	return have
}

// roadsBetween are the schematic roads outside the covered bounds, each cut end
// joined to the nearest known road.
func (o *opening) roadsBetween() []Road {
	p := newPlane(o.result.Centre)
	covered := make([]orb.MultiPolygon, len(o.result.Covered))
	for i, b := range o.result.Covered {
		covered[i] = orb.MultiPolygon{b.ToPolygon()}
	}
	edge := newShore(p, covered)
	known := o.result.Roads
	var roads []Road
	for _, r := range o.schematic.Roads {
		for k, piece := range edge.split(r.Geometry) {
			if piece.wet {
				continue
			}
			line, whole := piece.line, r.Geometry
			if line[0] != whole[0] {
				line = slices.Insert(line, 0, nearestVertex(p, known, line[0])...)
			}
			if line[len(line)-1] != whole[len(whole)-1] {
				line = append(line, nearestVertex(p, known, line[len(line)-1])...)
			}
			cut := r
			cut.Geometry = line
			if k > 0 { // a further piece of the same road
				cut.SourceID = fmt.Sprintf("%s.%d", r.SourceID, k+1)
			}
			roads = append(roads, cut)
		}
	}
	return roads
}

// nearestVertex is the vertex of a road that a cut end may join, if one is near.
func nearestVertex(p plane, roads []Road, end orb.Point) []orb.Point {
	least, from := float64(snapMetres), p.vec(end)
	var best []orb.Point
	for _, r := range roads {
		for _, v := range r.Geometry {
			if d := p.vec(v).dist(from); d < least {
				least, best = d, []orb.Point{v}
			}
		}
	}
	return best
}
