package image

import (
	"math/bits"

	"yiping/geo"
)

// Cell is a group of points of a tile, of which one is shown.
type Cell struct {
	// Row is the one shown: the first by (first zoom, hash of the id). ID and At
	// are its id and its place.
	Row Row
	ID  int64
	At  geo.Fixed
	// Count is how many selected points the cell has.
	Count int
	// By is how many of them have each of View.Values, by code; nil if the layer
	// counts no values. It is valid during the visit only.
	By []uint32
}

// Cells visits the cells of a tile that have selected points, in one order for
// equal views. A tile has 2^CellBits cells a side. Cells whose first point is not
// shown at the zoom are left out; all others' counts add up to Count. It is for
// layers of points, at zooms up to MaxCellZoom.
func (s *Selection) Cells(t geo.TileID, visit func(Cell)) {
	g := s.view.image.grid()
	defer s.view.image.grids.Put(g)
	g.begin(s.view, t.Z)
	first, last := t.MortonRange()
	for n := range s.parts {
		p := &s.parts[n]
		low, high := p.between(first, last)
		if int(t.Z) < len(p.cells) {
			g.fromDirectory(p, n, low, high)
		} else {
			g.fromRows(p, n, low, high)
		}
	}
	g.visit(visit)
}

// grid gathers the cells of a tile over the parts of a view.
type grid struct {
	view   *View
	zoom   geo.Zoom
	shift  uint
	values int // of a cell that are counted
	used   [tileCells / 64]uint64
	cells  [tileCells]gridCell
	by     []uint32
}

type gridCell struct {
	count int
	row   Row
}

// grid takes one out of the pool: it is half a megabyte.
func (i *Image) grid() *grid {
	if g, ok := i.grids.Get().(*grid); ok {
		return g
	}
	return &grid{}
}

func (g *grid) begin(v *View, z geo.Zoom) {
	g.view, g.zoom, g.shift, g.values = v, z, cellShift(z), len(v.Values())
	g.used = [tileCells / 64]uint64{}
	if len(g.by) != tileCells*g.values {
		g.by = make([]uint32, tileCells*g.values)
	}
}

// add counts the points of a run of a part, of which row is the first.
func (g *grid) add(cell, count, n, row int) {
	c := &g.cells[cell]
	r := Row{uint32(n), uint32(row)}
	if bit := uint64(1) << (cell % 64); g.used[cell/64]&bit == 0 {
		g.used[cell/64] |= bit
		*c = gridCell{count, r}
		return
	}
	c.count += count
	if g.view.before(r, c.row) {
		c.row = r
	}
}

// before reports whether a stands for a cell rather than b.
func (v *View) before(a, b Row) bool {
	ra := v.parts[a.part].rank(int(a.row))
	rb := v.parts[b.part].rank(int(b.row))
	return ra < rb || ra == rb && v.ID(a) < v.ID(b)
}

// tallied is the counts by value of a cell.
func (g *grid) tallied(cell int) []uint32 {
	if g.values == 0 {
		return nil
	}
	return g.by[cell*g.values : (cell+1)*g.values]
}

// fromRows goes over the rows of a part one by one.
func (g *grid) fromRows(p *picked, n, low, high int) {
	r := run{grid: g, picked: p, part: n, cell: -1}
	eachChunk(low, high, func(k, first, low, high int) {
		c := p.chunk(k)
		if c == nil {
			for row := first + low; row < first+high; row++ {
				r.take(row)
			}
			return
		}
		c.each(low, high, func(i int) { r.take(first + i) })
	})
	r.end()
}

// run is the rows of a cell as they come one after another.
type run struct {
	*grid
	*picked
	part  int
	cell  int
	count int
	best  candidate
	by    []uint32
}

func (r *run) take(row int) {
	if cell := int(r.keys[row] >> r.shift & (tileCells - 1)); cell != r.cell {
		r.end()
		r.cell, r.count, r.by = cell, 0, r.tallied(cell)
	}
	r.count++
	switch r.count {
	case 1: // mostly the only one
		r.best = candidate{row: row}
	case 2:
		r.best = candidate{row: r.best.row, rank: r.rank(r.best.row), ok: true}
		r.best.offer(r.segment, row)
	default:
		r.best.offer(r.segment, row)
	}
	if r.by != nil {
		r.by[r.tally.column.ints.at(row)]++
	}
}

func (r *run) end() {
	if r.count > 0 {
		r.add(r.cell, r.count, r.part, r.best.row)
	}
}

// fromDirectory goes over the cells of a part.
func (g *grid) fromDirectory(p *picked, n, low, high int) {
	list := &p.cells[g.zoom]
	for i := list.at(low); i < len(list.starts) && int(list.starts[i]) < high; i++ {
		start, end := list.run(i, p.rows())
		count := p.count(start, end)
		if count == 0 {
			continue
		}
		row := int(list.least[i])
		if !p.picks(row) {
			row = p.first(int(g.zoom)+1, start, end, count)
		}
		cell := int(list.numbers[i])
		g.add(cell, count, n, row)
		switch by := g.tallied(cell); {
		case by == nil:
		case count == end-start && list.tallies != nil:
			p.tally.add(list, i, count, by)
		default:
			p.tallyRun(start, end, count, by)
		}
	}
}

// rarely is the share of rows from which on the selected ones are found faster
// through the cells of deeper zooms than by looking at each. To find the best of
// one row in n that way takes about n cells.
const rarely = 1.0 / 64

// first finds the first of the selected rows of a run, of which there are count.
func (p *picked) first(zoom, low, high, count int) int {
	if float64(count) < rarely*float64(high-low) {
		zoom = len(p.cells)
	}
	var best candidate
	p.least(zoom, low, high, &best)
	return best.row
}

// least finds the first selected row of a run that is not empty. It goes down the
// cells of deeper zooms, and leaves out those whose first row of all is behind the
// best one so far.
func (p *picked) least(zoom, low, high int, best *candidate) {
	if zoom >= len(p.cells) {
		p.each(low, high, func(row int) { best.offer(p.segment, row) })
		return
	}
	list := &p.cells[zoom]
	for i := list.at(low); i < len(list.starts) && int(list.starts[i]) < high; i++ {
		row := int(list.least[i])
		if best.ok && p.rank(row) > best.rank {
			continue
		}
		if p.picks(row) {
			best.offer(p.segment, row)
			continue
		}
		start, end := list.run(i, p.rows())
		p.least(zoom+1, start, end, best)
	}
}

// shortRun is the length up to which a run is counted row by row.
const shortRun = 64

// tallyRun counts the values of the selected rows of a run, of which there are
// count.
func (p *picked) tallyRun(low, high, count int, by []uint32) {
	switch {
	case count == high-low && count <= shortRun:
		for row := low; row < high; row++ {
			by[p.tally.column.ints.at(row)]++
		}
		return
	case high-low <= shortRun:
		p.each(low, high, func(row int) { by[p.tally.column.ints.at(row)]++ })
		return
	}
	for _, code := range p.tally.rare {
		rows, n := p.tally.rows[code], 0
		eachChunk(low, high, func(k, first, low, high int) {
			n += p.chunk(k).countBoth(low, high, rows[first/64:])
		})
		by[code] += uint32(n)
		count -= n
	}
	by[p.tally.common] += uint32(count)
}

// visit gives the cells, and leaves the counts as they are between tiles.
func (g *grid) visit(visit func(Cell)) {
	defer func() { g.view = nil }() // which the pool must not keep
	for w, word := range g.used {
		if word == 0 {
			continue
		}
		ids, keys := g.read(w, word)
		for ; word != 0; word &= word - 1 {
			i := bits.TrailingZeros64(word)
			c, by := &g.cells[w*64+i], g.tallied(w*64+i)
			if g.view.FirstZoom(c.row) <= g.zoom {
				visit(Cell{Row: c.row, ID: ids[i], At: geo.FixedFromMorton(keys[i]), Count: c.count, By: by})
			}
			clear(by)
		}
	}
}

// read reads the ids and keys of the cells of a word. Their rows lie far apart in
// memory: together, one after another, the reads need not wait for each other.
func (g *grid) read(w int, word uint64) (ids [64]int64, keys [64]uint64) {
	for rest := word; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros64(rest)
		r := g.cells[w*64+i].row
		ids[i] = g.view.ID(r)
	}
	for rest := word; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros64(rest)
		r := g.cells[w*64+i].row
		keys[i] = g.view.parts[r.part].keys[r.row]
	}
	return ids, keys
}
