package city

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

const (
	// Nodes of one name within sameStationMetres are the same station: maps have
	// one for each line, and interchanges reach far under ground.
	sameStationMetres = 900
	// A line serves a station if its track passes this near to one of its nodes.
	servesMetres = 120
	// underConstruction ends names of stations to come, by a habit of Chinese
	// OpenStreetMap mappers who lack the tag.
	underConstruction = "（在建）"
)

// settleStations makes one station of the nodes of each, finds the lines that stop
// there, and leaves out open stations on none of them: the stations of other
// railways and of the neighbours' metros.
func (o *opening) settleStations() {
	p := newPlane(o.result.Centre)
	tracks := segmentGrid{plane: p}
	for i, l := range o.result.MetroLines {
		for _, track := range l.Geometry {
			tracks.add(i, track)
		}
	}
	var stations []MetroStation
	for _, nodes := range groupStations(p, o.result.MetroStations) {
		s := nodes[0]
		var sum vec
		lines := map[string]bool{}
		for _, n := range nodes {
			sum = sum.add(p.vec(n.Geometry))
			if n.Status == "open" {
				s.Status = "open"
			}
			s.NameEn = cmp.Or(s.NameEn, n.NameEn)
			for _, i := range tracks.near(n.Geometry, servesMetres) {
				for ref := range strings.SplitSeq(o.result.MetroLines[i].Ref, ",") {
					lines[ref] = true
				}
			}
		}
		if s.Status == "open" && len(lines) == 0 && len(o.result.MetroLines) > 0 {
			continue
		}
		s.Geometry = p.point(sum.scale(1 / float64(len(nodes))))
		s.Lines = joinedRefs(lines)
		stations = append(stations, s)
	}
	o.result.MetroStations = stations
}

// groupStations puts the nodes of one station together, in the order of the first.
func groupStations(p plane, nodes []MetroStation) [][]MetroStation {
	var groups [][]MetroStation
	for _, n := range nodes {
		if name, ok := strings.CutSuffix(n.Name, underConstruction); ok {
			n.Name, n.Status = name, "construction"
		}
		n.Status = cmp.Or(n.Status, "open")
		i := slices.IndexFunc(groups, func(g []MetroStation) bool {
			return g[0].Name == n.Name && p.vec(g[0].Geometry).dist(p.vec(n.Geometry)) < sameStationMetres
		})
		if i < 0 {
			groups = append(groups, []MetroStation{n})
		} else {
			groups[i] = append(groups[i], n)
		}
	}
	return groups
}

// joinedRefs lists line numbers in the order of the numbers.
func joinedRefs(lines map[string]bool) string {
	refs := make([]string, 0, len(lines))
	for ref := range lines {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(a, b string) int {
		na, _ := strconv.Atoi(a) // what is no number comes first, by its text
		nb, _ := strconv.Atoi(b)
		return cmp.Or(cmp.Compare(na, nb), cmp.Compare(a, b))
	})
	return strings.Join(refs, ",")
}

// near lists the numbers of the lines that pass within some metres of a point.
func (g *segmentGrid) near(at orb.Point, metres float64) []int {
	v := g.plane.vec(at)
	var found []int
	for x := gridIndex(v.x - metres); x <= gridIndex(v.x+metres); x++ {
		for y := gridIndex(v.y - metres); y <= gridIndex(v.y+metres); y++ {
			for _, s := range g.cells[[2]int{x, y}] {
				if distanceToSegment(v, s.a, s.b) < metres && !slices.Contains(found, s.line) {
					found = append(found, s.line)
				}
			}
		}
	}
	return found
}

func distanceToSegment(v, a, b vec) float64 {
	along := b.sub(a)
	t := min(1, max(0, v.sub(a).dot(along)/max(along.dot(along), 1e-9)))
	return v.dist(a.lerp(b, t))
}
