package image

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/image/internal/shape"
)

// Batch gathers rows for Load or Apply: Row begins a row, then one call for each
// of Columns gives its values. The bytes that it is given are not kept.
type Batch struct {
	table
	shapes       shape.Builder
	layer        *layers.Layer
	properties   []layers.Property
	dictionaries []*dictionary
	// recent is the last text of each column and its code: neighbours in the
	// database are often alike.
	recent []recentText
	next   int
	gone   []deletion
}

type recentText struct {
	text []byte
	code uint32
}

// deletion of an id, after so many rows of the batch.
type deletion struct {
	id    int64
	after int
}

func newBatch(l *layers.Layer) *Batch {
	b := &Batch{layer: l, properties: imaged(l)}
	b.table = newTable(b.properties)
	b.next = len(b.properties)
	b.recent = make([]recentText, len(b.properties))
	for _, p := range b.properties {
		b.dictionaries = append(b.dictionaries, newDictionary(p))
	}
	return b
}

// Columns are the columns that a row has values of, in order: those of the layer
// that the image keeps.
func (b *Batch) Columns() []layers.Property { return b.properties }

// Rows is the number of rows so far.
func (b *Batch) Rows() int { return len(b.keys) }

// Deletes is the number of calls of Delete so far.
func (b *Batch) Deletes() int { return len(b.gone) }

// Row begins a row with its geometry in extended well-known binary (lon, lat in
// degrees, SRID 4326 or none). A row of an id that is in the image, or earlier in
// the batch, replaces it. After an error the batch is as it was before the call.
func (b *Batch) Row(id int64, geometry []byte) error {
	if b.next != len(b.properties) {
		return fmt.Errorf("row %d begins after %d of %d values of another", id, b.next, len(b.properties))
	}
	anchor, err := b.place(geometry)
	if err != nil {
		return fmt.Errorf("geometry of row %d: %w", id, err)
	}
	b.keys = append(b.keys, anchor.Morton())
	b.ids.append(id)
	b.next = 0
	return nil
}

// Delete takes the feature of that id out of the image, and out of the batch.
func (b *Batch) Delete(id int64) { b.gone = append(b.gone, deletion{id, len(b.keys)}) }

// Null gives a column no value.
func (b *Batch) Null() {
	c := &b.columns[b.next]
	switch c.kind {
	case Float:
		c.floats.append(0)
	case Bool:
	default:
		c.ints.append(0)
	}
	if c.kind != Text {
		c.nulls.set(len(b.keys) - 1)
	}
	b.next++
}

// Text gives a column of kind Text its value.
func (b *Batch) Text(text []byte) {
	r := &b.recent[b.next]
	if r.code == 0 || string(r.text) != string(text) {
		r.text = append(r.text[:0], text...)
		r.code = b.dictionaries[b.next].codeOf(text)
	}
	b.column(Text).ints.append(int64(r.code))
}

// Int gives a column of kind Int its value: a date as days, a timestamp as
// microseconds since 1970-01-01 UTC.
func (b *Batch) Int(v int64) { b.column(Int).ints.append(v) }

// Float gives a column of kind Float its value, which is finite.
func (b *Batch) Float(v float64) { b.column(Float).floats.append(v) }

// Bool gives a column of kind Bool its value.
func (b *Batch) Bool(v bool) {
	if c := b.column(Bool); v {
		c.trues.set(len(b.keys) - 1)
	}
}

// column is the one whose turn it is. Another kind is a fault of the program.
func (b *Batch) column(k Kind) *column {
	c := &b.columns[b.next]
	if c.kind != k {
		panic(fmt.Sprintf("image: a value of kind %d for column %s of kind %d", k, b.properties[b.next].Name, c.kind))
	}
	b.next++
	return c
}

// place reads a geometry and keeps its shape if the layer has shapes.
func (b *Batch) place(data []byte) (geo.Fixed, error) {
	if !shaped(b.layer) {
		p, err := point(data)
		return geo.FixedAt(p), err
	}
	g, _, err := ewkb.Unmarshal(data)
	if err != nil {
		return geo.Fixed{}, err
	}
	if box := g.Bound(); box.IsEmpty() || math.IsNaN(box.Min[0]) {
		return geo.Fixed{}, errors.New("is empty")
	}
	if err := b.shapes.Add(g); err != nil {
		return geo.Fixed{}, err
	}
	a := layers.Anchor(g)
	if math.IsNaN(a[0]) || math.IsNaN(a[1]) { // an area without area has no centroid
		a = g.Bound().Center()
	}
	return geo.FixedAt(a), nil
}

// Flags of the type in extended well-known binary (PostGIS, liblwgeom).
const (
	ewkbPoint = 1
	ewkbSRID  = 0x20000000
)

// point reads the usual bytes of a plain point without the detour of a decoder
// for all geometries.
func point(data []byte) (orb.Point, error) {
	if len(data) < 21 || data[0] != 1 {
		return slowPoint(data)
	}
	rest := data[5:]
	switch binary.LittleEndian.Uint32(data[1:]) {
	case ewkbPoint:
	case ewkbPoint | ewkbSRID:
		rest = data[9:]
	default:
		return slowPoint(data)
	}
	if len(rest) != 16 {
		return slowPoint(data)
	}
	return checked(orb.Point{
		math.Float64frombits(binary.LittleEndian.Uint64(rest)),
		math.Float64frombits(binary.LittleEndian.Uint64(rest[8:])),
	})
}

func slowPoint(data []byte) (orb.Point, error) {
	g, _, err := ewkb.Unmarshal(data)
	if err != nil {
		return orb.Point{}, err
	}
	p, ok := g.(orb.Point)
	if !ok {
		return orb.Point{}, fmt.Errorf("is a %s, want a Point", g.GeoJSONType())
	}
	return checked(p)
}

// checked refuses an empty point, which has no numbers for coordinates.
func checked(p orb.Point) (orb.Point, error) {
	if math.IsNaN(p[0]) || math.IsNaN(p[1]) {
		return p, errors.New("is empty")
	}
	return p, nil
}

// piece is the batch as rows of a segment; its shapes go with it.
func (b *Batch) piece(to []*dictionary) piece {
	p := piece{table: &b.table, remap: remaps(to, b)}
	if shaped(b.layer) {
		p.shapes = b.shapes.Arena()
	}
	return p
}

// shaped reports whether the layer's features have more than one position.
func shaped(l *layers.Layer) bool { return l.Geometry != layers.Point }
