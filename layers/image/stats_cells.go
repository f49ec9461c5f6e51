package image

import "yiping/layers"

// maxDenseWords bounds the memory of cells that are there for every combination,
// whether it occurs or not, in words of 8 bytes: 32 MB a goroutine.
const maxDenseWords = 1 << 22

// statsCells is the counts and tallies of groups. A group is a slot of regions
// and a code of each property. If there are few combinations, each has its cell
// at a place that follows from them; otherwise cells are looked up.
type statsCells struct {
	counts  []int64
	tallies []layers.Tally // by cell, then operand

	operands int
	// stride is the number of cells a slot if each combination has one; 0 if
	// not. second is how many codes the second property has.
	stride, second int
	// places and keys are of cells that are looked up.
	places map[uint64]uint32
	keys   []uint64
}

// newStatsCells is for so many slots. stride is the number of combinations of
// codes, 0 if that is not known.
func newStatsCells(stride, slots, operands int) statsCells {
	s := statsCells{operands: operands}
	words := 1 + 4*operands // a tally has four
	if stride > 0 && stride <= maxDenseWords/(words*max(slots, 1)) {
		s.stride = stride
		s.counts = make([]int64, slots*stride)
		s.tallies = make([]layers.Tally, slots*stride*operands)
		return s
	}
	s.places = map[uint64]uint32{}
	return s
}

// dense reports whether each combination has a cell, the same whoever counts.
func (s *statsCells) dense() bool { return s.stride > 0 }

// join adds what another has counted. Both are dense and of one query.
func (s *statsCells) join(other *statsCells) {
	for i, n := range other.counts {
		s.counts[i] += n
	}
	for i, t := range other.tallies {
		s.tallies[i].Add(t)
	}
}

// codeBits is how many bits a code has in the key of a cell. There are no more
// codes and slots than cells, and counting ends soon after MaxStatsGroups.
const codeBits = 21

// find replaces the slots of rows by their cells. slots and codes are indexed by
// row; properties is the number of codes.
func (s *statsCells) find(at []uint16, slots *[statsRows]uint32, codes *[layers.MaxStatsProperties][statsRows]uint32, properties int) {
	switch {
	case !s.dense():
		for _, i := range at {
			slots[i] = s.look(uint64(slots[i])<<(2*codeBits) | uint64(codes[0][i])<<codeBits | uint64(codes[1][i]))
		}
	case properties == 1:
		for _, i := range at {
			slots[i] = slots[i]*uint32(s.stride) + codes[0][i]
		}
	case properties == 2:
		for _, i := range at {
			slots[i] = slots[i]*uint32(s.stride) + codes[0][i]*uint32(s.second) + codes[1][i]
		}
	}
}

// look is the cell of a key, which is new or not.
func (s *statsCells) look(key uint64) uint32 {
	cell, known := s.places[key]
	if !known {
		cell = uint32(len(s.keys))
		s.places[key] = cell
		s.keys = append(s.keys, key)
		s.counts = append(s.counts, 0)
		s.tallies = append(s.tallies, make([]layers.Tally, s.operands)...)
	}
	return cell
}

// groups is the number of cells that were looked up: those that have features.
func (s *statsCells) groups() int { return len(s.keys) }

// filled is the number of cells that have features.
func (s *statsCells) filled() int {
	n := 0
	for _, count := range s.counts {
		if count > 0 {
			n++
		}
	}
	return n
}

// parts are the slot and the codes of a cell.
func (s *statsCells) parts(cell int) (slot uint32, codes [layers.MaxStatsProperties]uint32) {
	if !s.dense() {
		const mask = 1<<codeBits - 1
		key := s.keys[cell]
		return uint32(key >> (2 * codeBits)), [...]uint32{uint32(key >> codeBits & mask), uint32(key & mask)}
	}
	slot, rest := uint32(cell/s.stride), uint32(cell%s.stride)
	if s.second > 0 {
		return slot, [...]uint32{rest / uint32(s.second), rest % uint32(s.second)}
	}
	return slot, [...]uint32{rest, 0}
}
