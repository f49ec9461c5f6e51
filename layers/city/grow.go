package city

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/paulmach/orb"

	"yiping/layers"
)

// pipe is a pipeline under one link.
type pipe struct {
	link   int32
	medium uint8
	// back says that it was laid from b to a.
	back bool
	// end is the node at the far end.
	end int32
	// metres is the geodesic length; share is below 1 if it ends within its
	// street.
	metres, share float64
	// behind is the length in metres of the network that it feeds or drains.
	behind float64
}

// grower lays the network of one medium after another, each within its length.
type grower struct {
	net   *network
	seed  uint64
	at    incidence // links at each node
	parts []territory
	pipes []pipe
	extra int32 // the next node beyond those of the streets
}

// territory is streets that hang together.
type territory struct {
	root   int32   // the node in its densest place
	weight float64 // metres, more where people live
	urban  float32
}

// leastPart is the length in metres that a medium must have in a part of the
// streets to be laid there at all.
const leastPart = 4000

// growPipes lays pipelines of all media with that total length.
func growPipes(n *network, metres float64, seed uint64) ([]pipe, error) {
	lines := make([]line, len(n.links))
	for i, l := range n.links {
		lines[i] = line{a: l.a, b: l.b}
	}
	g := &grower{net: n, seed: hash(seed, 50), at: newIncidence(len(n.nodes), lines), extra: int32(len(n.nodes))}
	g.findParts()
	if len(g.parts) == 0 {
		return nil, layers.InputErrorf("city", "the base map has no dry street to lay pipelines under")
	}
	for m, medium := range media() {
		if err := g.lay(uint8(m), &medium, metres*medium.share); err != nil {
			return nil, err
		}
	}
	return g.pipes, nil
}

// bears says that pipelines may follow a link.
func (l *link) bears() bool { return l.cross != wet && l.class <= service && l.a != l.b }

// findParts sorts the parts of the streets by weight, the greatest last.
func (g *grower) findParts() {
	sets := newSets(len(g.net.nodes))
	for i := range g.net.links {
		if l := &g.net.links[i]; l.bears() {
			sets.join(l.a, l.b)
		}
	}
	parts := map[int32]int{} // by the root of their set
	for i := range g.net.links {
		l := &g.net.links[i]
		if !l.bears() {
			continue
		}
		root := sets.find(l.a)
		k, ok := parts[root]
		if !ok {
			k = len(g.parts)
			parts[root] = k
			g.parts = append(g.parts, territory{root: l.a})
		}
		p := &g.parts[k]
		p.weight += l.metres * (0.15 + float64(l.urban))
		if l.urban > p.urban && l.cross == dry {
			p.root, p.urban = l.a, l.urban
		}
	}
	slices.SortStableFunc(g.parts, func(a, b territory) int { return cmp.Compare(a.weight, b.weight) })
}

// lay lays a medium in all parts of the streets, the largest last, because it
// takes what the others leave.
func (g *grower) lay(m uint8, medium *medium, metres float64) error {
	var weight float64
	for _, p := range g.parts {
		weight += p.weight
	}
	left := metres
	for i, p := range g.parts {
		budget := metres * p.weight / weight
		if last := i == len(g.parts)-1; last {
			budget = left
		} else if budget < leastPart {
			continue
		}
		laid := g.grow(m, medium, p.root, budget)
		left -= laid
	}
	if left > 1 {
		return layers.InputErrorf("scale", "the streets have no room for %.0f m of %s pipelines of %.0f m: use a smaller scale", left, medium.name, metres)
	}
	return nil
}

// option is a street that a growing network could take next, from one of its
// nodes.
type option struct {
	key  float64
	link int32
	from int32
}

// grow lays one connected network from a root, the most wanted streets first,
// and returns its length.
func (g *grower) grow(m uint8, medium *medium, root int32, budget float64) float64 {
	first := len(g.pipes)
	via := map[int32]int32{root: -1} // the pipe that leads to each node
	taken := map[int32]bool{}
	var queue, spare options // spare are loops that were passed over
	forced := false
	left := budget
	open := func(node int32) {
		for _, i := range g.at.lines(node) {
			if g.net.links[i].bears() && !taken[i] {
				heap.Push(&queue, option{g.key(i, m, medium), i, node})
			}
		}
	}
	open(root)
	for left > 0 {
		if len(queue) == 0 {
			if forced || len(spare) == 0 {
				break
			}
			forced, queue = true, spare
			heap.Init(&queue)
		}
		o := heap.Pop(&queue).(option)
		if taken[o.link] {
			continue
		}
		l := &g.net.links[o.link]
		to := l.a ^ l.b ^ o.from
		_, loop := via[to]
		if loop && !forced && fraction(hash(g.seed, 3, uint64(m), uint64(o.link))) >= medium.loops {
			spare = append(spare, o)
			continue
		}
		taken[o.link] = true
		p := pipe{link: o.link, medium: m, back: to == l.a, end: to, share: 1}
		p.metres = lineMetres(g.net.pipeLine(nil, &p, medium))
		if p.metres > left {
			g.shorten(&p, left)
			loop = true // it leads nowhere
		}
		left -= p.metres
		if !loop {
			via[to] = int32(len(g.pipes))
		}
		g.pipes = append(g.pipes, p)
		if !loop {
			open(to)
		}
	}
	g.sumBehind(first, via)
	return budget - max(0, left)
}

// shorten lets a pipe end within its street after some metres.
func (g *grower) shorten(p *pipe, metres float64) {
	p.share = metres / p.metres
	p.end = g.extra
	g.extra++
	p.metres = metres
}

// key is how little a street is wanted: main streets first, which reach far out,
// and others where the city is dense.
func (g *grower) key(i int32, m uint8, medium *medium) float64 {
	l := &g.net.links[i]
	rank := [...]float64{0.9, 0.3, 0, 0.22, 0.42, 0.6, 0.75}[l.class]
	pull := 1.3 * medium.pull
	if l.class <= primary {
		pull /= 2
	}
	return rank + pull*(1-float64(l.urban)) + 0.35*fraction(hash(g.seed, 4, uint64(m), uint64(i)))
}

// sumBehind adds up, from the last pipes to the first, what lies behind each.
func (g *grower) sumBehind(first int, via map[int32]int32) {
	for i := len(g.pipes) - 1; i >= first; i-- {
		p := &g.pipes[i]
		p.behind += p.metres
		l := &g.net.links[p.link]
		from := l.a
		if p.back {
			from = l.b
		}
		if up := via[from]; up >= 0 {
			g.pipes[up].behind += p.behind
		}
	}
}

// options is a heap of options by key.
type options []option

func (q options) Len() int      { return len(q) }
func (q options) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q options) Less(i, j int) bool {
	if q[i].key != q[j].key {
		return q[i].key < q[j].key
	}
	return q[i].link < q[j].link
}
func (q *options) Push(x any) { *q = append(*q, x.(option)) }

func (q *options) Pop() any {
	last := len(*q) - 1
	o := (*q)[last]
	*q = (*q)[:last]
	return o
}

// pipeLine appends to buf the line of a pipe, from a to b of its link or, if it
// was laid back, from b to a. All pipes of a medium meet in one point beside a
// corner; between corners they keep to their side of the street.
func (n *network) pipeLine(buf orb.LineString, p *pipe, m *medium) orb.LineString {
	l := &n.links[p.link]
	count := len(l.points)
	side := m.side * l.class.kerb() * eastward(l.points[count-1].sub(l.points[0]))
	const taper = 10 // metres within which a pipe leaves the corner
	buf = append(buf, n.pipeNode(l.a, m))
	for i := range l.points {
		at := l.points[i]
		switch i {
		case 0:
			d := l.points[1].sub(at)
			at = at.add(d.scale(min(0.3, taper/d.len())))
		case count - 1:
			d := l.points[count-2].sub(at)
			at = at.add(d.scale(min(0.3, taper/d.len())))
		}
		before, after := l.points[max(0, i-1)], l.points[min(count-1, i+1)]
		beside := at.add(after.sub(before).unit().left().scale(side))
		if l.cross != dry || n.ground.wet(beside) {
			beside = at // within the deck, or clear of the bank
		}
		buf = append(buf, n.ground.plane.point(beside))
	}
	buf = append(buf, n.pipeNode(l.b, m))
	if p.back {
		slices.Reverse(buf[len(buf)-count-2:])
	}
	if p.share < 1 {
		buf = cutLine(buf, p.metres)
	}
	return buf
}

// pipeNode is where the pipes of a medium meet at a corner.
func (n *network) pipeNode(node int32, m *medium) orb.Point {
	at := n.nodes[node]
	beside := at.add(n.beside[node].scale(m.side))
	if n.ground.wet(beside) {
		beside = at
	}
	return n.ground.plane.point(beside)
}

// cutLine ends a line after some metres.
func cutLine(line orb.LineString, metres float64) orb.LineString {
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		l := geodesicMetres(a, b)
		if l >= metres {
			t := metres / l
			line[i] = orb.Point{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t}
			return line[:i+1]
		}
		metres -= l
	}
	return line
}
