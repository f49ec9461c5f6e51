package image

import (
	"slices"

	"yiping/geo"
	"yiping/layers"
)

// View is an image at one moment. It never changes.
type View struct {
	image        *Image
	parts        []part
	dictionaries [][]string
	cut          layers.Cut
	mark         string
	generation   uint64
	rows         int
	synthetic    int
}

// part is a segment and which of its rows are alive in a view.
type part struct {
	*segment
	// alive is by chunk; nil where all are.
	alive           []*chunk
	live, synthetic int
}

func newPart(s *segment) part {
	return part{segment: s, alive: make([]*chunk, chunks(s.rows())), live: s.rows(), synthetic: s.generated.trues.count()}
}

// Layer is the layer that the view is of.
func (v *View) Layer() *layers.Layer { return v.image.layer }

// Cut is the state of the database that the view shows.
func (v *View) Cut() layers.Cut { return v.cut }

// Mark is the word for that state that came with Load or Apply.
func (v *View) Mark() string { return v.mark }

// Generation grows with each change of what the view shows. Merging segments is
// no change.
func (v *View) Generation() uint64 { return v.generation }

// Len is the number of features.
func (v *View) Len() int { return v.rows }

// Synthetic is how many of them were generated and not surveyed.
func (v *View) Synthetic() int { return v.synthetic }

// Row is a feature of a view.
type Row struct{ part, row uint32 }

// RowOf is the row that Pack made a number of. It must be of the same view.
func RowOf(packed uint64) Row { return Row{uint32(packed >> 32), uint32(packed)} }

// Pack is the row as a number.
func (r Row) Pack() uint64 { return uint64(r.part)<<32 | uint64(r.row) }

// ID is the feature's id.
func (v *View) ID(r Row) int64 { return v.parts[r.part].ids.at(int(r.row)) }

// Anchor is the point that decides in which tile the feature counts; for a layer
// of points, the point itself.
func (v *View) Anchor(r Row) geo.Fixed { return v.parts[r.part].anchor(int(r.row)) }

// FirstZoom is the lowest zoom that shows the feature.
func (v *View) FirstZoom(r Row) geo.Zoom { return v.parts[r.part].firstZoom(int(r.row)) }

// Find is the feature of an id.
func (v *View) Find(id int64) (Row, bool) {
	for n := len(v.parts) - 1; n >= 0; n-- { // the newest knows most
		if row, ok := v.parts[n].find(id); ok && v.parts[n].has(row) {
			return Row{uint32(n), uint32(row)}, true
		}
	}
	return Row{}, false
}

// has reports whether a row is alive.
func (p *part) has(row int) bool { return p.alive[row/chunkRows].has(row % chunkRows) }

// Columns are the readers of all that the image keeps of a feature, in the order of
// Layer.Columns.
func (v *View) Columns() []Column {
	all := make([]Column, len(v.image.properties))
	for n, p := range v.image.properties {
		all[n] = Column{Property: p, Kind: kindOf(p.Type), view: v, place: n}
	}
	return all
}

// TileColumns are the readers of the properties that are for tiles.
func (v *View) TileColumns() []Column {
	return slices.DeleteFunc(v.Columns(), func(c Column) bool { return !c.Property.InTiles })
}

// Column is the reader of the property of that name, if the image keeps it.
func (v *View) Column(name string) (Column, bool) {
	n := v.image.place(name)
	if n < 0 {
		return Column{}, false
	}
	return v.Columns()[n], true
}

// Column reads one property of the features of a view.
type Column struct {
	Property layers.Property
	// Kind says which of the methods has the values.
	Kind  Kind
	view  *View
	place int
}

func (c Column) at(r Row) (*column, int) { return &c.view.parts[r.part].columns[c.place], int(r.row) }

// Null reports whether the feature has no value.
func (c Column) Null(r Row) bool {
	column, row := c.at(r)
	return column.null(row)
}

// Code is the number of a text in the dictionary; 0 is null.
func (c Column) Code(r Row) uint32 {
	column, row := c.at(r)
	return uint32(column.ints.at(row))
}

// Dictionary lists the texts by code. It must not be changed.
func (c Column) Dictionary() []string { return c.view.dictionaries[c.place] }

// Int is an integer, a date as days, or a timestamp as microseconds.
func (c Column) Int(r Row) int64 {
	column, row := c.at(r)
	return column.ints.at(row)
}

// Float is a number.
func (c Column) Float(r Row) float64 {
	column, row := c.at(r)
	return column.floats.at(row)
}

// Bool is a truth value.
func (c Column) Bool(r Row) bool {
	column, row := c.at(r)
	return column.trues.has(row)
}

// Values lists the values that Cell.By counts, by their code; empty if the layer
// has no TileRules.CountBy.
func (v *View) Values() []string {
	if n := v.image.place(v.image.layer.Tiles.CountBy); n >= 0 && !shaped(v.image.layer) {
		return v.dictionaries[n]
	}
	return nil
}
