package heatmap

// Suppression says which cells of a Presence may be told. It is of the moment when it
// was made.
type Suppression struct {
	p *Presence
	// shown is by level and node.
	shown [][]bool
}

// Suppress hides small counts, with whatever would reveal them: nothing that is
// shown, and no difference of shown cells and cells within them, lies between 1
// and k-1. The total of all cells counts as shown if it is at least k.
//
// The rule, from the coarsest level down: a cell is shown if the one above it is,
// and it has nobody or at least k devices. Where the hidden children of a shown
// cell have fewer than k devices together, the smallest shown child is hidden as
// well. So what is hidden in a shown cell is none or at least k, and every
// difference is a sum of such remainders and of shown cells. (Complementary
// suppression; Hundepool et al., Statistical Disclosure Control, 2012, chapter 4.)
func (p *Presence) Suppress(k int) *Suppression {
	s := &Suppression{p: p, shown: make([][]bool, len(p.levels))}
	all := level{nodes: []node{{here: int32(p.devices.len)}}}
	above, shownAbove := &all, []bool{p.devices.len == 0 || p.devices.len >= k}
	for n := len(p.levels) - 1; n >= 0; n-- {
		top := n == len(p.levels)-1
		s.shown[n] = p.levels[n].suppress(int32(k), top, above, shownAbove)
		above, shownAbove = &p.levels[n], s.shown[n]
	}
	return s
}

// suppress decides about one level. The cells of the top have one parent, the
// whole.
func (l *level) suppress(k int32, top bool, above *level, shownAbove []bool) []bool {
	parent := func(i int) int32 {
		if top {
			return 0
		}
		return l.nodes[i].parent
	}
	shown := make([]bool, len(l.nodes))
	hidden := make([]int32, len(above.nodes))
	smallest := make([]int32, len(above.nodes)) // of the shown children with devices, counted from 1
	for i := range l.nodes {
		at, here := parent(i), l.nodes[i].here
		switch {
		case !shownAbove[at]:
		case here > 0 && here < k:
			hidden[at] += here
		default:
			shown[i] = true
			if least := smallest[at]; here > 0 && (least == 0 || here < l.nodes[least-1].here) {
				smallest[at] = int32(i + 1)
			}
		}
	}
	for at, sum := range hidden {
		if sum > 0 && sum < k && smallest[at] > 0 {
			shown[smallest[at]-1] = false
		}
	}
	return shown
}

// Each visits the cells of a resolution that are shown and have devices.
func (s *Suppression) Each(resolution int, visit func(Count)) {
	l := s.p.level(resolution)
	if l == nil {
		return
	}
	shown := s.shown[s.p.Finest-resolution]
	for i := range l.nodes {
		if n := &l.nodes[i]; n.here > 0 && shown[i] {
			visit(Count{Cell: n.cell, Here: int(n.here), Area: float64(n.area)})
		}
	}
}
