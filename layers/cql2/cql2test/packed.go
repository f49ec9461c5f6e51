package cql2test

import (
	"math"

	"github.com/paulmach/orb"

	"yiping/layers/cql2"
)

// Packed presents rows as a packed image would: texts by dictionary, points as
// coordinates, everything else as cql2.Rows.
type Packed struct {
	rows   *cql2.Rows
	schema cql2.Schema
	values [][]any
}

// NewPacked packs rows of a Generator.
func NewPacked(values [][]any) *Packed {
	schema := Schema()
	return &Packed{cql2.NewRows(schema.Properties, values), schema, values}
}

// Column returns the reader of a property.
func (p *Packed) Column(property cql2.Property) (cql2.Column, error) {
	for i, q := range p.schema.Properties {
		switch {
		case q.Name != property.Name:
		case q.Name == "point1":
			return p.points(i), nil
		case q.Type == cql2.String && !q.Array && q.Name != "名称":
			return p.dictionary(i), nil
		}
	}
	return p.rows.Column(property)
}

func (p *Packed) points(index int) Points {
	points := Points{Null: make([]bool, len(p.values)), Lon: make([]float64, len(p.values)), Lat: make([]float64, len(p.values))}
	for i, row := range p.values {
		point, ok := row[index].(orb.Point)
		points.Null[i], points.Lon[i], points.Lat[i] = !ok, point[0], point[1]
	}
	return points
}

func (p *Packed) dictionary(index int) *Dictionary {
	d := &Dictionary{Entries: []string{""}, Rows: make([]uint32, len(p.values))}
	codes := make(map[string]uint32)
	for i, row := range p.values {
		text, ok := row[index].(string)
		if !ok {
			continue
		}
		if codes[text] == 0 {
			codes[text] = uint32(len(d.Entries))
			d.Entries = append(d.Entries, text)
		}
		d.Rows[i] = codes[text]
	}
	return d
}

// Dictionary is a cql2.DictionaryColumn over a slice of codes.
type Dictionary struct {
	Entries []string
	Rows    []uint32
}

// Dictionary lists the texts by code.
func (d *Dictionary) Dictionary() []string { return d.Entries }

// Codes reads codes.
func (d *Dictionary) Codes(row int, dst []uint32) { copy(dst, d.Rows[row:]) }

// Nulls sets the bits of code 0.
func (d *Dictionary) Nulls(row, n int, null *cql2.Bits) {
	for i, code := range d.Rows[row : row+n] {
		if code == 0 {
			null.Set(i)
		}
	}
}

// Points is a cql2.PointColumn over slices. Null may be nil.
type Points struct {
	Null     []bool
	Lon, Lat []float64
}

// Bound is the bound of those that have numbers for coordinates.
func (p Points) Bound(row, n int) orb.Bound {
	b := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	for i := row; i < row+n; i++ {
		if !math.IsNaN(p.Lon[i]) && !math.IsNaN(p.Lat[i]) {
			b.Min = orb.Point{min(b.Min[0], p.Lon[i]), min(b.Min[1], p.Lat[i])}
			b.Max = orb.Point{max(b.Max[0], p.Lon[i]), max(b.Max[1], p.Lat[i])}
		}
	}
	return b
}

// Points reads coordinates.
func (p Points) Points(row int, lon, lat []float64) {
	copy(lon, p.Lon[row:])
	copy(lat, p.Lat[row:])
}

// Nulls sets the bits of rows without a point.
func (p Points) Nulls(row, n int, null *cql2.Bits) {
	if p.Null == nil {
		return
	}
	for i, isNull := range p.Null[row : row+n] {
		if isNull {
			null.Set(i)
		}
	}
}
