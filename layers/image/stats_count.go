package image

import (
	"context"
	"math/bits"
	"sync/atomic"

	"yiping/layers"
)

// statsRows is how many rows are counted at a time: their buffers stay in the
// first-level cache, and it divides chunkRows.
const statsRows = 1024

// statsCounter counts the rows that one goroutine has taken on.
type statsCounter struct {
	plan   *statsPlan
	values [layers.MaxStatsProperties]valueCodes
	cells  statsCells
	// straight says that the cells of a slot lie in the order of the codes of the
	// one property, or are one, and that nothing is wanted but their counts.
	straight bool

	at    []uint16 // the selected rows of the block
	slots [statsRows]uint32
	by    [layers.MaxStatsProperties][statsRows]uint32
}

func newStatsCounter(p *statsPlan) *statsCounter {
	c := &statsCounter{plan: p, at: make([]uint16, 0, statsRows)}
	stride := 1
	for i, place := range p.by {
		c.values[i] = newValueCodes(p.view, place)
		stride *= c.values[i].size
	}
	c.cells = newStatsCells(stride, len(p.codes), len(p.operands))
	if len(p.by) > 1 {
		c.cells.second = c.values[1].size
	}
	c.straight = c.cells.dense() && len(p.operands) == 0 && (len(p.by) == 0 || len(p.by) == 1 && c.values[0].kind == Text)
	return c
}

// count takes one chunk of the view after another, by their numbers over all
// parts; next is what the counters share.
func (c *statsCounter) count(ctx context.Context, selected *Selection, next *atomic.Int64) error {
	mine := int(next.Add(1)) - 1
	n := 0 // chunks of the parts before
	for p := range c.plan.view.parts {
		part := &c.plan.view.parts[p]
		for ; mine-n < len(part.alive); mine = int(next.Add(1)) - 1 {
			if err := ctx.Err(); err != nil {
				return err
			}
			c.chunk(p, mine-n, selected.parts[p].chunk(mine-n))
			if c.cells.groups() > layers.MaxStatsGroups {
				return nil // more than the answer may have; whoever asks learns that
			}
		}
		n += len(part.alive)
	}
	return nil
}

// chunk counts the chosen rows of a chunk of a part.
func (c *statsCounter) chunk(part, k int, chosen *chunk) {
	if chosen != nil && chosen.count == 0 {
		return
	}
	s, slots := c.plan.view.parts[part].segment, c.plan.slots[part]
	first := k * chunkRows
	rows := min(chunkRows, s.rows()-first)
	if c.straight {
		s.regions.each(first, rows, func(regions uint32, low, high int) {
			c.straightRun(s, first, chosen, int(slots[regions])*c.cells.stride, low, high)
		})
		return
	}
	for low := 0; low < rows; low += statsRows {
		c.block(s, slots, first+low, min(statsRows, rows-low), chosen)
	}
}

// straightRun counts the chosen of a run of rows whose cells begin at some place.
// low and high are counted from the first row of the chunk.
func (c *statsCounter) straightRun(s *segment, first int, chosen *chunk, cell, low, high int) {
	if len(c.plan.by) == 0 {
		c.cells.counts[cell] += int64(chosen.countRange(low, high))
		return
	}
	counts := c.cells.counts[cell : cell+c.cells.stride]
	switch codes := &s.columns[c.plan.by[0]].ints; codes.bits {
	case 8:
		countCodes(codes.i8[first:], chosen, low, high, counts)
	case 16:
		countCodes(codes.i16[first:], chosen, low, high, counts)
	default: // there are at most maxDirectTexts
		countCodes(codes.i32[first:], chosen, low, high, counts)
	}
}

// countCodes counts the chosen rows low…high-1 by their codes.
func countCodes[T integer](codes []T, chosen *chunk, low, high int, counts []int64) {
	eachWord(low, high, func(w int, mask uint64) {
		if chosen != nil {
			mask &= chosen.words[w]
		}
		if mask == ^uint64(0) {
			for _, code := range codes[w*64 : w*64+64] {
				counts[code]++
			}
			return
		}
		for ; mask != 0; mask &= mask - 1 {
			counts[codes[w*64+bits.TrailingZeros64(mask)]]++
		}
	})
}

// block counts the chosen of the n rows from row on.
func (c *statsCounter) block(s *segment, slots []uint32, row, n int, chosen *chunk) {
	c.at = chosen.rows(c.at[:0], row%chunkRows, n)
	if len(c.at) == 0 {
		return
	}
	s.regions.each(row, n, func(regions uint32, low, high int) {
		slot := slots[regions]
		for i := range c.slots[low:high] {
			c.slots[low+i] = slot
		}
	})
	for i := range c.plan.by {
		c.values[i].read(s.columns, row, n, c.at, &c.by[i])
	}
	// From here on, slots holds the cells of the rows.
	c.cells.find(c.at, &c.slots, &c.by, len(c.plan.by))
	for _, i := range c.at {
		c.cells.counts[c.slots[i]]++
	}
	for o, place := range c.plan.operands {
		column := &s.columns[place]
		for _, i := range c.at {
			if r := row + int(i); !column.nulls.has(r) {
				v := column.number(r)
				c.cells.tallies[int(c.slots[i])*len(c.plan.operands)+o].Add(layers.Tally{N: 1, Sum: v, Min: v, Max: v})
			}
		}
	}
}

// number is the value of a column of numbers.
func (c *column) number(row int) float64 {
	if c.kind == Float {
		return c.floats.at(row)
	}
	return float64(c.ints.at(row))
}

// rows appends the rows that are set among the n from low on, which are counted
// from low; low is a multiple of 64.
func (c *chunk) rows(at []uint16, low, n int) []uint16 {
	if c == nil {
		for i := range n {
			at = append(at, uint16(i))
		}
		return at
	}
	for i := 0; i < n; i += 64 {
		for word := c.words[(low+i)/64]; word != 0; word &= word - 1 {
			at = append(at, uint16(i+bits.TrailingZeros64(word)))
		}
	}
	return at
}

// each visits the groups that have features.
func (c *statsCounter) each(visit func(key statsKey, count int64, tallies []layers.Tally)) {
	operands := len(c.plan.operands)
	for cell, count := range c.cells.counts {
		if count == 0 {
			continue
		}
		slot, codes := c.cells.parts(cell)
		key := statsKey{regions: c.plan.codes[slot]}
		for i := range c.plan.by {
			key.values[i] = c.values[i].value(codes[i])
		}
		visit(key, count, c.cells.tallies[cell*operands:(cell+1)*operands])
	}
}
