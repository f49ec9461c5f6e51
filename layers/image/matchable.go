package image

import (
	"math"
	"math/bits"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers/cql2"
	"yiping/layers/image/internal/shape"
)

// segmentColumns is a segment as the columns of a matcher.
type segmentColumns struct {
	segment *segment
	image   *Image
}

// has reports whether the image has a property of that name.
func (i *Image) has(name string) bool { return name == "id" || name == "geom" || i.place(name) >= 0 }

// Column finds the reader of a property.
func (c segmentColumns) Column(p cql2.Property) (cql2.Column, error) {
	s := c.segment
	switch {
	case p.Name == "id":
		return intColumn{&s.ids, nil}, nil
	case p.Name == "geom" && s.shapes == nil:
		return pointColumn(s.keys), nil
	case p.Name == "geom":
		return shapeColumn{s.shapes}, nil
	}
	n := c.image.place(p.Name)
	if n < 0 {
		return nil, &ColumnError{c.image.layer.Name, p.Name}
	}
	column := &s.columns[n]
	switch column.kind {
	case Int:
		return intColumn{&column.ints, column.nulls}, nil
	case Float:
		return floatColumn{&column.floats, column.nulls}, nil
	case Bool:
		return boolColumn{column.trues, column.nulls}, nil
	default:
		codes := codeColumn{&column.ints, s.texts[n]}
		if s.rows() < len(codes.texts) { // then rows are less work than entries
			return textColumn{codes}, nil
		}
		return codes, nil
	}
}

type intColumn struct {
	values *ints
	nulls  bitset
}

func (c intColumn) Ints(row int, dst []int64)           { copyInts(c.values, row, dst) }
func (c intColumn) Nulls(row, n int, null *cql2.Bits)   { c.nulls.read(row, n, null) }
func (c floatColumn) Floats(row int, dst []float64)     { c.values.read(row, dst) }
func (c floatColumn) Nulls(row, n int, null *cql2.Bits) { c.nulls.read(row, n, null) }
func (c boolColumn) Bools(row, n int, dst *cql2.Bits)   { c.trues.read(row, n, dst) }
func (c boolColumn) Nulls(row, n int, null *cql2.Bits)  { c.nulls.read(row, n, null) }
func (c codeColumn) Dictionary() []string               { return c.texts }
func (c codeColumn) Codes(row int, dst []uint32)        { copyInts(c.codes, row, dst) }
func (c pointColumn) Nulls(int, int, *cql2.Bits)        {}
func (c shapeColumn) Nulls(int, int, *cql2.Bits)        {}
func (c shapeColumn) Geometry(row int) orb.Geometry     { return c.arena.Geometry(row) }

type floatColumn struct {
	values *floats
	nulls  bitset
}

type boolColumn struct{ trues, nulls bitset }

// codeColumn reads texts by code.
type codeColumn struct {
	codes *ints
	texts []string
}

// Nulls sets the bits of code 0.
func (c codeColumn) Nulls(row, n int, null *cql2.Bits) {
	for i := range n {
		if c.codes.at(row+i) == 0 {
			null.Set(i)
		}
	}
}

// textColumn reads the texts of few rows.
type textColumn struct{ codes codeColumn }

func (c textColumn) Nulls(row, n int, null *cql2.Bits) { c.codes.Nulls(row, n, null) }

// Texts reads the texts of null rows as empty.
func (c textColumn) Texts(row int, dst []string) {
	for i := range dst {
		dst[i] = c.codes.texts[c.codes.codes.at(row+i)]
	}
}

// read sets the bits of row…row+n-1.
func (b bitset) read(row, n int, dst *cql2.Bits) {
	shift := row % 64
	for w := 0; w*64 < n; w++ {
		word := b.word(row/64+w) >> shift
		if shift > 0 {
			word |= b.word(row/64+w+1) << (64 - shift)
		}
		if rest := n - w*64; rest < 64 {
			word &= 1<<rest - 1
		}
		dst[w] |= word
	}
}

// pointColumn reads points from their keys.
type pointColumn []uint64

// boundPad is what rounding may move a point by in degrees, and much more.
const boundPad = 1e-9

// Bound is what all keys have that begin as the first and the last one do.
func (c pointColumn) Bound(row, n int) orb.Bound {
	first, last := c[row], c[row+n-1]
	rest := uint64(1)<<bits.Len64(first^last) - 1
	low, high := geo.FixedFromMorton(first&^rest).Point(), geo.FixedFromMorton(first|rest).Point()
	return orb.Bound{Min: orb.Point{low[0], high[1]}, Max: orb.Point{high[0], low[1]}}.Pad(boundPad)
}

// seriesUnits is how far from a known latitude the series below is used: 10^-3 of
// the unit sphere's radius, about 6 km. Its error there is below 10^-16 radians,
// less than the formula's own rounding.
const seriesUnits = 683_565

// Points turns keys into degrees. The latitude of Web Mercator is the Gudermannian
// of the ordinate, gd(y) = atan(sinh(y)); near a point whose latitude φ is known it
// is Taylor's series with gd' = cos φ, gd” = -cos φ sin φ, gd”' = cos φ (2 sin² φ - 1),
// gd⁗ = cos φ sin φ (5 - 6 sin² φ). Neighbours on the curve are near each other, so
// that the functions are seldom needed.
func (c pointColumn) Points(row int, lon, lat []float64) {
	const degrees = 180 / math.Pi
	var origin uint32
	var phi, d1, d2, d3, d4 float64
	for i, key := range c[row : row+len(lon)] {
		f := geo.FixedFromMorton(key)
		lon[i] = (float64(f.X)+0.5)/(1<<32)*360 - 180
		apart := int64(origin) - int64(f.Y)
		if i == 0 || apart > seriesUnits || apart < -seriesUnits {
			origin, apart = f.Y, 0
			phi = f.Point()[1] / degrees
			sin, cos := math.Sincos(phi)
			d1, d2, d3, d4 = cos, -cos*sin/2, cos*(2*sin*sin-1)/6, cos*sin*(5-6*sin*sin)/24
		}
		d := float64(apart) * (2 * math.Pi / (1 << 32))
		lat[i] = (phi + d*(d1+d*(d2+d*(d3+d*d4)))) * degrees
	}
}

// shapeColumn reads geometries.
type shapeColumn struct{ arena *shape.Arena }

// Bounds reads boxes around the middles of the units, which are the vertices.
func (c shapeColumn) Bounds(row int, dst []orb.Bound) {
	for i := range dst {
		b := c.arena.Bounds(row + i)
		low, high := b.Min.Point(), b.Max.Point()
		dst[i] = orb.Bound{Min: orb.Point{low[0], high[1]}, Max: orb.Point{high[0], low[1]}}
	}
}
