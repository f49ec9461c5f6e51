package stream

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"yiping/geo/cell"
)

// tally is how many members lie in each cell. Counts hold members only, so that they
// sum to their number.
type tally struct {
	lod    lod
	cells  map[int64]cell.Cell // of each member, by id
	counts map[cell.Cell]int
	// before is what the client has been told of cells whose count has changed.
	before map[cell.Cell]int
}

func newTally(l lod) *tally {
	return &tally{lod: l, cells: map[int64]cell.Cell{}, counts: map[cell.Cell]int{}, before: map[cell.Cell]int{}}
}

// count counts all members by cell.
func (r *reader) count(l lod, limits *Limits) (*tally, *RequestError) {
	t := newTally(l)
	r.selections[0].Within(r.area.box, func(row Row) bool {
		if r.takes(row) {
			t.put(r.view.ID(row), r.cell(l, row))
		}
		return len(t.cells) <= limits.Counted && len(t.counts) <= limits.Rows
	})
	switch {
	case len(t.cells) > limits.Counted:
		return nil, faultf(TooMany, "more than %d objects to be counted; choose a smaller area, or filter", limits.Counted)
	case len(t.counts) > limits.Rows:
		return nil, faultf(TooMany, "more than %d cells; choose a coarser lod", limits.Rows)
	}
	clear(t.before)
	return t, nil
}

func (r *reader) cell(l lod, row Row) cell.Cell {
	return cell.At(PlaceOf(r.view.Anchor(row)), int(l))
}

// put moves a member to a cell; none takes it away.
func (t *tally) put(id int64, to cell.Cell) {
	from := t.cells[id]
	if from == to {
		return
	}
	if from != 0 {
		t.add(from, -1)
		delete(t.cells, id)
	}
	if to != 0 {
		t.add(to, 1)
		t.cells[id] = to
	}
}

func (t *tally) add(c cell.Cell, n int) {
	if _, noted := t.before[c]; !noted {
		t.before[c] = t.counts[c]
	}
	if t.counts[c] += n; t.counts[c] == 0 {
		delete(t.counts, c)
	}
}

// look takes note of what has become of keys.
func (t *tally) look(r *reader, keys map[int64]struct{}) {
	for id := range keys {
		to := cell.Cell(0)
		if row, there := r.view.Find(id); there && r.takes(row) {
			to = r.cell(t.lod, row)
		}
		t.put(id, to)
	}
}

// news is what a client has to be told since the last time: cells whose count has
// changed, and those that have none any more.
func (t *tally) news() (up []cell.Cell, leave []int64) {
	for _, c := range slices.Sorted(maps.Keys(t.before)) {
		switch t.counts[c] {
		case t.before[c]:
		case 0:
			leave = append(leave, int64(c))
		default:
			up = append(up, c)
		}
	}
	clear(t.before)
	return up, leave
}

// batch is rows of counts as of a place in the stream.
func (t *tally) batch(cells []cell.Cell, seq uint64, now time.Time) *textBatch {
	numbers := make([]int, len(cells)) // the counts may go on before all parts are out
	for i, c := range cells {
		numbers[i] = t.counts[c]
	}
	return &textBatch{
		rows: len(cells),
		write: func(b []byte, i int) []byte {
			at := cells[i].Center()
			b = append(appendCell(append(b, `{"k":`...), int64(cells[i])), `,"ver":`...)
			b = strconv.AppendUint(b, seq, 10)
			b = strconv.AppendInt(append(b, `,"t":`...), now.UnixMilli(), 10)
			b = strconv.AppendFloat(append(b, `,"lon":`...), at[0], 'f', 7, 64)
			b = strconv.AppendFloat(append(b, `,"lat":`...), at[1], 'f', 7, 64)
			b = strconv.AppendInt(append(b, `,"n":`...), int64(numbers[i]), 10)
			return append(b, '}')
		},
		key:   appendCell,
		holds: content{cells: cells, numbers: numbers},
	}
}

// appendCell writes a cell as a key. Cells have no sign.
func appendCell(b []byte, c int64) []byte {
	return append(strconv.AppendInt(append(b, '"'), c, 16), '"')
}
