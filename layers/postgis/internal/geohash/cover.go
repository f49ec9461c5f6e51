package geohash

import (
	"slices"

	"github.com/paulmach/orb"
)

// Range is a run of geohashes, both ends included.
type Range struct{ First, Last string }

// Cover returns ranges that hold the geohash of every point of the boxes, their
// borders included, in ascending order and apart from each other. Boxes are of
// the world, west to east. There are at most n ranges, or one for each box if
// these are more; the more there may be, the less lies in them beside the boxes.
func Cover(n int, boxes ...orb.Bound) []Range {
	var parts []part
	for _, b := range boxes {
		wanted := rectangle{
			step(b.Min[0], 180, lonBits), step(b.Min[1], 90, latBits),
			step(b.Max[0], 180, lonBits), step(b.Max[1], 90, latBits),
		}
		world := cell{area: rectangle{0, 0, 1<<lonBits - 1, 1<<latBits - 1}}
		parts = append(parts, part{world, wanted})
	}
	for i := worst(parts); i >= 0; i = worst(parts) {
		halves := parts[i].halves()
		if len(parts)-1+len(halves) > max(n, len(boxes)) {
			break
		}
		parts = slices.Replace(parts, i, i+1, halves...)
	}
	return ranges(parts)
}

// rectangle is a box of cells along both axes, all ends included.
type rectangle struct{ west, south, east, north uint64 }

func (r rectangle) cells() uint64 {
	if r.west > r.east || r.south > r.north {
		return 0
	}
	return (r.east - r.west + 1) * (r.north - r.south + 1)
}

func (r rectangle) intersection(o rectangle) rectangle {
	return rectangle{max(r.west, o.west), max(r.south, o.south), min(r.east, o.east), min(r.north, o.north)}
}

// cell is what is left of the world after some halvings: one range of the curve.
type cell struct {
	first uint64 // geohash, as a number
	depth int    // halvings
	area  rectangle
}

// half is the lower half, or the upper one with the bit 1.
func (c cell) half(bit uint64) cell {
	h := cell{c.first | bit<<(bits-1-c.depth), c.depth + 1, c.area}
	low, high := &h.area.west, &h.area.east
	if c.depth%2 == 1 {
		low, high = &h.area.south, &h.area.north
	}
	middle := (*low + *high) / 2
	if bit == 1 {
		*low = middle + 1
	} else {
		*high = middle
	}
	return h
}

// part is a cell that holds something of a wanted box.
type part struct {
	cell
	wanted rectangle
}

// waste is how much of the cell is not wanted.
func (p part) waste() uint64 { return p.area.cells() - p.area.intersection(p.wanted).cells() }

// halves are those of the part's halves that hold something wanted.
func (p part) halves() []part {
	var both []part
	for bit := range uint64(2) {
		if h := p.half(bit); h.area.intersection(p.wanted).cells() > 0 {
			both = append(both, part{h, p.wanted})
		}
	}
	return both
}

// worst is the part with the most waste, -1 if there is none.
func worst(parts []part) int {
	at, most := -1, uint64(0)
	for i, p := range parts {
		if w := p.waste(); w > most {
			at, most = i, w
		}
	}
	return at
}

// ranges joins parts that follow each other, or lie in each other where boxes
// share cells.
func ranges(parts []part) []Range {
	slices.SortFunc(parts, func(a, b part) int {
		if a.first != b.first {
			return int(int64(a.first) - int64(b.first))
		}
		return a.depth - b.depth
	})
	var all []Range
	var end uint64 // behind the last range
	for _, p := range parts {
		next := p.first + 1<<(bits-p.depth)
		switch {
		case len(all) > 0 && p.first <= end:
			end = max(end, next)
			all[len(all)-1].Last = text(end - 1)
		default:
			end = next
			all = append(all, Range{text(p.first), text(end - 1)})
		}
	}
	return all
}
