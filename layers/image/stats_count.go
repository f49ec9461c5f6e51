package image

import (
	"context"
	"math/bits"

	"yiping/layers"
)

// statsRows is how many rows are counted at a time: their buffers stay in the
// first-level cache, and it divides chunkRows.
const statsRows = 1024

// statsCounter counts the rows that one goroutine has taken on.
type statsCounter struct {
	plan    *statsPlan
	regions regionSlots
	values  [layers.MaxStatsProperties]valueCodes
	cells   statsCells

	at    []uint16 // the selected rows of the block
	codes [3][statsRows]uint32
	slots [statsRows]uint32
	by    [layers.MaxStatsProperties][statsRows]uint32
}

func newStatsCounter(p *statsPlan) *statsCounter {
	c := &statsCounter{plan: p, at: make([]uint16, 0, statsRows)}
	var sizes []int
	regions := 1
	for _, place := range p.regions {
		n := len(p.view.dictionaries[place])
		sizes = append(sizes, n)
		regions += n
	}
	c.regions = newRegionSlots(sizes)
	stride := 1
	for i, place := range p.by {
		c.values[i] = newValueCodes(p.view, place)
		stride *= c.values[i].size
	}
	c.cells = newStatsCells(stride, regions, len(p.operands))
	if len(p.by) > 1 {
		c.cells.second = c.values[1].size
	}
	return c
}

// count takes every so many chunks of the view, from chunk first on.
func (c *statsCounter) count(ctx context.Context, selected *Selection, first int) error {
	n := 0
	for p := range c.plan.view.parts {
		rows := c.plan.view.parts[p].rows()
		for i := range chunks(rows) {
			if n++; n%statsWorkers != first {
				continue
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			chosen := selected.parts[p].chunk(i)
			for low := i * chunkRows; low < min((i+1)*chunkRows, rows); low += statsRows {
				c.block(c.plan.view.parts[p].columns, low, min(statsRows, rows-low), chosen)
			}
			if c.cells.groups() > layers.MaxStatsGroups {
				return nil // more than the answer may have; whoever asks learns that
			}
		}
	}
	return nil
}

// block counts the chosen of the n rows from row on.
func (c *statsCounter) block(columns []column, row, n int, chosen *chunk) {
	c.at = chosen.rows(c.at[:0], row%chunkRows, n)
	if len(c.at) == 0 {
		return
	}
	c.regions.read(columns, c.plan.regions, row, n, c.at, &c.codes, &c.slots)
	for i := range c.plan.by {
		c.values[i].read(columns, row, n, c.at, &c.by[i])
	}
	// From here on, slots holds the cells of the rows.
	c.cells.find(c.at, &c.slots, &c.by, len(c.regions.codes), len(c.plan.by))
	for _, i := range c.at {
		c.cells.counts[c.slots[i]]++
	}
	for o, place := range c.plan.operands {
		column := &columns[place]
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
		key := statsKey{regions: c.regions.codes[slot]}
		for i := range c.plan.by {
			key.values[i] = c.values[i].value(codes[i])
		}
		visit(key, count, c.cells.tallies[cell*operands:(cell+1)*operands])
	}
}
