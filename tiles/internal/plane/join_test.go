package plane_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"yiping/geo"
	"yiping/tiles/internal/plane"
)

type added struct {
	group uint32
	id    int64
	path  []geo.Fixed
}

// chain is a plane.Chain with the ids of its members.
type chain struct {
	Group    uint32
	Vertices []geo.Fixed
	IDs      []int64
}

func join(lines []added) (out []chain) {
	var j plane.Joiner
	for _, l := range lines {
		j.Add(l.group, l.id, l.path)
	}
	j.Chains(func(c plane.Chain) {
		var ids []int64
		for _, m := range c.Members {
			ids = append(ids, lines[m].id)
		}
		out = append(out, chain{c.Group, slices.Clone(c.Vertices), ids})
	})
	return out
}

func path(xs ...uint32) (p []geo.Fixed) {
	for _, x := range xs {
		p = append(p, geo.Fixed{X: x, Y: x % 7})
	}
	return p
}

func TestJoin(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		in   []added
		want []chain
	}{
		"nothing": {},
		"two": {
			in:   []added{{1, 1, path(10, 20)}, {1, 2, path(20, 30)}},
			want: []chain{{1, path(10, 20, 30), []int64{1, 2}}},
		},
		"head to head": {
			in:   []added{{1, 1, path(20, 15, 10)}, {1, 2, path(20, 25, 30)}},
			want: []chain{{1, path(10, 15, 20, 25, 30), []int64{1, 2}}},
		},
		"the smaller end first": {
			in:   []added{{1, 5, path(20, 30)}, {1, 9, path(10, 20)}, {1, 7, path(40, 30)}},
			want: []chain{{1, path(40, 30, 20, 10), []int64{7, 5, 9}}},
		},
		"three at a node": {
			in: []added{{1, 1, path(10, 20)}, {1, 2, path(20, 30)}, {1, 3, path(20, 40)}},
			want: []chain{
				{1, path(10, 20), []int64{1}}, {1, path(20, 30), []int64{2}}, {1, path(20, 40), []int64{3}},
			},
		},
		"two groups at a node": {
			in:   []added{{2, 1, path(10, 20)}, {2, 2, path(20, 30)}, {1, 3, path(20, 40)}},
			want: []chain{{1, path(20, 40), []int64{3}}, {2, path(10, 20, 30), []int64{1, 2}}},
		},
		"ring of one": {
			in:   []added{{1, 1, path(10, 20, 30, 10)}},
			want: []chain{{1, path(10, 20, 30, 10), []int64{1}}},
		},
		"ring of three": {
			in:   []added{{1, 3, path(30, 10)}, {1, 2, path(30, 20)}, {1, 1, path(10, 20)}},
			want: []chain{{1, path(10, 20, 30, 10), []int64{1, 2, 3}}},
		},
		"a line in both directions is a ring": {
			in:   []added{{1, 1, path(10, 20)}, {1, 2, path(10, 20)}},
			want: []chain{{1, path(10, 20, 10), []int64{1, 2}}},
		},
		"a ring with a tail": {
			in:   []added{{1, 1, path(10, 20, 30, 10)}, {1, 2, path(10, 40)}},
			want: []chain{{1, path(10, 20, 30, 10), []int64{1}}, {1, path(10, 40), []int64{2}}},
		},
		"no vertices, and one, join nothing": {
			in: []added{{1, 1, path(10, 20)}, {1, 2, path(20, 30)}, {1, 3, nil}, {1, 4, path(20)}},
			want: []chain{
				{1, path(10, 20, 30), []int64{1, 2}}, {1, []geo.Fixed{}, []int64{3}}, {1, path(20), []int64{4}},
			},
		},
		"parts of one feature": {
			in:   []added{{1, 1, path(10, 20)}, {1, 1, path(30, 20)}},
			want: []chain{{1, path(10, 20, 30), []int64{1, 1}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := gocmp.Diff(join(tt.in), tt.want); diff != "" {
				t.Errorf("got − want +\n%s", diff)
			}
		})
	}
}

// On random networks each line is in one chain, the chains are made of the lines'
// segments and nothing else, no two chains could still be joined, and the order of
// the input does not matter.
func TestJoinNetworks(t *testing.T) {
	t.Parallel()
	const seed = 20261122
	r := rand.New(rand.NewPCG(seed, 8))
	for round := range 300 {
		lines := network(r)
		got := join(lines)
		if diff := gocmp.Diff(segments(got), segmentsOf(lines)); diff != "" {
			t.Fatalf("round %d of seed %d: segments got − want +\n%s", round, seed, diff)
		}
		var ids []int64
		for _, c := range got {
			ids = append(ids, c.IDs...)
		}
		slices.Sort(ids)
		for i, id := range ids {
			if id != int64(i) || len(ids) != len(lines) {
				t.Fatalf("round %d of seed %d: lines in chains: %v", round, seed, ids)
			}
		}
		checkNodes(t, lines, got)
		r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		if diff := gocmp.Diff(join(lines), got); diff != "" {
			t.Fatalf("round %d of seed %d: shuffled − first +\n%s", round, seed, diff)
		}
	}
}

// network gives lines of several vertices between few nodes.
func network(r *rand.Rand) (lines []added) {
	nodes := uint32(3 + r.IntN(30))
	inner := uint32(1000)
	for id := range 1 + r.IntN(40) {
		p := path(r.Uint32N(nodes))
		for range 1 + r.IntN(3) {
			p = append(p, path(inner)...)
			inner++
		}
		p = append(p, path(r.Uint32N(nodes))...)
		lines = append(lines, added{r.Uint32N(2), int64(id), p})
	}
	return lines
}

// checkNodes counts the ends at each node: where two ends of a group meet, no
// chain may end, save a closed one.
func checkNodes(t *testing.T, lines []added, chains []chain) {
	t.Helper()
	type node struct {
		group uint32
		at    geo.Fixed
	}
	meet := map[node]int{}
	for _, l := range lines {
		meet[node{l.group, l.path[0]}]++
		meet[node{l.group, l.path[len(l.path)-1]}]++
	}
	for _, c := range chains {
		first, last := c.Vertices[0], c.Vertices[len(c.Vertices)-1]
		if first == last {
			continue
		}
		for _, end := range []geo.Fixed{first, last} {
			if meet[node{c.Group, end}] == 2 {
				t.Errorf("a chain ends at %v, where two lines meet", end)
			}
		}
	}
}

type segment struct {
	Group    uint32
	Low, Top geo.Fixed
}

func segments(chains []chain) (all []segment) {
	for _, c := range chains {
		all = append(all, segmentsIn(c.Group, c.Vertices)...)
	}
	return sorted(all)
}

func segmentsOf(lines []added) (all []segment) {
	for _, l := range lines {
		all = append(all, segmentsIn(l.group, l.path)...)
	}
	return sorted(all)
}

func segmentsIn(group uint32, p []geo.Fixed) (all []segment) {
	for i := 1; i < len(p); i++ {
		a, b := p[i-1], p[i]
		if a.Morton() > b.Morton() {
			a, b = b, a
		}
		all = append(all, segment{group, a, b})
	}
	return all
}

func sorted(all []segment) []segment {
	slices.SortFunc(all, func(a, b segment) int {
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	return all
}

func TestJoinAllocatesNothing(t *testing.T) {
	lines := network(rand.New(rand.NewPCG(20261122, 9)))
	var j plane.Joiner
	members := 0
	run := func() {
		j.Reset()
		members = 0
		for _, l := range lines {
			j.Add(l.group, l.id, l.path)
		}
		j.Chains(func(c plane.Chain) { members += len(c.Members) })
	}
	run()
	if n := testing.AllocsPerRun(10, run); n > 0 || members != len(lines) {
		t.Errorf("%v allocations a run, want none; %d of %d lines", n, members, len(lines))
	}
}
