package city

import (
	"github.com/paulmach/orb"
)

// network is the streets of the city: the known roads and, where those are not
// complete, streets cut into the land between them.
type network struct {
	ground  *ground
	density *density
	mesh    *mesh
	strokes []stroke
	nodes   []vec
	// beside is, for each node, the step from the middle to the kerb of its
	// greatest street, on the side that is left of east.
	beside []vec
	// links run from corner to corner.
	links []link
	// streets are the streets that were made, as they are drawn.
	streets []street
	// loose are the known roads that end within a block.
	loose *boxes
	// taken are the known buildings: no street is made through them.
	taken *boxes
}

// link is a street from one corner to the next.
type link struct {
	a, b   int32 // nodes
	class  class
	cross  crossing
	stroke int32
	urban  float32
	metres float64 // geodesic
	points []vec   // from a to b
}

// crossing is how a piece of road lies to the water.
type crossing uint8

const (
	dry crossing = iota
	bridge
	tunnel
	// wet is a known road in water of which no bridge is known: where the map is
	// only a scheme. Nothing is put on it.
	wet
)

// street is a made street as it is drawn: from end to end, or from bank to bank.
type street struct {
	stroke int32
	bridge bool
	nodes  []int32
}

// piece is a line of the network before lines become links.
type piece struct {
	line
	cross crossing
}

func newNetwork(g *ground, d *density, b *Base, seed uint64) *network {
	n := &network{ground: g, density: d, taken: knownBoxes(g.plane, b, residential.halfWidth())}
	sk := n.sketch(b)
	covered := func(v vec) bool { return inBounds(b.Covered, g.plane.point(v)) }
	sk.join(func(from stretch) stretch {
		c := max(secondary, from.class)
		n.strokes = append(n.strokes, strokeOf(c))
		return stretch{c, int32(len(n.strokes) - 1)}
	}, covered)
	loose := sk.prune()

	n.mesh = newMesh(sk.nodes, sk.lines)
	s := &splitter{
		mesh: n.mesh, ground: g, density: d, strokes: n.strokes, skip: covered, seed: hash(seed, 10),
		turn: noise{hash(seed, 11), 7000}, grain: noise{hash(seed, 12), 1500}, sway: noise{hash(seed, 13), 900},
	}
	s.run()
	n.strokes, n.nodes = s.strokes, n.mesh.nodes

	n.keepClear(sk.nodes, loose)

	lines := loose
	for e, of := range n.mesh.edges {
		if of.class != notRoad {
			lines = append(lines, line{n.mesh.origin[2*e], n.mesh.origin[2*e+1], of})
		}
	}
	n.link(n.clip(b, lines))
	return n
}

// keepClear notes where roads run within blocks.
func (n *network) keepClear(nodes []vec, loose []line) {
	const piece = 20 // metres
	n.loose = newBoxes(100)
	for _, l := range loose {
		a, b := nodes[l.a], nodes[l.b]
		half := vec{l.class.halfWidth(), l.class.halfWidth()}
		steps := int(a.dist(b)/piece) + 1
		for k := range steps {
			p, q := a.lerp(b, float64(k)/float64(steps)), a.lerp(b, float64(k+1)/float64(steps))
			lo, hi := vec{min(p.x, q.x), min(p.y, q.y)}, vec{max(p.x, q.x), max(p.y, q.y)}
			n.loose.add(lo.sub(half), hi.add(half))
		}
	}
}

// sketch draws the frame of the city and the known roads, cut where they cross.
func (n *network) sketch(b *Base) *sketch {
	sk := newSketch()
	g := n.ground
	lo := g.origin
	hi := lo.add(vec{float64(g.nx) * g.cell, float64(g.ny) * g.cell})
	sk.draw([]vec{lo, {hi.x, lo.y}, hi, {lo.x, hi.y}, lo}, stretch{notRoad, -1})
	for i, r := range b.Roads {
		c := classOf(r.Class)
		n.strokes = append(n.strokes, stroke{class: c, base: int32(i)})
		if c < path {
			sk.draw(g.plane.line(r.Geometry), stretch{c, int32(i)})
		}
	}
	sk.cutCrossings()
	return sk
}

func inBounds(bounds []orb.Bound, pt orb.Point) bool {
	for _, b := range bounds {
		if b.Contains(pt) {
			return true
		}
	}
	return false
}

// clip takes made streets out of the water and off the shore, but lets larger
// ones bridge what is narrow; known roads are only told where they are wet.
func (n *network) clip(b *Base, lines []line) []piece {
	var pieces []piece
	sameStroke := func(i, j int32) bool { return lines[i].stroke == lines[j].stroke }
	for _, c := range chains(len(n.nodes), lines, sameStroke, nil) {
		of := lines[c.lines[0]].stretch
		if n.strokes[of.stroke].base >= 0 {
			pieces = n.clipKnown(pieces, b, c, of)
		} else {
			pieces = n.clipMade(pieces, c, of)
		}
	}
	return n.dropStubs(n.dropIslets(pieces))
}

const stepMetres = 8 // at which a line is looked at

// run is a part of a chain that is wet or dry throughout.
type run struct {
	wet   bool
	nodes []int32
}

// runs cuts a chain where it enters or leaves what is wet.
func (n *network) runs(c chain, isWet func(vec) bool) []run {
	all := make([]run, 0, 1)
	at := run{wet: isWet(n.nodes[c.nodes[0]]), nodes: []int32{c.nodes[0]}}
	for i := 1; i < len(c.nodes); i++ {
		a, b := n.nodes[c.nodes[i-1]], n.nodes[c.nodes[i]]
		steps := int(a.dist(b)/stepMetres) + 1
		for k := 1; k <= steps; k++ {
			v := a.lerp(b, float64(k)/float64(steps))
			if isWet(v) == at.wet {
				continue
			}
			// The dry side keeps what is dry: the change lies at the dry step.
			if at.wet {
				at = n.turnAt(&all, at, v, c.nodes[i], k == steps)
			} else {
				at = n.turnAt(&all, at, a.lerp(b, float64(k-1)/float64(steps)), c.nodes[i-1], k == 1)
			}
		}
		if last := at.nodes[len(at.nodes)-1]; last != c.nodes[i] {
			at.nodes = append(at.nodes, c.nodes[i])
		}
	}
	return append(all, at)
}

// turnAt ends a run at a place, which is the given node or a new one, and begins
// the next.
func (n *network) turnAt(all *[]run, at run, v vec, node int32, isNode bool) run {
	if !isNode {
		node = int32(len(n.nodes))
		n.nodes = append(n.nodes, v)
	}
	if at.nodes[len(at.nodes)-1] != node {
		at.nodes = append(at.nodes, node)
	}
	*all = append(*all, at)
	return run{wet: !at.wet, nodes: []int32{node}}
}

func (n *network) clipKnown(pieces []piece, b *Base, c chain, of stretch) []piece {
	road := &b.Roads[n.strokes[of.stroke].base]
	for _, r := range n.runs(c, n.ground.wet) {
		how := dry
		switch {
		case road.Tunnel:
			how = tunnel
		case r.wet && (road.Bridge || n.span(r.nodes) <= bridgeMetres):
			how = bridge
		case r.wet:
			how = wet
		}
		pieces = addPieces(pieces, r.nodes, of, how)
	}
	return pieces
}

// bridgeMetres bounds the bridges that streets may have without being known as
// bridges, banks included.
const bridgeMetres = 170

func (n *network) clipMade(pieces []piece, c chain, of stretch) []piece {
	runs := n.runs(c, func(v vec) bool { return n.ground.shore(v) || n.taken.cover(v) })
	for i, r := range runs {
		through := i > 0 && i < len(runs)-1 && !n.passes(r.nodes, n.taken.cover)
		switch {
		case !r.wet, through && !n.passes(r.nodes, n.ground.wet):
			pieces = addPieces(pieces, r.nodes, of, dry)
		case through && of.class <= tertiary && n.span(r.nodes) <= bridgeMetres:
			pieces = addPieces(pieces, r.nodes, of, bridge)
		}
	}
	return pieces
}

// passes says that a line comes by a place that is so.
func (n *network) passes(nodes []int32, so func(vec) bool) bool {
	for i := 1; i < len(nodes); i++ {
		a, b := n.nodes[nodes[i-1]], n.nodes[nodes[i]]
		steps := int(a.dist(b)/stepMetres) + 1
		for k := range steps + 1 {
			if so(a.lerp(b, float64(k)/float64(steps))) {
				return true
			}
		}
	}
	return false
}

func (n *network) span(nodes []int32) float64 {
	var sum float64
	for i := 1; i < len(nodes); i++ {
		sum += n.nodes[nodes[i-1]].dist(n.nodes[nodes[i]])
	}
	return sum
}

func addPieces(pieces []piece, nodes []int32, of stretch, how crossing) []piece {
	for i := 1; i < len(nodes); i++ {
		pieces = append(pieces, piece{line{nodes[i-1], nodes[i], of}, how})
	}
	return pieces
}

// isletMetres is the length of streets below which a part of the network that
// meets no known road is given up.
const isletMetres = 2500

func (n *network) dropIslets(pieces []piece) []piece {
	sets := newSets(len(n.nodes))
	for _, p := range pieces {
		sets.join(p.a, p.b)
	}
	size := make([]float64, len(n.nodes))
	for _, p := range pieces {
		size[sets.find(p.a)] += n.nodes[p.a].dist(n.nodes[p.b])
		if n.strokes[p.stroke].base >= 0 {
			size[sets.find(p.a)] += isletMetres
		}
	}
	kept := pieces[:0]
	for _, p := range pieces {
		if size[sets.find(p.a)] >= isletMetres {
			kept = append(kept, p)
		}
	}
	return kept
}

// stubMetres is the length below which a made street that leads nowhere is left
// out.
const stubMetres = 70

func (n *network) dropStubs(pieces []piece) []piece {
	lines := make([]line, len(pieces))
	for i, p := range pieces {
		lines[i] = p.line
	}
	at := newIncidence(len(n.nodes), lines)
	gone := make([]bool, len(pieces))
	for i := range pieces {
		for _, node := range [2]int32{pieces[i].a, pieces[i].b} {
			if len(at.lines(node)) == 1 {
				n.dropStub(pieces, at, gone, int32(i), node)
			}
		}
	}
	kept := pieces[:0]
	for i, p := range pieces {
		if !gone[i] {
			kept = append(kept, p)
		}
	}
	return kept
}

// dropStub walks from a dead end to the next corner and marks what it passed, if
// that is short.
func (n *network) dropStub(pieces []piece, at incidence, gone []bool, i, from int32) {
	var passed []int32
	var metres float64
	for {
		p := &pieces[i]
		if n.strokes[p.stroke].base >= 0 || gone[i] {
			return
		}
		passed = append(passed, i)
		metres += n.nodes[p.a].dist(n.nodes[p.b])
		if metres > stubMetres {
			return
		}
		from = p.other(from)
		next := at.lines(from)
		if len(next) != 2 {
			break
		}
		if i = next[0]; i == passed[len(passed)-1] {
			i = next[1]
		}
	}
	for _, k := range passed {
		gone[k] = true
	}
}

// link joins pieces to links from corner to corner, and to streets.
func (n *network) link(pieces []piece) {
	lines := make([]line, len(pieces))
	for i, p := range pieces {
		lines[i] = p.line
	}
	same := func(i, j int32) bool {
		return lines[i].stretch == lines[j].stretch && pieces[i].cross == pieces[j].cross
	}
	corner := func(degree int) bool { return degree == 2 }
	for _, c := range chains(len(n.nodes), lines, same, corner) {
		p := pieces[c.lines[0]]
		l := link{a: c.nodes[0], b: c.nodes[len(c.nodes)-1], class: p.class, stroke: p.stroke, cross: p.cross}
		for _, node := range c.nodes {
			l.points = append(l.points, n.nodes[node])
		}
		from := n.ground.plane.point(l.points[0])
		for _, v := range l.points[1:] {
			to := n.ground.plane.point(v)
			l.metres += geodesicMetres(from, to)
			from = to
		}
		l.urban = float32(n.density.urbanity(l.points[len(l.points)/2]))
		n.links = append(n.links, l)
	}
	n.findPiers()
	n.findBeside()
	for _, c := range chains(len(n.nodes), lines, same, nil) {
		if p := pieces[c.lines[0]]; n.strokes[p.stroke].base < 0 {
			n.streets = append(n.streets, street{p.stroke, p.cross == bridge, c.nodes})
		}
	}
}

// findPiers tells bridges and tunnels that lead nowhere from those that cross.
func (n *network) findPiers() {
	degree := make([]int, len(n.nodes))
	for i := range n.links {
		if l := &n.links[i]; l.cross != wet {
			degree[l.a]++
			degree[l.b]++
		}
	}
	for changed := true; changed; {
		changed = false
		for i := range n.links {
			l := &n.links[i]
			if (l.cross == bridge || l.cross == tunnel) && (degree[l.a] == 1 || degree[l.b] == 1) {
				l.cross, changed = wet, true
				degree[l.a]--
				degree[l.b]--
			}
		}
	}
}

func (n *network) findBeside() {
	n.beside = make([]vec, len(n.nodes))
	greatest := make([]class, len(n.nodes))
	for i := range greatest {
		greatest[i] = notRoad
	}
	for i := range n.links {
		l := &n.links[i]
		last := len(l.points) - 1
		for _, end := range [2]struct {
			node int32
			dir  vec
		}{{l.a, l.points[1].sub(l.points[0])}, {l.b, l.points[last].sub(l.points[last-1])}} {
			if l.class < greatest[end.node] {
				greatest[end.node] = l.class
				n.beside[end.node] = end.dir.unit().left().scale(l.class.kerb() * eastward(end.dir))
			}
		}
	}
}

// eastward is 1 for a direction that runs east, or else north, and -1 for the
// others, so that left and right are the same on all links of a street.
func eastward(dir vec) float64 {
	if dir.x < -1 || dir.x <= 1 && dir.y < 0 {
		return -1
	}
	return 1
}
