package image

import (
	"slices"

	"yiping/layers"
)

// Kind says how the values of a column are kept and read.
type Kind uint8

// The kinds. Dates are Int in days, timestamps Int in microseconds, both since
// 1970-01-01 UTC.
const (
	Text  Kind = iota + 1 // Column.Code, with Column.Dictionary
	Int                   // Column.Int
	Float                 // Column.Float
	Bool                  // Column.Bool
)

func kindOf(t layers.PropertyType) Kind {
	switch t {
	case layers.Integer, layers.Date, layers.DateTime:
		return Int
	case layers.Number:
		return Float
	case layers.Boolean:
		return Bool
	default:
		return Text
	}
}

// imaged lists the columns of a layer that its image keeps: what tiles carry and
// are made by, the regions, and what is small enough to be kept for filters. Long
// texts and what differs in every row stay in the database alone.
func imaged(l *layers.Layer) []layers.Property {
	var all []layers.Property
	for _, p := range l.Columns() {
		system := slices.Contains(layers.SystemColumns(), p.Name)
		switch {
		case p.Name == "synthetic", slices.Contains(layers.RegionColumns(), p.Name),
			!system && (p.InTiles || p.Type != layers.String || len(p.Enum) > 0 || named(l, p.Name)):
			all = append(all, p)
		}
	}
	return all
}

// column holds the values of one property, row by row. Which of the lists is in
// use follows from the kind; of a text, ints holds codes of a dictionary, and 0 is
// null.
type column struct {
	kind   Kind
	ints   ints
	floats floats
	trues  bitset
	// nulls is unused for texts.
	nulls bitset
}

// permuted is the column of the given rows.
func (c *column) permuted(rows []uint32) column {
	return column{
		kind: c.kind, ints: c.ints.permuted(rows), floats: c.floats.permuted(rows),
		trues: c.trues.permuted(rows), nulls: c.nulls.permuted(rows),
	}
}

// bytes is the memory in use.
func (c *column) bytes() int {
	return c.ints.bytes() + c.floats.bytes() + 8*(len(c.trues)+len(c.nulls))
}

func (c *column) null(row int) bool {
	if c.kind == Text {
		return c.ints.at(row) == 0
	}
	return c.nulls.has(row)
}

// put appends row from of other, at place row. remap translates codes; nil keeps
// them.
func (c *column) put(row int, other *column, from int, remap []uint32) {
	if other.kind != Text && other.nulls.has(from) {
		c.nulls.set(row)
	}
	switch c.kind {
	case Float:
		c.floats.append(other.floats.at(from))
	case Bool:
		if other.trues.has(from) {
			c.trues.set(row)
		}
	default:
		v := other.ints.at(from)
		if remap != nil {
			v = int64(remap[v])
		}
		c.ints.append(v)
	}
}

// named reports whether the layer's tiles are made by a property.
func named(l *layers.Layer, name string) bool {
	return name == l.Zoom.Property || name == l.Tiles.CountBy || name == l.Tiles.Weight || slices.Contains(l.Tiles.MergeBy, name)
}

// Columns lists what the image of a layer keeps of a feature, in the order of
// Layer.Columns: what tiles can carry and filters can ask without the database.
func Columns(l *layers.Layer) []layers.Property { return imaged(l) }
