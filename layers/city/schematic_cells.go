package city

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// divide cuts a ring into n cells: the Voronoi cells of relaxed seeds, on a gently
// warped plane so that no border is a straight line. Cells are ordered by the
// distance of their seeds from the city's centre.
func (d *drawing) divide(ring orb.Ring, n int) []orb.MultiPolygon {
	if n == 1 {
		return []orb.MultiPolygon{{{ring.Clone()}}}
	}
	area := math.Abs(planar.Area(ring)) * d.plane.perLon * d.plane.perLat
	c := cutter{plane: d.plane, warp: warp{metres: math.Sqrt(area / float64(n))}}
	outline := c.outline(ring)
	seeds := relaxedSeeds(outline, c.warp.apply(vec{}), n)
	cells := make([]orb.MultiPolygon, n)
	for i, seed := range seeds {
		// The nearest first: they leave little for the others to cut.
		others := slices.DeleteFunc(slices.Clone(seeds), func(s vec) bool { return s == seed })
		slices.SortFunc(others, func(a, b vec) int { return cmp.Compare(a.dist(seed), b.dist(seed)) })
		pieces := [][]corner{outline}
		for _, other := range others {
			var nearer [][]corner
			for _, p := range pieces {
				nearer = append(nearer, c.nearer(p, seed, other)...)
			}
			pieces = nearer
		}
		for _, p := range pieces {
			cells[i] = append(cells[i], orb.Polygon{c.drawn(p)})
		}
	}
	return cells
}

// cutter cuts outlines on a warped plane.
type cutter struct {
	plane plane
	warp  warp
}

// corner is a vertex of a cell: where it is on the warped plane, and its true
// place. fixed says that the edge which leaves it is a piece of the district's
// border, and so has to stay as it is.
type corner struct {
	at    vec
	true  orb.Point
	fixed bool
	// aid marks a point on a straight piece of the border, put there only so that
	// the warp bends that piece as it should.
	aid bool
}

// outline is the ring of a district on the warped plane.
func (c cutter) outline(ring orb.Ring) []corner {
	const aidMetres = 100
	var corners []corner
	for i, p := range ring[:len(ring)-1] {
		from, to := c.plane.vec(p), c.plane.vec(ring[i+1])
		steps := int(from.dist(to)/aidMetres) + 1
		for s := range steps {
			t := float64(s) / float64(steps)
			corners = append(corners, corner{
				at: c.warp.apply(from.lerp(to, t)), fixed: true, aid: s > 0,
				true: orb.Point{mixBetween(p[0], ring[i+1][0], t), mixBetween(p[1], ring[i+1][1], t)},
			})
		}
	}
	return corners
}

// nearer is the part of a piece that is nearer to seed than to other. Where the
// piece has a bay it may fall apart in several.
func (c cutter) nearer(piece []corner, seed, other vec) [][]corner {
	middle, away := seed.lerp(other, 0.5), other.sub(seed)
	beyond := func(k corner) float64 { return k.at.sub(middle).dot(away) }
	// Each chain is a run of kept corners from where the outline comes in to where
	// it leaves again.
	chains := [][]corner{nil}
	for i, k := range piece {
		next := piece[(i+1)%len(piece)]
		here, there := beyond(k), beyond(next)
		if here <= 0 {
			chains[len(chains)-1] = append(chains[len(chains)-1], k)
		}
		if (here <= 0) == (there <= 0) {
			continue
		}
		cross := c.between(k, next, here/(here-there))
		if there <= 0 {
			cross.fixed = k.fixed // coming in, the old edge goes on
			chains = append(chains, []corner{cross})
		} else {
			chains[len(chains)-1] = append(chains[len(chains)-1], cross)
		}
	}
	if len(chains) == 1 { // never crossed
		if len(chains[0]) == 0 {
			return nil
		}
		return chains
	}
	// The outline closes: what began before the first crossing ends the last chain.
	last := len(chains) - 1
	chains[last] = append(chains[last], chains[0]...)
	return joinChains(chains[1:], away.left())
}

// joinChains closes chains along the cut. Sorted along it, every two ends next to
// each other bound one stretch of the cut inside the piece.
func joinChains(chains [][]corner, cut vec) [][]corner {
	if len(chains) == 1 {
		return chains
	}
	type end struct {
		along float64
		chain int
		entry bool
	}
	var ends []end
	for i, ch := range chains {
		ends = append(ends, end{ch[0].at.dot(cut), i, true}, end{ch[len(ch)-1].at.dot(cut), i, false})
	}
	slices.SortFunc(ends, func(a, b end) int { return cmp.Compare(a.along, b.along) })
	follows := make([]int, len(chains))
	for k := 0; k+1 < len(ends); k += 2 {
		a, b := ends[k], ends[k+1]
		if a.entry {
			a, b = b, a
		}
		follows[a.chain] = b.chain
	}
	var loops [][]corner
	used := make([]bool, len(chains))
	for first := range chains {
		var loop []corner
		for i := first; !used[i]; i = follows[i] {
			used[i] = true
			loop = append(loop, chains[i]...)
		}
		if loop != nil {
			loops = append(loops, loop)
		}
	}
	return loops
}

// between is the corner at t on the edge from a to b. A fixed edge is straight in
// truth and a cut edge on the warped plane. The edge that leaves it is the cut.
func (c cutter) between(a, b corner, t float64) corner {
	at := a.at.lerp(b.at, t)
	if a.fixed {
		return corner{at: at, true: orb.Point{
			nano(mixBetween(a.true[0], b.true[0], t)), nano(mixBetween(a.true[1], b.true[1], t)),
		}}
	}
	return corner{at: at, true: c.unwarped(at)}
}

func (c cutter) unwarped(at vec) orb.Point {
	p := c.plane.point(c.warp.undo(at))
	return orb.Point{nano(p[0]), nano(p[1])}
}

// nano rounds to 1e-9 degrees, 0.1 mm, so that the cells on both sides of a cut
// arrive at the same numbers.
func nano(degrees float64) float64 { return math.Round(degrees*1e9) / 1e9 }

// drawn is the true ring of a cell, with its cut edges bent as the warp bends them.
func (c cutter) drawn(cell []corner) orb.Ring {
	const stepMetres = 150
	var ring orb.Ring
	for i, k := range cell {
		if !k.aid {
			ring = append(ring, k.true)
		}
		if k.fixed {
			continue
		}
		from, to := k, cell[(i+1)%len(cell)]
		turned := cmp.Or(cmp.Compare(from.true[0], to.true[0]), cmp.Compare(from.true[1], to.true[1])) > 0
		if turned { // both cells of the edge must bend it from the same end
			from, to = to, from
		}
		steps := int(from.at.dist(to.at)/stepMetres) + 1
		bend := make(orb.LineString, 0, steps)
		for s := 1; s < steps; s++ {
			bend = append(bend, c.unwarped(from.at.lerp(to.at, float64(s)/float64(steps))))
		}
		if turned {
			bend.Reverse()
		}
		ring = append(ring, bend...)
	}
	return append(ring, ring[0])
}

// warp bends the plane by two waves, the longer about as long as two towns of the
// given size. Its slopes add up to less than one, so it folds nothing and undo can
// be found by iteration.
type warp struct{ metres float64 }

func (w warp) shift(v vec) vec {
	long, short := 2*math.Pi/(2.1*w.metres), 2*math.Pi/(0.67*w.metres)
	return vec{
		0.12*w.metres*math.Sin(long*v.y+0.6*long*v.x) + 0.018*w.metres*math.Sin(short*v.y-0.4*short*v.x+1),
		0.12*w.metres*math.Cos(long*v.x-0.5*long*v.y+2) + 0.018*w.metres*math.Sin(short*v.x+0.3*short*v.y+3),
	}
}

func (w warp) apply(v vec) vec { return v.add(w.shift(v)) }

// undo solves apply(v) = at. Each round at least halves the error.
func (w warp) undo(at vec) vec {
	v := at
	for range 50 {
		next := at.sub(w.shift(v))
		if next == v {
			break
		}
		v = next
	}
	return v
}
