package track

import (
	"slices"
	"strings"
	"sync"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/stream"
)

// filterKeep is how many filters stay compiled.
const filterKeep = 256

// filters keeps compiled filters: views come and go many times a second, what is
// asked of them stays.
type filters struct {
	mu sync.Mutex
	by map[string]*compiled
}

func newFilters() filters { return filters{by: map[string]*compiled{}} }

// compiled is a filter ready for any view: each use takes a matcher whose columns
// read the view that is put there.
type compiled struct{ ready sync.Pool }

// matching is a matcher and the view that it reads.
type matching struct {
	matcher *cql2.Matcher
	columns *columns
}

// compile prepares a filter.
func (t *Tracker) compile(f *cql2.Filter) (*compiled, error) {
	form := f.Canonical()
	t.filters.mu.Lock()
	c := t.filters.by[form]
	t.filters.mu.Unlock()
	if c != nil {
		return c, nil
	}
	first, err := t.matching(f)
	if err != nil {
		return nil, err
	}
	c = &compiled{}
	c.ready.New = func() any {
		m, err := t.matching(f)
		if err != nil { // it has been compiled before
			panic(err)
		}
		return m
	}
	c.ready.Put(first)
	t.filters.mu.Lock()
	defer t.filters.mu.Unlock()
	if len(t.filters.by) >= filterKeep {
		clear(t.filters.by)
	}
	t.filters.by[form] = c
	return c, nil
}

func (t *Tracker) matching(f *cql2.Filter) (*matching, error) {
	m := &matching{columns: &columns{d: t.d}}
	var err error
	m.matcher, err = f.Compile(m.columns)
	return m, err
}

// Select prepares a filter. The error is an InputError if it names what rows do not
// have.
func (v *view) Select(f *cql2.Filter) (stream.Selection, error) {
	if f == nil {
		return selection{v: v}, nil
	}
	c, err := v.t.compile(f)
	return selection{v, c}, err
}

// selection is the rows of a view that a filter takes; nil takes all.
type selection struct {
	v *view
	c *compiled
}

// Has reports whether a row is taken.
func (s selection) Has(r stream.Row) bool {
	if s.c == nil {
		return true
	}
	m := s.c.ready.Get().(*matching)
	defer s.c.ready.Put(m)
	m.columns.rows = s.v.rows
	return m.matcher.Match(int(r)) == cql2.True
}

// Within visits the rows in a box that are taken.
func (s selection) Within(box geo.FixedBox, visit func(stream.Row) bool) {
	var m *matching
	if s.c != nil {
		m = s.c.ready.Get().(*matching)
		defer s.c.ready.Put(m)
		m.columns.rows = s.v.rows
	}
	s.v.places.within(box, func(handle uint32) bool {
		if !box.Contains(s.v.rows.at(int(handle)).at) || m != nil && m.matcher.Match(int(handle)) != cql2.True {
			return true
		}
		return visit(stream.Row(handle))
	})
}

// columns are the rows of a view as filters read them.
type columns struct {
	d    *Definition
	rows frozen[row]
}

// reads says which columns of a made-up layer rows have, beside their own properties.
const (
	columnKey  = "code"
	columnTime = "updated_at"
	columnGeom = "geom"
)

// Column reads a property.
func (c *columns) Column(p cql2.Property) (cql2.Column, error) {
	number := func(units float64, value func(*row) uint16) cql2.Column {
		return numbers{c, func(r *row) (float64, bool) { v := value(r); return unscaled(v, units), v != unknown }}
	}
	switch {
	case p.Name == columnKey:
		return texts{c, func(r *row) (string, bool) { return r.key, true }}, nil
	case p.Name == columnTime:
		return integers{c, func(r *row) (int64, bool) { return r.time * 1000, true }}, nil
	case p.Name == columnGeom:
		return points{c}, nil
	case p.Name == memberSynthetic:
		return booleans{c, func(r *row) (v, known bool) { return r.flags.has(synthetic), true }}, nil
	case p.Name == memberStale:
		return booleans{c, func(r *row) (v, known bool) { return r.flags.has(stale), true }}, nil
	case c.d.Mover && p.Name == memberSpeed:
		return number(speedUnits, func(r *row) uint16 { return r.speed }), nil
	case c.d.Mover && p.Name == memberHeading:
		return number(headingUnits, func(r *row) uint16 { return r.heading }), nil
	case c.d.Mover && p.Name == memberState:
		return integers{c, func(r *row) (int64, bool) { return int64(r.state), true }}, nil
	}
	i := slices.IndexFunc(c.d.Fields, func(f Field) bool { return f.Name == p.Name })
	if i < 0 {
		return nil, layers.InputErrorf("where", "%q is not kept of the objects of this stream; there are: %s", p.Name, c.d.filterNames())
	}
	switch c.d.Fields[i].Type {
	case layers.String:
		return texts{c, fieldOf[string](i)}, nil
	case layers.Boolean:
		return booleans{c, fieldOf[bool](i)}, nil
	case layers.Integer:
		return integers{c, fieldOf[int64](i)}, nil
	default:
		return numbers{c, fieldOf[float64](i)}, nil
	}
}

// filterNames lists what filters may name.
func (d *Definition) filterNames() string {
	names := []string{columnKey, columnTime, columnGeom}
	for _, p := range d.Properties() {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// fieldOf reads a field.
func fieldOf[T any](i int) func(*row) (T, bool) {
	return func(r *row) (v T, known bool) {
		if r.fields == nil {
			return v, false
		}
		v, known = r.fields[i].(T)
		return v, known
	}
}

type (
	booleans struct {
		c    *columns
		read func(*row) (bool, bool)
	}
	integers struct {
		c    *columns
		read func(*row) (int64, bool)
	}
	numbers struct {
		c    *columns
		read func(*row) (float64, bool)
	}
	texts struct {
		c    *columns
		read func(*row) (string, bool)
	}
	points struct{ c *columns }
)

func nulls[T any](c *columns, read func(*row) (T, bool), from, n int, null *cql2.Bits) {
	for i := range n {
		if _, known := read(c.rows.at(from + i)); !known {
			null.Set(i)
		}
	}
}

func fill[T any](c *columns, read func(*row) (T, bool), from int, dst []T) {
	for i := range dst {
		dst[i], _ = read(c.rows.at(from + i))
	}
}

func (b booleans) Nulls(row, n int, null *cql2.Bits) { nulls(b.c, b.read, row, n, null) }
func (v integers) Nulls(row, n int, null *cql2.Bits) { nulls(v.c, v.read, row, n, null) }
func (v numbers) Nulls(row, n int, null *cql2.Bits)  { nulls(v.c, v.read, row, n, null) }
func (v texts) Nulls(row, n int, null *cql2.Bits)    { nulls(v.c, v.read, row, n, null) }
func (points) Nulls(int, int, *cql2.Bits)            {}

func (v integers) Ints(row int, dst []int64)    { fill(v.c, v.read, row, dst) }
func (v numbers) Floats(row int, dst []float64) { fill(v.c, v.read, row, dst) }
func (v texts) Texts(row int, dst []string)     { fill(v.c, v.read, row, dst) }

func (b booleans) Bools(row, n int, dst *cql2.Bits) {
	for i := range n {
		if v, _ := b.read(b.c.rows.at(row + i)); v {
			dst.Set(i)
		}
	}
}

func (p points) Bound(row, n int) orb.Bound {
	b := p.c.rows.at(row).place().Bound()
	for i := 1; i < n; i++ {
		b = b.Extend(p.c.rows.at(row + i).place())
	}
	return b
}

func (p points) Points(row int, lon, lat []float64) {
	for i := range lon {
		at := p.c.rows.at(row + i).place()
		lon[i], lat[i] = at[0], at[1]
	}
}
