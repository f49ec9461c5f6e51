package image

import (
	"math"
	"time"

	"yiping/layers"
)

// statsValue is a value of a property by which groups are told apart: the code of
// a text, or the bits of anything else.
type statsValue struct {
	bits uint64
	set  bool // false is null
}

// of is the value as a layers.StatsCell has it.
func (v statsValue) of(t layers.PropertyType, texts []string) any {
	switch {
	case !v.set:
		return nil
	case t == layers.Boolean:
		return v.bits == 1
	case t == layers.Number:
		return math.Float64frombits(v.bits)
	case t == layers.Integer:
		return int64(v.bits)
	case t == layers.Date:
		return time.Unix(int64(v.bits)*24*60*60, 0).UTC()
	case t == layers.DateTime:
		return time.UnixMicro(int64(v.bits)).UTC()
	default:
		return texts[v.bits]
	}
}

// valueCodes numbers the values of one property; 0 is null. Texts of small
// dictionaries have their codes already.
type valueCodes struct {
	place int
	kind  Kind
	// size bounds the codes if they are known beforehand; 0 if not.
	size  int
	known map[uint64]uint32
	// values is by code, where codes are not known beforehand.
	values []statsValue
}

// maxDirectTexts bounds the dictionaries whose codes are taken as they are.
const maxDirectTexts = 1 << 12

func newValueCodes(v *View, place int) valueCodes {
	c := valueCodes{place: place, kind: kindOf(v.image.properties[place].Type)}
	switch texts := len(v.dictionaries[place]); {
	case c.kind == Text && texts <= maxDirectTexts:
		c.size = texts
	case c.kind == Bool:
		c.size = 3
	default:
		c.known, c.values = map[uint64]uint32{}, []statsValue{{}}
	}
	return c
}

// read fills dst with the codes of the rows from row on, for the rows in at at
// least.
func (c *valueCodes) read(columns []column, row, n int, at []uint16, dst *[statsRows]uint32) {
	column := &columns[c.place]
	if c.kind == Text && c.size > 0 {
		readCodes(&column.ints, row, n, at, dst)
		return
	}
	for _, i := range at {
		switch r := row + int(i); {
		case column.null(r):
			dst[i] = 0
		case c.kind == Bool && column.trues.has(r):
			dst[i] = 2
		case c.kind == Bool:
			dst[i] = 1
		case c.kind == Float:
			// + 0 makes a negative zero a positive one: they are equal.
			dst[i] = c.code(math.Float64bits(column.floats.at(r) + 0))
		default:
			dst[i] = c.code(uint64(column.ints.at(r)))
		}
	}
}

func (c *valueCodes) code(bits uint64) uint32 {
	code, ok := c.known[bits]
	if !ok {
		code = uint32(len(c.values))
		c.known[bits] = code
		c.values = append(c.values, statsValue{bits, true})
	}
	return code
}

// value is that of a code.
func (c *valueCodes) value(code uint32) statsValue {
	switch {
	case code == 0:
		return statsValue{}
	case c.size == 0:
		return c.values[code]
	case c.kind == Bool:
		return statsValue{uint64(code - 1), true}
	default:
		return statsValue{uint64(code), true}
	}
}

// readCodes reads the codes of the rows from row on, for the rows in at at least:
// all n of them unless few are wanted, as that is one tight loop.
func readCodes(codes *ints, row, n int, at []uint16, dst *[statsRows]uint32) {
	if len(at) > n/8 {
		copyInts(codes, row, dst[:n])
		return
	}
	for _, i := range at {
		dst[i] = uint32(codes.at(row + int(i)))
	}
}
