package plane

import (
	"cmp"
	"slices"

	"yiping/geo"
)

// Joiner joins lines that meet end to end. Two lines are joined at a place where
// exactly two ends of their group meet, whichever way the lines run; where three
// meet is a node of the network, and all stop there. What comes out does not
// depend on the order in which lines went in, save for lines of equal id.
type Joiner struct {
	lines    []line
	vertices []geo.Fixed
	order    []rank
	ends     []lineEnd
	chain    Chain
}

// line is a line that was added, and the lines that go on at its two ends.
type line struct {
	group       uint32
	id          int64
	first, last int          // vertices: first ≤ i < last
	next        [2]neighbour // at the first and the last vertex
	used        bool
}

// neighbour is the end of another line, or none.
type neighbour struct {
	line, end int
	some      bool
}

// lineEnd is the first (0) or the last (1) vertex of a line.
type lineEnd struct {
	at        uint64
	group     uint32
	line, end int
}

// compareEnds puts the ends of a group that meet beside each other.
func compareEnds(a, b lineEnd) int {
	if c := cmp.Compare(a.at, b.at); c != 0 {
		return c
	}
	return cmp.Compare(a.group, b.group)
}

// rank is the place of a line among all: by group, by id, and as it was added.
type rank struct {
	group uint32
	id    int64
	line  int
}

func compareRanks(a, b rank) int {
	if c := cmp.Compare(a.group, b.group); c != 0 {
		return c
	}
	if c := cmp.Compare(a.id, b.id); c != 0 {
		return c
	}
	return cmp.Compare(a.line, b.line)
}

// Chain is what lines were joined to.
type Chain struct {
	Group uint32
	// Vertices are those of the lines one after another, each shared end once. A
	// closed chain ends where it starts.
	Vertices []geo.Fixed
	// Members are the lines, numbered from 0 as they were added, along the chain.
	Members []int
}

// Reset forgets all lines.
func (j *Joiner) Reset() { j.lines, j.vertices = j.lines[:0], j.vertices[:0] }

// Add adds a line. Only lines of one group are joined. A line without vertices is
// a chain without vertices, and one of a single vertex joins nothing.
func (j *Joiner) Add(group uint32, id int64, path []geo.Fixed) {
	first := len(j.vertices)
	j.vertices = append(j.vertices, path...)
	j.lines = append(j.lines, line{group: group, id: id, first: first, last: len(j.vertices)})
}

// Chains visits the chains by group, then by the smallest id of their lines. A
// chain runs so that the end whose line has the smaller id comes first; a closed
// one starts with its smallest line, in that line's own direction.
func (j *Joiner) Chains(visit func(Chain)) {
	j.sort()
	j.link()
	for _, r := range j.order {
		if j.lines[r.line].used {
			continue
		}
		j.follow(r.line)
		visit(j.chain)
	}
}

// sort orders the lines, those of equal id as they were added.
func (j *Joiner) sort() {
	j.order = j.order[:0]
	for i := range j.lines {
		l := &j.lines[i]
		l.used = false
		j.order = append(j.order, rank{l.group, l.id, i})
	}
	slices.SortFunc(j.order, compareRanks)
}

// link finds the neighbours.
func (j *Joiner) link() {
	j.ends = j.ends[:0]
	for i := range j.lines {
		l := &j.lines[i]
		l.next = [2]neighbour{}
		if l.last-l.first > 1 {
			j.ends = append(j.ends,
				lineEnd{key(j.vertices[l.first]), l.group, i, 0},
				lineEnd{key(j.vertices[l.last-1]), l.group, i, 1})
		}
	}
	slices.SortFunc(j.ends, compareEnds)
	for i := 0; i < len(j.ends); {
		a, n := j.ends[i], i+1
		for n < len(j.ends) && compareEnds(a, j.ends[n]) == 0 {
			n++
		}
		if n-i == 2 {
			b := j.ends[i+1]
			j.lines[a.line].next[a.end] = neighbour{b.line, b.end, true}
			j.lines[b.line].next[b.end] = neighbour{a.line, a.end, true}
		}
		i = n
	}
}

// key is a position in one number.
func key(f geo.Fixed) uint64 { return uint64(f.X)<<32 | uint64(f.Y) }

// follow makes the chain of a line, the smallest of its chain.
func (j *Joiner) follow(l int) {
	start, backward, closed := j.head(l, 0)
	if !closed {
		if other, otherBackward, _ := j.head(l, 1); j.before(other, start) {
			start, backward = other, otherBackward
		}
	}
	j.chain.Group = j.lines[l].group
	j.chain.Vertices, j.chain.Members = j.chain.Vertices[:0], j.chain.Members[:0]
	for at := (neighbour{start, 0, true}); at.some && !j.lines[at.line].used; {
		j.lines[at.line].used = true
		j.take(at.line, backward)
		leave := 1
		if backward {
			leave = 0
		}
		at = j.lines[at.line].next[leave]
		backward = at.end == 1
	}
}

// head walks from a line out of one of its ends to the end of the chain, and
// tells with which line the chain starts there and whether that line is then run
// backwards. A closed chain comes back to the line itself.
func (j *Joiner) head(l, end int) (start int, backward, closed bool) {
	at, out := l, end
	for {
		n := j.lines[at].next[out]
		if !n.some {
			return at, out == 1, false
		}
		if n.line == l {
			return l, false, true
		}
		at, out = n.line, 1-n.end
	}
}

// before reports whether a line comes before another of its group.
func (j *Joiner) before(a, b int) bool {
	l, m := &j.lines[a], &j.lines[b]
	return compareRanks(rank{l.group, l.id, a}, rank{m.group, m.id, b}) < 0
}

// take appends a line to the chain.
func (j *Joiner) take(l int, backward bool) {
	j.chain.Members = append(j.chain.Members, l)
	path := j.vertices[j.lines[l].first:j.lines[l].last]
	first := len(j.chain.Vertices)
	j.chain.Vertices = append(j.chain.Vertices, path...)
	if backward {
		slices.Reverse(j.chain.Vertices[first:])
	}
	if first > 0 { // the shared end
		j.chain.Vertices = slices.Delete(j.chain.Vertices, first, first+1)
	}
}
