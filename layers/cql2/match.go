package cql2

import (
	"iter"
	"sync"
)

// Truth is the value of a filter for a row in three-valued logic.
type Truth uint8

// The truth values. A filter takes the rows for which it is True.
const (
	False Truth = iota
	Unknown
	True
)

// String is "false", "unknown" or "true".
func (t Truth) String() string { return [...]string{"false", "unknown", "true"}[t] }

// Matcher is a filter compiled for columns. It works on blocks of rows: each
// condition runs as one tight loop over a column. It allocates nothing for a row
// but where a filter folds texts that are in no dictionary, or relates
// geometries that their bounds cannot tell apart.
type Matcher struct {
	root    condition
	scratch sync.Pool
}

// Compile prepares the filter for columns. The matcher is valid as long as the
// columns are.
func (f *Filter) Compile(columns Columns) (*Matcher, error) {
	c := compiler{columns: columns}
	root, err := c.condition(f.root)
	if err != nil {
		return nil, err
	}
	m := &Matcher{root: root}
	needs := c.needs
	m.scratch.New = func() any { return needs.scratch() }
	return m, nil
}

// Match is the truth of the filter for one row.
func (m *Matcher) Match(row int) Truth {
	s := m.take()
	defer m.scratch.Put(s)
	m.test(s, row, 1)
	switch {
	case s.out.yes.Has(0):
		return True
	case s.out.no.Has(0):
		return False
	default:
		return Unknown
	}
}

// Block sets in matched the bits of the rows among row…row+n-1 for which the
// filter is true, and unsets all others. n is at most BlockRows.
func (m *Matcher) Block(row, n int, matched *Bits) {
	s := m.take()
	defer m.scratch.Put(s)
	m.block(s, row, n, matched)
}

func (m *Matcher) block(s *scratch, row, n int, matched *Bits) {
	m.test(s, row, n)
	for w := range matched {
		matched[w] = s.out.yes[w] & s.all[w]
	}
}

// Rows yields, in order, the rows from low up to but not including high for
// which the filter is true.
func (m *Matcher) Rows(low, high int) iter.Seq[int] {
	return func(yield func(int) bool) {
		s := m.take()
		defer m.scratch.Put(s)
		var matched Bits
		for row := low; row < high; row += BlockRows {
			m.block(s, row, min(BlockRows, high-row), &matched)
			more := true
			matched.all(func(i int) { more = more && yield(row+i) })
			if !more {
				return
			}
		}
	}
}

// Count is the number of rows from low up to but not including high for which
// the filter is true.
func (m *Matcher) Count(low, high int) int {
	s := m.take()
	defer m.scratch.Put(s)
	var matched Bits
	count := 0
	for row := low; row < high; row += BlockRows {
		m.block(s, row, min(BlockRows, high-row), &matched)
		count += matched.Count()
	}
	return count
}

func (m *Matcher) take() *scratch { return m.scratch.Get().(*scratch) }

func (m *Matcher) test(s *scratch, row, n int) {
	s.block = block{row, n, s}
	s.all = first(n)
	m.root.test(&s.block, &s.all, &s.out)
}

// condition is a compiled boolean expression.
type condition interface {
	// test works out the rows in need. Other rows may get any bits.
	test(b *block, need *Bits, out *truth)
}

// truth holds the truth of a block's rows; a row in neither is unknown.
type truth struct{ yes, no Bits }

// decide fills t from the rows for which a comparison holds and the nulls.
func (t *truth) decide(holds, null *Bits) {
	for w := range t.yes {
		t.yes[w] = holds[w] &^ null[w]
		t.no[w] = ^holds[w] &^ null[w]
	}
}

// block is a run of rows under test and the buffers for it.
type block struct {
	row, n int
	*scratch
}

// scratch is the memory of one test. Compiled nodes own their buffers in it by
// number, so that the nodes themselves stay shared and immutable.
type scratch struct {
	block  block
	all    Bits
	out    truth
	bits   []Bits
	truths []truth
	ints   [][]int64
	floats [][]float64
	texts  [][]string
	codes  [][]uint32
	shapes []shapeBuffer
}

// needs counts the buffers that a compiled filter uses.
type needs struct{ bits, truths, ints, floats, texts, codes, shapes int }

func (n needs) scratch() *scratch {
	return &scratch{
		bits:   make([]Bits, n.bits),
		truths: make([]truth, n.truths),
		ints:   buffers[int64](n.ints),
		floats: buffers[float64](n.floats),
		texts:  buffers[string](n.texts),
		codes:  buffers[uint32](n.codes),
		shapes: make([]shapeBuffer, n.shapes),
	}
}

func buffers[T any](n int) [][]T {
	out := make([][]T, n)
	for i := range out {
		out[i] = make([]T, BlockRows)
	}
	return out
}

// slot gives out buffer numbers.
func slot(counter *int) int {
	*counter++
	return *counter - 1
}
