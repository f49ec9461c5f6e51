package city

import (
	"cmp"
	"math"
	"slices"
)

// sketch holds lines as they were drawn, to be cut where they cross.
type sketch struct {
	nodes []vec
	near  map[[2]int32][]int32 // nodes by square of mergeMetres
	lines []line
}

const (
	// mergeMetres is how near two nodes may be before they are one.
	mergeMetres = 1.0
	// pieceMetres bounds the length of a line in a sketch, so that a line
	// touches few squares of the grid it is looked up in.
	pieceMetres = 600
)

func newSketch() *sketch { return &sketch{near: map[[2]int32][]int32{}} }

// node is the node at a place, or a new one.
func (s *sketch) node(v vec) int32 {
	kx, ky := int32(math.Floor(v.x/mergeMetres)), int32(math.Floor(v.y/mergeMetres))
	for dy := int32(-1); dy <= 1; dy++ {
		for dx := int32(-1); dx <= 1; dx++ {
			for _, n := range s.near[[2]int32{kx + dx, ky + dy}] {
				if s.nodes[n].dist(v) < mergeMetres {
					return n
				}
			}
		}
	}
	n := int32(len(s.nodes))
	s.nodes = append(s.nodes, v)
	s.near[[2]int32{kx, ky}] = append(s.near[[2]int32{kx, ky}], n)
	return n
}

func (s *sketch) draw(points []vec, of stretch) {
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		pieces := int(a.dist(b)/pieceMetres) + 1
		from := s.node(a)
		for k := 1; k <= pieces; k++ {
			to := s.node(a.lerp(b, float64(k)/float64(pieces)))
			if to != from {
				s.lines = append(s.lines, line{from, to, of})
			}
			from = to
		}
	}
}

// cut is a node on a line, at t of its length.
type cut struct {
	t    float64
	node int32
}

// cutCrossings replaces lines that cross or touch by lines that meet at nodes.
// Of lines on top of each other the one of the greatest road stays.
func (s *sketch) cutCrossings() {
	cuts := make([][]cut, len(s.lines))
	for _, square := range s.squares() {
		for i, g := range square {
			for _, h := range square[i+1:] {
				s.cutPair(cuts, g, h)
			}
		}
	}
	best := map[[2]int32]int{}
	var out []line
	for i, l := range s.lines {
		c := append(cuts[i], cut{0, l.a}, cut{1, l.b})
		slices.SortFunc(c, func(x, y cut) int {
			return cmp.Or(cmp.Compare(x.t, y.t), cmp.Compare(x.node, y.node))
		})
		for k := 1; k < len(c); k++ {
			a, b := c[k-1].node, c[k].node
			if a == b {
				continue
			}
			key := [2]int32{min(a, b), max(a, b)}
			if j, ok := best[key]; ok {
				if l.class < out[j].class {
					out[j].stretch = l.stretch
				}
				continue
			}
			best[key] = len(out)
			out = append(out, line{a, b, l.stretch})
		}
	}
	s.lines = out
}

// squares lists the lines that may touch each square of the plane, in a fixed
// order.
func (s *sketch) squares() [][]int32 {
	index := map[[2]int32]int{}
	var squares [][]int32
	for i, l := range s.lines {
		a, b := s.nodes[l.a], s.nodes[l.b]
		x0, x1 := square(min(a.x, b.x)-mergeMetres), square(max(a.x, b.x)+mergeMetres)
		y0, y1 := square(min(a.y, b.y)-mergeMetres), square(max(a.y, b.y)+mergeMetres)
		for y := y0; y <= y1; y++ {
			for x := x0; x <= x1; x++ {
				k, ok := index[[2]int32{x, y}]
				if !ok {
					k = len(squares)
					index[[2]int32{x, y}] = k
					squares = append(squares, nil)
				}
				squares[k] = append(squares[k], int32(i))
			}
		}
	}
	return squares
}

func square(x float64) int32 { return int32(math.Floor(x / pieceMetres)) }

func (s *sketch) cutPair(cuts [][]cut, g, h int32) {
	lg, lh := s.lines[g], s.lines[h]
	touched := s.cutAt(cuts, g, lh.a)
	touched = s.cutAt(cuts, g, lh.b) || touched
	touched = s.cutAt(cuts, h, lg.a) || touched
	touched = s.cutAt(cuts, h, lg.b) || touched
	if touched {
		return
	}
	t, u, ok := meet(s.nodes[lg.a], s.nodes[lg.b], s.nodes[lh.a], s.nodes[lh.b])
	if !ok {
		return
	}
	n := s.node(s.nodes[lg.a].lerp(s.nodes[lg.b], t))
	cuts[g] = append(cuts[g], cut{t, n})
	cuts[h] = append(cuts[h], cut{u, n})
}

// cutAt cuts a line at a node that lies on it, and says whether it touches the
// line at all.
func (s *sketch) cutAt(cuts [][]cut, g, node int32) bool {
	l := s.lines[g]
	if node == l.a || node == l.b {
		return true
	}
	a, b, v := s.nodes[l.a], s.nodes[l.b], s.nodes[node]
	t, d := alongLine(a, b, v)
	if d >= mergeMetres || t <= 0 || t >= 1 {
		return false
	}
	cuts[g] = append(cuts[g], cut{t, node})
	return true
}

// alongLine is the place of v beside the line from a to b: the share of its
// length, and the distance from it.
func alongLine(a, b, v vec) (t, metres float64) {
	d := b.sub(a)
	t = v.sub(a).dot(d) / d.dot(d)
	return t, v.dist(a.lerp(b, min(1, max(0, t))))
}

// meet is where two lines cross, as shares of their lengths.
func meet(a, b, c, d vec) (t, u float64, ok bool) {
	r, s := b.sub(a), d.sub(c)
	den := r.cross(s)
	if den == 0 {
		return 0, 0, false
	}
	ac := c.sub(a)
	t, u = ac.cross(s)/den, ac.cross(r)/den
	return t, u, t >= 0 && t <= 1 && u >= 0 && u <= 1
}

// join prolongs dead ends until they meet another line, and ties parts that
// stand alone to the rest, so that every face is one loop. made is the stretch of
// what is added. Where complete says so, all roads are known: there dead ends
// stay, but for those at its edge, where the map was cut off.
func (s *sketch) join(made func(from stretch) stretch, complete func(vec) bool) {
	const edge = 80 // metres
	for n, lines := range s.byNode() {
		if len(lines) != 1 {
			continue
		}
		l := s.lines[lines[0]]
		at := s.nodes[n]
		ahead := at.sub(s.nodes[l.other(int32(n))]).unit()
		if !complete(at) || !complete(at.add(ahead.scale(edge))) {
			s.cast(int32(n), ahead, made(l.stretch))
		}
	}
	s.cutCrossings()
	for range 8 {
		cast := false
		for _, lines := range s.parts()[1:] {
			west, east := s.ends(lines)
			if complete(s.nodes[west]) && complete(s.nodes[east]) {
				continue
			}
			of := made(s.lines[lines[0]].stretch)
			s.cast(west, vec{-1, 0}, of)
			s.cast(east, vec{1, 0}, of)
			cast = true
		}
		if !cast {
			return
		}
		s.cutCrossings()
	}
}

// ends are the westernmost and the easternmost node of some lines.
func (s *sketch) ends(lines []int32) (west, east int32) {
	west, east = s.lines[lines[0]].a, s.lines[lines[0]].a
	for _, i := range lines {
		for _, n := range [2]int32{s.lines[i].a, s.lines[i].b} {
			if s.nodes[n].x < s.nodes[west].x {
				west = n
			}
			if s.nodes[n].x > s.nodes[east].x {
				east = n
			}
		}
	}
	return west, east
}

// cast draws a line from a node to the first line in that direction.
func (s *sketch) cast(n int32, dir vec, of stretch) {
	const far = 400e3
	from := s.nodes[n]
	to := from.add(dir.scale(far))
	first := 2.0
	for _, l := range s.lines {
		if l.a == n || l.b == n {
			continue
		}
		if t, _, ok := meet(from, to, s.nodes[l.a], s.nodes[l.b]); ok && t < first {
			first = t
		}
	}
	if first <= 1 {
		s.draw([]vec{from, from.lerp(to, first)}, of)
	}
}

func (s *sketch) byNode() [][]int32 {
	at := make([][]int32, len(s.nodes))
	for i, l := range s.lines {
		at[l.a] = append(at[l.a], int32(i))
		at[l.b] = append(at[l.b], int32(i))
	}
	return at
}

// parts are the lines of each connected part, that of the first line first.
func (s *sketch) parts() [][]int32 {
	sets := newSets(len(s.nodes))
	for _, l := range s.lines {
		sets.join(l.a, l.b)
	}
	index := map[int32]int{}
	var parts [][]int32
	for i, l := range s.lines {
		root := sets.find(l.a)
		k, ok := index[root]
		if !ok {
			k = len(parts)
			index[root] = k
			parts = append(parts, nil)
		}
		parts[k] = append(parts[k], int32(i))
	}
	return parts
}

// prune takes away dead ends, again and again, and what does not hang together
// with the first line. What it took is returned.
func (s *sketch) prune() []line {
	gone := make([]bool, len(s.lines))
	for _, part := range s.parts()[1:] {
		for _, i := range part {
			gone[i] = true
		}
	}
	at := s.byNode()
	degree := make([]int, len(s.nodes))
	var ends []int32
	for n, lines := range at {
		degree[n] = len(lines)
		if len(lines) == 1 {
			ends = append(ends, int32(n))
		}
	}
	for len(ends) > 0 {
		n := ends[len(ends)-1]
		ends = ends[:len(ends)-1]
		for _, i := range at[n] {
			if gone[i] {
				continue
			}
			gone[i] = true
			for _, m := range [2]int32{s.lines[i].a, s.lines[i].b} {
				if degree[m]--; degree[m] == 1 {
					ends = append(ends, m)
				}
			}
		}
	}
	var kept, pruned []line
	for i, l := range s.lines {
		if gone[i] {
			pruned = append(pruned, l)
		} else {
			kept = append(kept, l)
		}
	}
	s.lines = kept
	return pruned
}

// sets are disjoint sets of numbers (union by halving paths).
type sets []int32

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

func (s sets) find(i int32) int32 {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

// join unites the sets of a and b.
func (s sets) join(a, b int32) {
	a, b = s.find(a), s.find(b)
	s[max(a, b)] = min(a, b)
}
