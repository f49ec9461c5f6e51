package city

import "slices"

// chain is a run of lines joined end to end.
type chain struct {
	lines []int32
	nodes []int32 // one more than lines
}

// chains joins lines end to end where exactly one other line at the node is the
// same street. through, if not nil, says of a node by its number of lines whether
// a chain may pass it.
func chains(nodes int, lines []line, same func(i, j int32) bool, through func(degree int) bool) []chain {
	at := newIncidence(nodes, lines)
	mate := func(i, n int32) int32 {
		around := at.lines(n)
		if through != nil && !through(len(around)) {
			return -1
		}
		found := int32(-1)
		for _, j := range around {
			if j == i || !same(i, j) {
				continue
			}
			if found >= 0 {
				return -1
			}
			found = j
		}
		return found
	}
	used := make([]bool, len(lines))
	walk := func(i, from int32) chain {
		c := chain{nodes: []int32{from}}
		for i >= 0 && !used[i] {
			used[i] = true
			from = lines[i].other(from)
			c.lines = append(c.lines, i)
			c.nodes = append(c.nodes, from)
			i = mate(i, from)
		}
		return c
	}
	var all []chain
	for i, l := range lines {
		switch {
		case used[i]:
		case mate(int32(i), l.a) < 0:
			all = append(all, walk(int32(i), l.a))
		case mate(int32(i), l.b) < 0:
			all = append(all, walk(int32(i), l.b))
		}
	}
	for i, l := range lines { // what is left are rings
		if !used[i] {
			all = append(all, walk(int32(i), l.a))
		}
	}
	return all
}

func (l line) other(n int32) int32 { return l.a ^ l.b ^ n }

// incidence lists the lines at each node.
type incidence struct {
	first []int32 // of each node in list
	list  []int32
}

func newIncidence(nodes int, lines []line) incidence {
	at := incidence{make([]int32, nodes+1), make([]int32, 2*len(lines))}
	for _, l := range lines {
		at.first[l.a]++
		at.first[l.b]++
	}
	var sum int32
	for n := range at.first {
		sum += at.first[n]
		at.first[n] = sum
	}
	for i, l := range slices.Backward(lines) {
		for _, n := range [2]int32{l.a, l.b} {
			at.first[n]--
			at.list[at.first[n]] = int32(i)
		}
	}
	return at
}

func (at incidence) lines(n int32) []int32 { return at.list[at.first[n]:at.first[n+1]] }
