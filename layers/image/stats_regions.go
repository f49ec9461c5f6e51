package image

// regionCodes are the codes of the regions of a row, coarse to fine; 0 is none.
type regionCodes [3]uint32

// regionSlots numbers the combinations of regions that occur. The finest region
// of a row nearly always decides those above it, so each has its first
// combination at hand, and only others are looked up.
type regionSlots struct {
	// levels is how many regions there are in a combination.
	levels int
	// first is by level and code; the last is for rows in no region.
	first  [][]firstSlot
	others map[regionCodes]uint32
	// codes is by slot.
	codes []regionCodes
}

// firstSlot is the first combination whose finest region is of some code, and its
// slot + 1; 0 before there is one.
type firstSlot struct {
	codes regionCodes
	slot  uint32
}

// newRegionSlots is for codes below sizes, by level.
func newRegionSlots(sizes []int) regionSlots {
	s := regionSlots{levels: len(sizes), others: map[regionCodes]uint32{}}
	for _, n := range append(sizes, 1) {
		s.first = append(s.first, make([]firstSlot, n))
	}
	return s
}

// slot is the number of a combination.
func (s *regionSlots) slot(codes regionCodes) uint32 {
	first := &s.first[s.levels][0]
	for level := s.levels - 1; level >= 0; level-- {
		if code := codes[level]; code != 0 {
			first = &s.first[level][code]
			break
		}
	}
	if first.slot != 0 && first.codes == codes {
		return first.slot - 1
	}
	return s.add(first, codes)
}

func (s *regionSlots) add(first *firstSlot, codes regionCodes) uint32 {
	if slot, known := s.others[codes]; known {
		return slot
	}
	slot := uint32(len(s.codes))
	s.codes = append(s.codes, codes)
	if first.slot == 0 {
		*first = firstSlot{codes, slot + 1}
	} else {
		s.others[codes] = slot
	}
	return slot
}

// read fills slots with those of the rows from row on, for the rows in at.
func (s *regionSlots) read(columns []column, places []int, row, n int, at []uint16, buffers *[3][statsRows]uint32, slots *[statsRows]uint32) {
	if len(places) == 0 {
		slot := s.slot(regionCodes{})
		for _, i := range at {
			slots[i] = slot
		}
		return
	}
	var same regionCodes
	uniform := true
	for level, place := range places {
		same[level] = uint32(columns[place].ints.at(row))
		uniform = uniform && columns[place].uniform.has(row/statsRows)
	}
	if uniform {
		slot := s.slot(same)
		for _, i := range at {
			slots[i] = slot
		}
		return
	}
	for level, place := range places {
		readCodes(&columns[place].ints, row, n, at, &buffers[level])
	}
	// Neighbours too are mostly in one region.
	var last regionCodes
	slot, known := uint32(0), false
	for _, i := range at {
		// Levels that are not asked for have not been read, and stay 0.
		codes := regionCodes{buffers[0][i], buffers[1][i], buffers[2][i]}
		if !known || codes != last {
			last, slot, known = codes, s.slot(codes), true
		}
		slots[i] = slot
	}
}
