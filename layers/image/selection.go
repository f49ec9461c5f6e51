package image

import (
	"context"
	"fmt"
	"math/bits"
	"sync/atomic"

	"yiping/geo"
	"yiping/layers/cql2"
)

// Selection is the features of a view that a filter takes. What it gives is worked
// out for the rows that are asked for, and kept for the next who asks with an equal
// filter.
type Selection struct {
	view  *View
	parts []picked
}

// picked is the rows of a part that are selected: alive, and taken by the filter.
type picked struct {
	*part
	matches *matches // nil takes all
	// chosen is alive and matched, as far as worked out.
	chosen []atomic.Pointer[chunk]
}

// Select takes the features for which the filter is true; a nil filter takes all.
// The filter must have been checked against Layer.Queryables. The error is a
// ColumnError if it names what the image does not keep.
func (v *View) Select(f *cql2.Filter) (*Selection, error) {
	s := v.all()
	if f == nil {
		return s, nil
	}
	for _, p := range f.Properties() {
		if !v.image.has(p.Name) {
			return nil, &ColumnError{v.image.layer.Name, p.Name}
		}
	}
	for n := range s.parts {
		m, err := v.image.match(v.parts[n].segment, f)
		if err != nil {
			return nil, err
		}
		s.parts[n].take(m)
	}
	return s, nil
}

// SelectIDs takes the features whose ids the function gives, for filters that the
// database has to answer. It is asked once for a key in each generation of the
// view, and no more while the answer is kept; the key must name the filter.
func (v *View) SelectIDs(ctx context.Context, key string, ids func(context.Context) ([]int64, error)) (*Selection, error) {
	s := v.all()
	key = fmt.Sprintf("%d:%s", v.generation, key) // no canonical filter begins with a digit and a colon
	known := true
	for n := range s.parts {
		m, ok := v.image.filters.GetIfPresent(filterKey{v.parts[n].number, key})
		if known = known && ok; known {
			s.parts[n].take(m)
		}
	}
	if known {
		return s, nil
	}
	found, err := ids(ctx)
	if err != nil {
		return nil, err
	}
	words := make([][]chunk, len(v.parts))
	for n := range v.parts {
		words[n] = make([]chunk, chunks(v.parts[n].rows()))
	}
	for _, id := range found {
		if r, ok := v.Find(id); ok {
			c, bit := &words[r.part][r.row/chunkRows], r.row%chunkRows
			c.words[bit/64] |= 1 << (bit % 64)
		}
	}
	for n := range v.parts {
		m := newMatches(v.parts[n].rows(), nil)
		for k := range words[n] {
			c := &words[n][k]
			for _, word := range c.words {
				c.count += bits.OnesCount64(word)
			}
			m.chunks[k].Store(c)
		}
		v.image.filters.Set(filterKey{v.parts[n].number, key}, m)
		s.parts[n].take(m)
	}
	return s, nil
}

func (v *View) all() *Selection {
	s := &Selection{view: v, parts: make([]picked, len(v.parts))}
	for n := range v.parts {
		s.parts[n].part = &v.parts[n]
	}
	return s
}

func (p *picked) take(m *matches) {
	p.matches = m
	p.chosen = make([]atomic.Pointer[chunk], len(m.chunks))
}

// View is the view that the features are of.
func (s *Selection) View() *View { return s.view }

// Prepare works out the filter for a tile with a margin of so many units, until
// ctx ends. What is not prepared is worked out where it is needed, and cannot be
// stopped.
func (s *Selection) Prepare(ctx context.Context, t geo.TileID, margin uint32) error {
	for n := range s.parts {
		p := &s.parts[n]
		if p.matches == nil {
			continue
		}
		if err := p.matches.prepare(ctx, p.unready(t, margin)); err != nil {
			return err
		}
	}
	return nil
}

// unready lists the chunks that hold rows of a tile and are not worked out.
func (p *picked) unready(t geo.TileID, margin uint32) []int {
	wanted := make([]bool, len(p.alive))
	low, high := p.between(t.MortonRange())
	for k := low / chunkRows; k*chunkRows < high; k++ {
		wanted[k] = true
	}
	if p.shapes != nil {
		p.shapes.Search(t.FixedBox().Grow(margin), func(row int) bool {
			wanted[row/chunkRows] = true
			return true
		})
	}
	var all []int
	for k, is := range wanted {
		if is && !p.matches.ready(k) {
			all = append(all, k)
		}
	}
	return all
}

// chunk is which rows of a chunk are selected; nil is all.
func (p *picked) chunk(k int) *chunk {
	if p.matches == nil {
		return p.alive[k]
	}
	if c := p.chosen[k].Load(); c != nil {
		return c
	}
	c := p.matches.chunk(k).and(p.alive[k])
	p.chosen[k].Store(c)
	return c
}

// picks reports whether a row is selected.
func (p *picked) picks(row int) bool { return p.chunk(row / chunkRows).has(row % chunkRows) }

// each visits the selected rows among low…high-1, in order.
func (p *picked) each(low, high int, visit func(row int)) {
	eachChunk(low, high, func(k, first, low, high int) {
		p.chunk(k).each(low, high, func(i int) { visit(first + i) })
	})
}

// count is the number of selected rows among low…high-1.
func (p *picked) count(low, high int) int {
	n := 0
	eachChunk(low, high, func(k, _, low, high int) { n += p.chunk(k).countRange(low, high) })
	return n
}

// eachChunk cuts the rows low…high-1 into chunks. It gives the chunk, its first
// row, and the rows counted from that one.
func eachChunk(low, high int, visit func(k, first, low, high int)) {
	for low < high {
		k := low / chunkRows
		first := k * chunkRows
		end := min(first+chunkRows, high)
		visit(k, first, low-first, end-first)
		low = end
	}
}

// Count is the number of selected features whose anchor lies in the tile: a feature
// counts in one tile of a zoom.
func (s *Selection) Count(t geo.TileID) int {
	first, last := t.MortonRange()
	n := 0
	for i := range s.parts {
		low, high := s.parts[i].between(first, last)
		n += s.parts[i].count(low, high)
	}
	return n
}

// Points visits every selected feature whose anchor lies in the tile and which is
// shown at its zoom.
func (s *Selection) Points(t geo.TileID, visit func(Row)) {
	first, last := t.MortonRange()
	for n := range s.parts {
		p := &s.parts[n]
		low, high := p.between(first, last)
		p.each(low, high, func(row int) {
			if p.firstZoom(row) <= t.Z {
				visit(Row{uint32(n), uint32(row)})
			}
		})
	}
}

// Shapes visits the selected features whose bounds meet the tile with a margin of
// so many units around it and which are shown at its zoom. It is for layers that
// are none of plain points.
func (s *Selection) Shapes(t geo.TileID, margin uint32, visit func(Row)) {
	box := t.FixedBox().Grow(margin)
	for n := range s.parts {
		p := &s.parts[n]
		p.shapes.Search(box, func(row int) bool {
			if p.firstZoom(row) <= t.Z && p.picks(row) {
				visit(Row{uint32(n), uint32(row)})
			}
			return true
		})
	}
}
