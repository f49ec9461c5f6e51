package sim

import "slices"

// largest reports for each node whether it is of the largest strongly connected
// component. It is Kosaraju's algorithm (Sharir, 1981) without recursion: nodes in
// the order in which a search leaves them, then a search against the arrows from
// the last one on.
func largest(nodes int, edges []edge) []bool {
	forward, backward := make([][]int32, nodes), make([][]int32, nodes)
	for _, e := range edges {
		forward[e.from] = append(forward[e.from], e.to)
		backward[e.to] = append(backward[e.to], e.from)
		if !e.oneway {
			forward[e.to] = append(forward[e.to], e.from)
			backward[e.from] = append(backward[e.from], e.to)
		}
	}
	left := make([]int32, 0, nodes)
	seen := make([]bool, nodes)
	for n := range int32(nodes) {
		left = search(n, forward, seen, left)
	}
	clear(seen)
	var best []int32
	for _, n := range slices.Backward(left) {
		if part := search(n, backward, seen, nil); len(part) > len(best) {
			best = part
		}
	}
	in := make([]bool, nodes)
	for _, n := range best {
		in[n] = true
	}
	return in
}

// search goes depth first from a node to those not seen, and appends each when all
// beyond it are done.
func search(from int32, next [][]int32, seen []bool, left []int32) []int32 {
	if seen[from] {
		return left
	}
	type step struct {
		node int32
		done int // of its neighbours
	}
	seen[from] = true
	path := []step{{node: from}}
	for len(path) > 0 {
		s := &path[len(path)-1]
		if s.done == len(next[s.node]) {
			left = append(left, s.node)
			path = path[:len(path)-1]
			continue
		}
		to := next[s.node][s.done]
		s.done++
		if !seen[to] {
			seen[to] = true
			path = append(path, step{node: to})
		}
	}
	return left
}
