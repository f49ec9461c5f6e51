package cql2

import (
	"math/bits"

	"github.com/paulmach/orb"
)

// BlockRows is the most rows that a matcher asks of a column at once.
const BlockRows = 1024

// Bits is one bit for each row of a block.
type Bits [BlockRows / 64]uint64

// Set sets bit i.
func (b *Bits) Set(i int) { b[i/64] |= 1 << (i % 64) }

// Has reports bit i.
func (b *Bits) Has(i int) bool { return b[i/64]>>(i%64)&1 == 1 }

// Count is the number of bits that are set.
func (b *Bits) Count() int {
	n := 0
	for _, word := range b {
		n += bits.OnesCount64(word)
	}
	return n
}

// join sets the bits that other has.
func (b *Bits) join(other *Bits) {
	for w := range b {
		b[w] |= other[w]
	}
}

// all calls visit for each bit that is set, in order.
func (b *Bits) all(visit func(i int)) {
	for w, word := range b {
		for ; word != 0; word &= word - 1 {
			visit(w*64 + bits.TrailingZeros64(word))
		}
	}
}

// first returns n bits that are set.
func first(n int) (b Bits) {
	for w := range b {
		switch rest := n - w*64; {
		case rest >= 64:
			b[w] = ^uint64(0)
		case rest > 0:
			b[w] = 1<<rest - 1
		}
	}
	return b
}

// Columns is where a matcher reads the properties of rows, numbered from 0. A
// packed image of a layer is one, and so is a single changed feature.
type Columns interface {
	// Column returns the reader of a property. Its type follows the property's:
	//
	//	Boolean                  BoolColumn
	//	String                   DictionaryColumn or TextColumn
	//	Integer, Date, Timestamp IntColumn
	//	Number                   FloatColumn
	//	Geometry                 PointColumn or GeometryColumn
	//	any array                ArrayColumn
	//
	// It is called while a filter is compiled, never for a row.
	Column(p Property) (Column, error)
}

// Column is what all readers have in common. Readers fill buffers of the
// matcher, so that nothing is allocated for a row, and are called from as many
// goroutines as use the matcher. A call asks for at most BlockRows rows, all of
// which exist.
type Column interface {
	// Nulls sets the bits of those rows among row…row+n-1 that are null. The
	// bits arrive unset. A column without nulls does nothing.
	Nulls(row, n int, null *Bits)
}

// The readers by type. What they give for a null row does not matter.
type (
	// BoolColumn reads booleans.
	BoolColumn interface {
		Column
		// Bools sets the bits of the true rows among row…row+n-1. The bits
		// arrive unset.
		Bools(row, n int, dst *Bits)
	}
	// IntColumn reads integers; dates as days and timestamps as microseconds
	// since 1970-01-01 UTC.
	IntColumn interface {
		Column
		// Ints reads the rows from row on into dst.
		Ints(row int, dst []int64)
	}
	// FloatColumn reads numbers, which are finite.
	FloatColumn interface {
		Column
		// Floats reads the rows from row on into dst.
		Floats(row int, dst []float64)
	}
	// DictionaryColumn reads texts by number. A condition on such a column
	// alone is worked out once for each entry of the dictionary when the filter
	// is compiled; for a row only a table is looked up.
	DictionaryColumn interface {
		Column
		// Dictionary lists the texts by code. Code 0 is null, its text is not
		// used. The list must not change while a matcher on it is in use.
		Dictionary() []string
		// Codes reads the codes of the rows from row on into dst.
		Codes(row int, dst []uint32)
	}
	// TextColumn reads texts that hardly repeat.
	TextColumn interface {
		Column
		// Texts reads the rows from row on into dst.
		Texts(row int, dst []string)
	}
	// PointColumn reads points.
	PointColumn interface {
		Column
		// Bound is a bound, in degrees, of the points among row…row+n-1; it may be
		// wider than they need, never narrower. It should be fast: where it
		// decides, the points are not read.
		Bound(row, n int) orb.Bound
		// Points reads the rows from row on into lon and lat, in degrees.
		Points(row int, lon, lat []float64)
	}
	// GeometryColumn reads any geometries, which must be valid.
	GeometryColumn interface {
		Column
		// Bounds reads bounds of the rows from row on into dst; they may be
		// wider than the geometries, never narrower.
		Bounds(row int, dst []orb.Bound)
		// Geometry reads one row. It is asked only if its bound does not
		// decide.
		Geometry(row int) orb.Geometry
	}
	// ArrayColumn reads sets of bool, string, int64 or float64, by the type of
	// the property; nil is null.
	ArrayColumn interface {
		Column
		// Array reads one row.
		Array(row int) []any
	}
)
