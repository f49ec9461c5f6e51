package image

// tally has, for the column whose values tiles count, the rows of each value as
// bits, but for the most frequent one: what remains of a run is of that.
type tally struct {
	column *column // nil for none
	common int
	// rare are the other codes that have rows, and rows is by code.
	rare []int
	rows []bitset
}

func newTally(s *segment, place int) tally {
	if place < 0 {
		return tally{}
	}
	t := tally{column: &s.columns[place]}
	if s.cells == nil {
		return t
	}
	var counts []int
	codes := &t.column.ints
	for row := range s.rows() {
		code := int(codes.at(row))
		for len(counts) <= code {
			counts = append(counts, 0)
		}
		counts[code]++
		if counts[code] > counts[t.common] {
			t.common = code
		}
	}
	t.rows = make([]bitset, len(counts))
	for code, n := range counts {
		if n > 0 && code != t.common {
			t.rare = append(t.rare, code)
			t.rows[code] = make(bitset, (s.rows()+63)/64)
		}
	}
	for row := range s.rows() {
		if rows := t.rows[codes.at(row)]; rows != nil {
			rows[row/64] |= 1 << (row % 64)
		}
	}
	t.count(s)
	return t
}

// talliedZooms is how many zooms, from 0, have the values of their cells counted
// beforehand.
const talliedZooms = 12

// count fills in the tallies of the cells: for the deepest zoom from the rows, for
// the others from the zoom below.
func (t *tally) count(s *segment) {
	deepest := &s.cells[talliedZooms-1]
	deepest.tallies = make([]uint32, len(deepest.starts)*len(t.rare))
	for r, code := range t.rare {
		for n := range deepest.starts {
			low, high := deepest.run(n, s.rows())
			deepest.tallies[n*len(t.rare)+r] = uint32(t.rows[code].countRange(low, high))
		}
	}
	for z := talliedZooms - 2; z >= 0; z-- {
		s.cells[z].join(&s.cells[z+1], len(t.rare))
	}
}

// join adds up the tallies of a list of finer cells, so many for a cell.
func (l *cellList) join(finer *cellList, rare int) {
	l.tallies = make([]uint32, len(l.starts)*rare)
	at := 0
	for n, start := range finer.starts {
		if at+1 < len(l.starts) && l.starts[at+1] == start {
			at++
		}
		for r := range rare {
			l.tallies[at*rare+r] += finer.tallies[n*rare+r]
		}
	}
}

// add adds the counts of a cell of a list to those by code. All count rows of the
// cell are selected.
func (t *tally) add(list *cellList, n, count int, by []uint32) {
	for r, code := range t.rare {
		some := list.tallies[n*len(t.rare)+r]
		by[code] += some
		count -= int(some)
	}
	by[t.common] += uint32(count)
}

// bytes is the memory in use.
func (t *tally) bytes() int {
	n := 0
	for _, b := range t.rows {
		n += 8 * len(b)
	}
	return n
}
