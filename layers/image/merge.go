package image

import (
	"fmt"
	"math"
	"slices"

	"yiping/geo"
)

// mergeAtOnce is the most rows that Apply merges itself; larger segments are left
// to Merge.
const mergeAtOnce = 1 << 15

// mergeFrom is the first of the parts that are worth a merge with all behind them:
// those that together are not much smaller than it. Segments so grow in steps, and
// a row is copied a few times at most on its way to the base. The first held parts
// are left alone, and a merge has no more than limit rows. Without anything to
// merge it is the last part.
func mergeFrom(parts []part, held, limit int) int {
	last := len(parts) - 1
	from, sum := last, 0
	for n := last; n >= held; n-- {
		rows := parts[n].live
		if n < last && sum+rows <= limit && sum*growth(n) >= rows {
			from = n
		}
		sum += rows
	}
	return from
}

// growth is how many times larger than all behind it a segment may be to be left
// alone. The base is dear to rewrite.
func growth(n int) int {
	if n == 0 {
		return 8
	}
	return 2
}

// wasteful reports whether more than a quarter of a part is dead.
func wasteful(p part) bool { return p.live < p.rows()-p.rows()/4 }

// Merge rewrites segments that have grown too many or hold too much that is gone;
// with everything set, it makes one of all. Readers and Apply go on meanwhile. It
// does nothing while another Merge is at work, and reports whether it has merged.
func (i *Image) Merge(everything bool) (bool, error) {
	if !i.merging.TryLock() {
		return false, nil
	}
	defer i.merging.Unlock()
	before, from, lists := i.hold(everything)
	if before == nil {
		return false, nil
	}
	merged, err := i.merge(before[from:], lists)
	i.mu.Lock()
	defer i.mu.Unlock()
	held := i.held
	i.held = 0
	if err != nil {
		return false, fmt.Errorf("merge the image of %s: %w", i.layer.Name, err)
	}
	if held == 0 {
		return false, nil // a Load has replaced everything
	}
	v := i.view.Load()
	e := newEdit(merged)
	for n := from; n < len(before); n++ {
		eachKilled(before[n], v.parts[n], func(id int64) { e.remove(id) })
	}
	parts := slices.Concat(v.parts[:from], e.parts, v.parts[held:])
	i.install(parts, v.cut, v.mark)
	return true, nil
}

// hold chooses what to merge, and keeps Apply from merging it too. The parts are
// nil if there is nothing to do.
func (i *Image) hold(everything bool) (parts []part, from int, lists [][]string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	v := i.view.Load()
	if v == nil || len(v.parts) == 0 {
		return nil, 0, nil
	}
	last := len(v.parts) - 1
	from = mergeFrom(v.parts, 0, math.MaxInt)
	worth := from < last
	if n := slices.IndexFunc(v.parts, wasteful); n >= 0 {
		from, worth = min(from, n), true
	}
	if everything {
		from, worth = 0, last > 0 || v.parts[0].live < v.parts[0].rows()
	}
	if !worth {
		return nil, 0, nil
	}
	i.held = len(v.parts)
	return v.parts, from, texts(i.dictionaries)
}

// eachKilled visits the ids of the rows of a part that have died between two views.
func eachKilled(before, after part, visit func(id int64)) {
	for k, now := range after.alive {
		then := before.alive[k]
		if then == now {
			continue
		}
		rows := min(chunkRows, before.rows()-k*chunkRows)
		then.each(0, rows, func(i int) {
			if !now.has(i) {
				visit(before.ids.at(k*chunkRows + i))
			}
		})
	}
}

// merge makes one part, or none, of the live rows of several.
func (i *Image) merge(parts []part, lists [][]string) ([]part, error) {
	pieces := make([]piece, len(parts))
	for n, p := range parts {
		pieces[n] = piece{table: &p.table, shapes: p.shapes}
		if p.live < p.rows() {
			pieces[n].rows, pieces[n].some = p.liveRows(), true
		}
	}
	s, err := i.build(pieces, lists)
	if err != nil || s.rows() == 0 {
		return nil, err
	}
	return []part{newPart(s)}, nil
}

func (p *part) liveRows() []uint32 {
	rows := make([]uint32, 0, p.live)
	eachChunk(0, p.rows(), func(k, first, low, high int) {
		p.alive[k].each(low, high, func(i int) { rows = append(rows, uint32(first+i)) })
	})
	return rows
}

// edit is the parts of a view with some of their rows taken out.
type edit struct {
	parts []part
	// owned says whose lists of chunks are the edit's own, copied which chunks.
	owned  []bool
	copied map[*chunk]bool
}

func newEdit(parts []part) *edit {
	return &edit{slices.Clone(parts), make([]bool, len(parts)), make(map[*chunk]bool)}
}

// remove takes a feature out and gives the bounds that it had.
func (e *edit) remove(id int64) (geo.FixedBox, bool) {
	for n := len(e.parts) - 1; n >= 0; n-- {
		if row, ok := e.parts[n].find(id); ok && e.parts[n].has(row) {
			e.kill(n, row)
			return e.parts[n].bounds(row), true
		}
	}
	return geo.FixedBox{}, false
}

// kill takes a live row out of a part.
func (e *edit) kill(n, row int) {
	p := &e.parts[n]
	e.writable(n, row/chunkRows).unset(row % chunkRows)
	p.live--
	if p.generated.trues.has(row) {
		p.synthetic--
	}
}

// writable is a chunk of a part as the edit's own.
func (e *edit) writable(n, k int) *chunk {
	p := &e.parts[n]
	if c := p.alive[k]; e.copied[c] {
		return c
	}
	if !e.owned[n] {
		p.alive, e.owned[n] = slices.Clone(p.alive), true
	}
	var c *chunk
	if old := p.alive[k]; old != nil {
		c = &chunk{words: old.words, count: old.count}
	} else {
		c = fullChunk(min(chunkRows, p.rows()-k*chunkRows))
	}
	p.alive[k], e.copied[c] = c, true
	return c
}
