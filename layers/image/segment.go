package image

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"golang.org/x/sync/errgroup"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/image/internal/shape"
)

// table is rows by column, in any order.
type table struct {
	keys    []uint64
	ids     ints
	columns []column
}

func newTable(properties []layers.Property) table {
	t := table{columns: make([]column, len(properties))}
	for n, p := range properties {
		t.columns[n].kind = kindOf(p.Type)
	}
	return t
}

// segment is rows in the order of their keys, those of equal keys in the order of
// their ids. It is immutable.
type segment struct {
	// number tells segments of an image apart.
	number uint64
	table
	shapes *shape.Arena // nil for points
	// byID is the rows in the order of their ids.
	byID []uint32
	// texts are the dictionaries as they were when the segment was built: they
	// know all its codes.
	texts [][]string
	// first is the place of the layer's first-zoom column, -1 for none.
	first int
	// generated is the column that says which rows are synthetic.
	generated *column
	regions   regionRuns
	cells     directory
	tally     tally
}

func (s *segment) rows() int { return len(s.keys) }

func (s *segment) anchor(row int) geo.Fixed { return geo.FixedFromMorton(s.keys[row]) }

// bounds is the box of a row.
func (s *segment) bounds(row int) geo.FixedBox {
	if s.shapes != nil {
		return s.shapes.Bounds(row)
	}
	a := s.anchor(row)
	return geo.FixedBox{Min: a, Max: a}
}

// find is the row of an id.
func (s *segment) find(id int64) (row int, ok bool) {
	n := len(s.byID)
	at := sort.Search(n, func(i int) bool { return s.ids.at(int(s.byID[i])) >= id })
	if at == n || s.ids.at(int(s.byID[at])) != id {
		return 0, false
	}
	return int(s.byID[at]), true
}

// between is the run of rows whose keys are first…last.
func (s *segment) between(first, last uint64) (low, high int) {
	low = sort.Search(len(s.keys), func(i int) bool { return s.keys[i] >= first })
	high = low + sort.Search(len(s.keys)-low, func(i int) bool { return s.keys[low+i] > last })
	return low, high
}

// firstZoom is the lowest zoom that shows a row.
func (s *segment) firstZoom(row int) geo.Zoom {
	if s.first < 0 {
		return 0
	}
	return geo.Zoom(max(0, min(s.columns[s.first].ints.at(row), int64(geo.MaxZoom))))
}

// rank orders the points of a cell: the least is shown. Equal ranks are told apart
// by the id, see before.
func (s *segment) rank(row int) uint64 {
	return uint64(s.firstZoom(row))<<58 | mix(uint64(s.ids.at(row)))>>6
}

// mix scatters ids (the finaliser of SplitMix64: Steele, Lea, Flood 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// piece is rows that go into a segment.
type piece struct {
	*table
	shapes *shape.Arena // nil for points
	// rows are the ones to take, if only some are.
	rows []uint32
	some bool
	// remap translates codes by column; nil keeps them.
	remap [][]uint32
}

func (p *piece) count() int {
	if p.some {
		return len(p.rows)
	}
	return len(p.keys)
}

func (p *piece) each(visit func(row int)) {
	if p.some {
		for _, row := range p.rows {
			visit(int(row))
		}
		return
	}
	for row := range p.keys {
		visit(row)
	}
}

var errTooMany = errors.New("more rows than 2^32-1")

// build makes a segment of pieces, whose codes are after remap those of texts.
func (i *Image) build(pieces []piece, texts [][]string) (*segment, error) {
	n := 0
	for _, p := range pieces {
		n += p.count()
	}
	if n > math.MaxUint32 {
		return nil, errTooMany
	}
	s := &segment{number: i.segments.Add(1), texts: texts, table: newTable(i.properties), first: i.place(i.layer.Zoom.Property)}
	keys := make([]uint64, 0, n)
	var ids ints
	for _, p := range pieces {
		p.each(func(row int) {
			keys = append(keys, p.keys[row])
			ids.append(p.ids.at(row))
		})
	}
	var from []uint32
	s.keys, from = sortKeys(keys)
	sortTies(s.keys, from, &ids)
	if err := s.fill(pieces, from, &ids); err != nil {
		return nil, err
	}
	if shaped(i.layer) {
		var err error
		if s.shapes, err = gatherShapes(pieces, from); err != nil {
			return nil, err
		}
	}
	return s, s.derive(i)
}

// fill brings ids and columns into the order of the keys.
func (s *segment) fill(pieces []piece, from []uint32, ids *ints) error {
	var g errgroup.Group
	g.SetLimit(2)
	g.Go(func() error {
		s.ids = ids.permuted(from)
		return nil
	})
	for c := range s.columns {
		g.Go(func() error {
			kind := s.columns[c].kind // which no pieces would not tell
			s.columns[c] = gather(pieces, c, from)
			s.columns[c].kind = kind
			return nil
		})
	}
	return g.Wait()
}

// gather is a column of all pieces, one after another, permuted.
func gather(pieces []piece, c int, from []uint32) column {
	var all column
	row := 0
	for _, p := range pieces {
		var remap []uint32
		if p.remap != nil {
			remap = p.remap[c]
		}
		source := &p.columns[c]
		all.kind = source.kind
		p.each(func(at int) {
			all.put(row, source, at, remap)
			row++
		})
	}
	return all.permuted(from)
}

// gatherShapes is the shapes of all pieces, one after another, permuted.
func gatherShapes(pieces []piece, from []uint32) (*shape.Arena, error) {
	sources := make([]*shape.Arena, len(pieces))
	refs := make([]shape.Ref, 0, len(from))
	for n, p := range pieces {
		sources[n] = p.shapes
		p.each(func(row int) { refs = append(refs, shape.Ref{Source: uint32(n), Row: uint32(row)}) })
	}
	return shape.Gather(sources, pick(refs, from))
}

// derive computes what follows from the rows.
func (s *segment) derive(i *Image) error {
	s.generated = &s.columns[i.place("synthetic")]
	s.regions = newRegionRuns(s.columns, i.regionPlaces(), s.rows())
	s.byID = orderOf(&s.ids)
	for n := 1; n < len(s.byID); n++ {
		if id := s.ids.at(int(s.byID[n])); id == s.ids.at(int(s.byID[n-1])) {
			return fmt.Errorf("id %d comes twice", id)
		}
	}
	if s.shapes == nil {
		s.cells = newDirectory(s)
		s.tally = newTally(s, i.place(i.layer.Tiles.CountBy))
	}
	return nil
}

// place is that of the column of that name, -1 for none.
func (i *Image) place(name string) int {
	for n, p := range i.properties {
		if p.Name == name {
			return n
		}
	}
	return -1
}
