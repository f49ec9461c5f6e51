package live

import (
	"cmp"
	"slices"
	"strconv"

	"yiping/geo"
	"yiping/geo/cell"
	"yiping/heatmap"
	"yiping/layers/cql2"
	"yiping/stream"
)

// view is the cells of one resolution of a picture.
type view struct {
	*picture

	resolution int
}

// whole finds cells of any resolution.
type whole struct{ view }

var (
	_ stream.Cells = view{}
	_ stream.Keyed = whole{}
)

// A row is the resolution above the place in its level, 32 bits each.
const levelShift = 32

// Find is the row of a cell.
func (v view) Find(id int64) (stream.Row, bool) {
	l := v.level(v.resolution)
	i, ok := slices.BinarySearchFunc(l.cells, cell.Cell(id), func(h heatmap.Heat, c cell.Cell) int { return cmp.Compare(h.Cell, c) })
	return v.row(i), ok
}

func (v view) row(i int) stream.Row { return stream.Row(v.resolution)<<levelShift | stream.Row(i) }

// Find is the row of a cell of any resolution.
func (w whole) Find(id int64) (stream.Row, bool) {
	resolution := cell.Cell(id).Resolution()
	if n := resolution - w.coarsest; n < 0 || n >= len(w.levels) {
		return 0, false
	}
	return view{w.picture, resolution}.Find(id)
}

// Lookup is the cell of a key.
func (w whole) Lookup(key string) (id int64, ok bool) {
	c, err := cell.Parse(key)
	return int64(c), err == nil
}

// heat is that of a row, and at its centre.
func (p *picture) heat(r stream.Row) heatmap.Heat {
	return p.level(int(r >> levelShift)).cells[uint32(r)]
}

// ID is the cell.
func (p *picture) ID(r stream.Row) int64 { return int64(p.heat(r).Cell) }

// Anchor is the centre.
func (p *picture) Anchor(r stream.Row) geo.Fixed { return p.level(int(r >> levelShift)).at[uint32(r)] }

// Bounds is the centre: a cell is a member by that alone.
func (p *picture) Bounds(r stream.Row) geo.FixedBox { return boxAt(p.Anchor(r)) }

// AppendKey appends a cell as JSON.
func (p *picture) AppendKey(b []byte, id int64) []byte {
	return append(strconv.AppendInt(append(b, '"'), id, 16), '"') // cells have no sign
}

// AppendMetrics appends the fields of a row, in the order of the description.
func (p *picture) AppendMetrics(b []float32, r stream.Row) []float32 {
	h, synthetic := p.heat(r), float32(0)
	if p.synthetic {
		synthetic = 1
	}
	return append(b, float32(h.Devices), float32(h.Density), float32(h.In), float32(h.Out), synthetic)
}

// Writer writes rows as flat objects.
func (p *picture) Writer(fields []string) func(b []byte, r stream.Row) []byte {
	has := func(name string) bool { return fields == nil || slices.Contains(fields, name) }
	devices, density, synthetic := has(fieldDevices), has(fieldDensity), has(fieldSynthetic)
	in, out := has(fieldIn), has(fieldOut)
	return func(b []byte, r stream.Row) []byte {
		h, at := p.heat(r), stream.PlaceOf(p.Anchor(r))
		b = p.AppendKey(append(b, `{"k":`...), int64(h.Cell))
		b = strconv.AppendUint(append(b, `,"ver":`...), p.seq, 10)
		b = strconv.AppendInt(append(b, `,"t":`...), p.time.UnixMilli(), 10)
		b = strconv.AppendFloat(append(b, `,"lon":`...), at[0], 'f', -1, 64)
		b = strconv.AppendFloat(append(b, `,"lat":`...), at[1], 'f', -1, 64)
		if devices {
			b = strconv.AppendInt(append(b, `,"n":`...), int64(h.Devices), 10)
		}
		if density { // as binary frames have it
			b = strconv.AppendFloat(append(b, `,"d":`...), h.Density, 'g', -1, 32)
		}
		if in {
			b = strconv.AppendInt(append(b, `,"in":`...), int64(h.In), 10)
		}
		if out {
			b = strconv.AppendInt(append(b, `,"out":`...), int64(h.Out), 10)
		}
		if synthetic {
			b = strconv.AppendBool(append(b, `,"synthetic":`...), p.synthetic)
		}
		return append(b, '}')
	}
}

// Select prepares a filter. The error is an InputError if it names what cells do not
// have.
func (v view) Select(f *cql2.Filter) (stream.Selection, error) {
	if f == nil {
		return selection{v: v}, nil
	}
	m, err := f.Compile(columns{v})
	return selection{v, m}, err
}

// selection is the cells of a view that a filter takes; nil takes all.
type selection struct {
	v       view
	matcher *cql2.Matcher
}

// Has reports whether a cell is taken.
func (s selection) Has(r stream.Row) bool {
	return s.matcher == nil || s.matcher.Match(int(uint32(r))) == cql2.True
}

// Within visits the cells with their centre in a box. It looks at all of the
// resolution.
func (s selection) Within(box geo.FixedBox, visit func(stream.Row) bool) {
	for i, at := range s.v.level(s.v.resolution).at {
		if r := s.v.row(i); box.Contains(at) && s.Has(r) && !visit(r) {
			return
		}
	}
}
