package city

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// snapMetres is how far from another road the end of a road may lie and still be
// meant to join it.
const snapMetres = 160

// roads draws the main roads, joins them where they meet, and makes bridges of the
// stretches that lie over water.
func (d *drawing) roads() error {
	drawn, err := readLines("roads.geojson")
	if err != nil {
		return err
	}
	bridges, err := readTable("bridges.csv", "name", "name_en", "lon", "lat")
	if err != nil {
		return err
	}
	for i := range drawn {
		drawn[i].line = curve(d.plane, drawn[i].line)
	}
	d.joinEnds(drawn)
	d.joinCrossings(drawn)
	surfaces := make([]orb.MultiPolygon, len(d.base.Water))
	for i, w := range d.base.Water {
		surfaces[i] = w.Geometry
	}
	water := newShore(d.plane, surfaces)
	for i, f := range drawn {
		pieces := []wetLine{{line: f.line}}
		if !f.Tunnel {
			pieces = water.split(f.line)
		}
		for k, piece := range pieces {
			r := Road{
				Name: f.Name, NameEn: f.NameEn, Class: f.Class, Lanes: f.Lanes,
				Bridge: piece.wet, Tunnel: f.Tunnel,
				Source: schematicSource, SourceID: fmt.Sprintf("road/%d.%d", i+1, k+1),
				Geometry: piece.line,
			}
			if r.Bridge {
				d.nameBridge(&r, bridges)
			}
			d.base.Roads = append(d.base.Roads, r)
		}
	}
	return nil
}

// nameBridge gives a bridge its own name if it is one of the known ones.
func (d *drawing) nameBridge(r *Road, bridges []row) {
	const reachMetres = 600
	for _, b := range bridges {
		near, _, _ := d.nearestOn(r.Geometry, d.plane.vec(b.point()))
		if near.dist(d.plane.vec(b.point())) < reachMetres && longEnough(r.Geometry) {
			r.Name, r.NameEn = b.text("name"), b.text("name_en")
			return
		}
	}
}

// longEnough tells the known bridges from culverts beside them.
func longEnough(line orb.LineString) bool { return lineMetres(line) > 60 }

// nearestOn is the point of a line that is nearest to v, with the segment it is on
// and where on it.
func (d *drawing) nearestOn(line orb.LineString, v vec) (at vec, segment int, t float64) {
	least := math.Inf(1)
	for i := 1; i < len(line); i++ {
		a, b := d.plane.vec(line[i-1]), d.plane.vec(line[i])
		along := b.sub(a)
		s := min(1, max(0, v.sub(a).dot(along)/max(along.dot(along), 1e-9)))
		if p := a.lerp(b, s); p.dist(v) < least {
			at, segment, t, least = p, i-1, s, p.dist(v)
		}
	}
	return at, segment, t
}

// joinEnds moves the ends of roads onto the road that they lie close to, and gives
// that road a vertex there.
func (d *drawing) joinEnds(roads []drawnLine) {
	for i := range roads {
		line := roads[i].line
		if line[0] == line[len(line)-1] {
			continue
		}
		for _, end := range []int{0, len(line) - 1} {
			d.joinEnd(roads, i, end)
		}
	}
}

func (d *drawing) joinEnd(roads []drawnLine, i, end int) {
	v := d.plane.vec(roads[i].line[end])
	best, segment, t, least := -1, 0, 0.0, float64(snapMetres)
	for j := range roads {
		if j == i {
			continue
		}
		at, s, u := d.nearestOn(roads[j].line, v)
		if roads[j].Tunnel && u > 0 && u < 1 {
			continue // a tunnel is entered at its ends
		}
		if dist := at.dist(v); dist < least {
			best, segment, t, least = j, s, u, dist
		}
	}
	if best < 0 {
		return
	}
	other := &roads[best].line
	switch {
	case t <= 0:
		roads[i].line[end] = (*other)[segment]
	case t >= 1:
		roads[i].line[end] = (*other)[segment+1]
	default:
		joint := between((*other)[segment], (*other)[segment+1], t)
		roads[i].line[end] = joint
		*other = slices.Insert(*other, segment+1, joint)
	}
}

// between is the point at t on the way from a to b.
func between(a, b orb.Point, t float64) orb.Point {
	return orb.Point{nano(mixBetween(a[0], b[0], t)), nano(mixBetween(a[1], b[1], t))}
}

// joint is a vertex to be put into a line.
type joint struct {
	segment int
	t       float64
	point   orb.Point
}

// joinCrossings gives two roads that cross a common vertex. Tunnels pass below.
func (d *drawing) joinCrossings(roads []drawnLine) {
	grid := segmentGrid{plane: d.plane}
	for i, r := range roads {
		if !r.Tunnel {
			grid.add(i, r.line)
		}
	}
	joints := make([][]joint, len(roads))
	for i, r := range roads {
		if r.Tunnel {
			continue
		}
		for s := 1; s < len(r.line); s++ {
			for _, x := range grid.crossings(r.line[s-1], r.line[s]) {
				if x.line <= i { // each pair once; no road crosses itself
					continue
				}
				p := between(r.line[s-1], r.line[s], x.t)
				joints[i] = append(joints[i], joint{s - 1, x.t, p})
				joints[x.line] = append(joints[x.line], joint{x.segment, x.u, p})
			}
		}
	}
	for i := range roads {
		roads[i].line = withJoints(roads[i].line, joints[i])
	}
}

// withJoints puts the joints into a line, in order, and leaves out repeated points.
func withJoints(line orb.LineString, joints []joint) orb.LineString {
	slices.SortFunc(joints, func(a, b joint) int {
		return cmp.Or(cmp.Compare(a.segment, b.segment), cmp.Compare(a.t, b.t))
	})
	out := make(orb.LineString, 0, len(line)+len(joints))
	next := 0
	for i, p := range line {
		out = append(out, p)
		for ; next < len(joints) && joints[next].segment == i; next++ {
			out = append(out, joints[next].point)
		}
	}
	return slices.Compact(out)
}
