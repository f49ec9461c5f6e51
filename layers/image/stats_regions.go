package image

import (
	"sort"

	"yiping/layers"
)

// regionCodes are the codes of the regions of a row, coarse to fine; 0 is none.
type regionCodes [3]uint32

// upTo leaves out the regions behind the first n levels.
func (c regionCodes) upTo(n int) regionCodes {
	clear(c[n:])
	return c
}

// regionRuns tells in which regions the rows of a segment lie. Rows of a segment
// lie close together, so that long runs of them are in the same.
type regionRuns struct {
	// codes are the combinations of regions that occur.
	codes []regionCodes
	runs  []regionRun
	// chunks is the first run of each chunk, and at last the number of runs: no
	// run is in two chunks.
	chunks []uint32
}

// regionRun is the rows from first on, as far as the next run.
type regionRun struct {
	first uint32
	// regions is the place of their combination in regionRuns.codes.
	regions uint32
}

// newRegionRuns goes over the rows once. places are those of the columns by level,
// -1 for a level that the layer has not.
func newRegionRuns(columns []column, places [3]int, rows int) regionRuns {
	var r regionRuns
	known := map[regionCodes]uint32{}
	var codes [3][statsRows]uint32
	var last regionCodes
	for row := 0; row < rows; row += statsRows {
		if row%chunkRows == 0 {
			r.chunks = append(r.chunks, uint32(len(r.runs)))
		}
		n := min(statsRows, rows-row)
		for level, place := range places {
			if place >= 0 {
				copyInts(&columns[place].ints, row, codes[level][:n])
			}
		}
		for i := range n {
			if now := (regionCodes{codes[0][i], codes[1][i], codes[2][i]}); now != last || (row+i)%chunkRows == 0 {
				of, ok := known[now]
				if !ok {
					of = uint32(len(r.codes))
					known[now] = of
					r.codes = append(r.codes, now)
				}
				r.runs = append(r.runs, regionRun{uint32(row + i), of})
				last = now
			}
		}
	}
	r.chunks = append(r.chunks, uint32(len(r.runs)))
	return r
}

// each visits the runs among n rows from row on, all of one chunk, with the place
// of their combination and their rows counted from row.
func (r *regionRuns) each(row, n int, visit func(regions uint32, low, high int)) {
	runs := r.runs[r.chunks[row/chunkRows]:r.chunks[row/chunkRows+1]]
	at := sort.Search(len(runs), func(i int) bool { return int(runs[i].first) > row }) - 1
	for low := 0; low < n; at++ {
		high := n
		if at+1 < len(runs) {
			high = min(n, int(runs[at+1].first)-row)
		}
		visit(runs[at].regions, low, high)
		low = high
	}
}

// bytes is the memory in use.
func (r *regionRuns) bytes() int { return 12*len(r.codes) + 8*len(r.runs) + 4*len(r.chunks) }

// statsSlots numbers the combinations of the regions that a query asks for, by the
// parts of the view and then by the place in their regionRuns.codes. codes is by
// number.
func (v *View) statsSlots(levels int) (slots [][]uint32, codes []regionCodes) {
	known := map[regionCodes]uint32{}
	for p := range v.parts {
		of := make([]uint32, len(v.parts[p].regions.codes))
		for i, all := range v.parts[p].regions.codes {
			asked := all.upTo(levels)
			slot, ok := known[asked]
			if !ok {
				slot = uint32(len(codes))
				known[asked] = slot
				codes = append(codes, asked)
			}
			of[i] = slot
		}
		slots = append(slots, of)
	}
	return slots, codes
}

// regionPlaces are the places of the columns of regions, -1 for none.
func (i *Image) regionPlaces() (places [3]int) {
	for level, name := range layers.RegionColumns() {
		places[level] = i.place(name)
	}
	return places
}
