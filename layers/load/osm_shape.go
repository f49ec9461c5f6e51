package load

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"yiping/layers/load/internal/osmfile"
	"yiping/layers/load/internal/rings"
)

// shape is what an OSM element can be drawn as; a rule takes one or more.
type shape uint8

const (
	pointShape shape = 1 << iota // a node
	lineShape                    // a way that is open, or is said to be no area
	ringShape                    // a closed way
	areaShape                    // a multipolygon or boundary relation
	routeShape                   // a route relation
)

// wayShape is the shape of a way. What a closed way means is for the rules: to that
// of roads it is a line.
func wayShape(w *osmfile.Way) shape {
	const leastRing = 4
	n := len(w.Refs)
	if n >= leastRing && w.Refs[0] == w.Refs[n-1] && w.Tags.Find("area") != "no" {
		return ringShape
	}
	return lineShape
}

// relationShape is the shape of a relation by its type.
func relationShape(tags osmfile.Tags) shape {
	switch tags.Find("type") {
	case "multipolygon", "boundary":
		return areaShape
	case "route":
		return routeShape
	}
	return 0
}

// wayGeometry draws a way.
func wayGeometry(line []osmfile.Location, as shape) orb.Geometry {
	points := degrees(line)
	if as == ringShape {
		return orb.Polygon{orb.Ring(points)}
	}
	return fold(points)
}

func degrees(line []osmfile.Location) orb.LineString {
	points := make(orb.LineString, len(line))
	for i, at := range line {
		points[i][0], points[i][1] = at.Degrees()
	}
	return points
}

// fold halves a line that goes out and comes back the same way (A, B, C, B, A), as
// OSMnx writes two-way streets.
func fold(l orb.LineString) orb.LineString {
	n := len(l)
	if n < 3 || n%2 == 0 {
		return l
	}
	for i := range n / 2 {
		if l[i] != l[n-1-i] {
			return l
		}
	}
	return l[:n/2+1]
}

// assemble draws a relation from its ways. A fault is one of the relation; an error
// is of the machine.
func (s *osmSource) assemble(r *osmfile.Relation, as shape) (g orb.Geometry, fault, err error) {
	var lines []orb.LineString
	seen := map[int64]bool{}
	lacking := 0
	for _, m := range r.Members {
		if m.Kind != osmfile.WayKind || !drawsWith(m.Role, as) || seen[m.Ref] {
			continue
		}
		seen[m.Ref] = true
		line, missing, ok, err := s.ways.Find(m.Ref, s.line[:0])
		if err != nil {
			return nil, nil, err
		}
		s.line = line
		if !ok || missing > 0 || len(line) < 2 {
			lacking++
			continue
		}
		lines = append(lines, degrees(line))
	}
	members := len(seen)
	switch {
	case members == 0:
		return nil, rejectf("has no member ways to draw it by"), nil
	case lacking == members, lacking > 0 && as == areaShape:
		return nil, rejectf("%d of its %d member ways are not in the file, or not whole", lacking, members), nil
	case as == routeShape:
		for range lacking {
			s.skip("member of a route that the file lacks")
		}
		return join(lines), nil, nil
	}
	mp, open := rings.Assemble(lines)
	switch {
	case open != nil:
		return nil, open, nil
	case len(mp) == 0:
		return nil, rejectf("its member ways bound no area"), nil
	case len(mp) == 1:
		return mp[0], nil, nil
	}
	return mp, nil, nil
}

// drawsWith reports whether members of a role are part of the drawing. Whether a
// ring is an outer or an inner one is seen from the drawing, since roles are often
// wrong.
func drawsWith(role string, as shape) bool {
	switch role {
	case "outer", "inner", "", "enclave", "exclave":
		return true
	case "forward", "backward":
		return as == routeShape
	}
	return false
}

// join makes longer lines of a route's ways, which mostly follow each other. It
// uses up the lines.
func join(lines []orb.LineString) orb.MultiLineString {
	var all orb.MultiLineString
	for _, l := range lines {
		if last := len(all) - 1; last >= 0 {
			if longer, ok := follow(all[last], l); ok {
				all[last] = longer
				continue
			}
		}
		all = append(all, l)
	}
	return all
}

// follow joins two lines where their ends meet, turning them as it must.
func follow(a, b orb.LineString) (orb.LineString, bool) {
	switch firstB, lastB := b[0], b[len(b)-1]; {
	case firstB == a[len(a)-1]:
	case lastB == a[len(a)-1]:
		slices.Reverse(b)
	case firstB == a[0]:
		slices.Reverse(a)
	case lastB == a[0]:
		slices.Reverse(a)
		slices.Reverse(b)
	default:
		return a, false
	}
	return append(a, b[1:]...), true
}

// middle is the centroid of a geometry, to OSM's seven decimals: where the label
// of a place stands.
func middle(g orb.Geometry) orb.Point {
	if p, ok := g.(orb.Point); ok {
		return p
	}
	const precision = 1e7
	p, _ := planar.CentroidArea(g)
	return orb.Point{math.Round(p[0]*precision) / precision, math.Round(p[1]*precision) / precision}
}
