package tiles

import (
	"slices"
	"time"

	"yiping/layers"
	"yiping/layers/image"
	"yiping/tiles/mvt"
)

// properties writes what features of one layer say.
type properties struct {
	mvt     *mvt.Encoder
	columns []property
	used    int
	// counted are the values that cells count, by code, and their keys.
	counted []string
	counts  []key
}

// key is the name of a property, and its number in the layer once it was used.
type key struct {
	name   string
	number mvt.Key
	used   bool
}

func (k *key) in(e *mvt.Encoder) mvt.Key {
	if !k.used {
		k.number, k.used = e.Key(k.name), true
	}
	return k.number
}

// property writes one column.
type property struct {
	image.Column
	key key
	// values are those of the dictionary that the layer has used already, one
	// more than their number; 0 is none.
	values []mvt.Value
	texts  []string
	// times are the dates and times that the layer has used already.
	times map[int64]mvt.Value
}

// reset begins a layer.
func (p *properties) reset(e *encoder, v *image.View) {
	p.mvt, p.used = &e.mvt, 0
	for _, c := range v.Columns() {
		if e.query.wants(c.Property) {
			p.add(c)
		}
	}
	p.counted = v.Values()
	p.counts = slices.Grow(p.counts[:0], len(p.counted))[:len(p.counted)]
	for i, text := range p.counted {
		p.counts[i] = key{name: v.Layer().Tiles.CountBy + ":" + text}
	}
}

func (p *properties) add(c image.Column) {
	if p.used == len(p.columns) {
		p.columns = append(p.columns, property{})
	}
	q := &p.columns[p.used]
	p.used++
	q.Column, q.key = c, key{name: c.Property.Name}
	q.texts, q.values = nil, q.values[:0]
	clear(q.times)
	if c.Kind == image.Text {
		q.texts = c.Dictionary()
		q.values = slices.Grow(q.values, len(q.texts))[:len(q.texts)]
		clear(q.values)
	}
}

// tag writes the properties of a feature that is begun.
func (p *properties) tag(r image.Row) {
	for i := range p.columns[:p.used] {
		p.tagOne(&p.columns[i], r)
	}
}

// tagNamed writes only those of the given names.
func (p *properties) tagNamed(r image.Row, names []string) {
	for i := range p.columns[:p.used] {
		if c := &p.columns[i]; slices.Contains(names, c.Property.Name) {
			p.tagOne(c, r)
		}
	}
}

func (p *properties) tagOne(c *property, r image.Row) {
	if c.Kind == image.Text {
		code := c.Code(r)
		if code == 0 {
			return
		}
		if c.values[code] == 0 {
			c.values[code] = p.mvt.String(c.texts[code]) + 1
		}
		p.mvt.Tag(c.key.in(p.mvt), c.values[code]-1)
		return
	}
	if c.Null(r) {
		return
	}
	var v mvt.Value
	switch c.Kind {
	case image.Float:
		v = p.mvt.Float(c.Float(r))
	case image.Bool:
		v = p.mvt.Bool(c.Bool(r))
	default:
		v = p.integer(c, c.Int(r))
	}
	p.mvt.Tag(c.key.in(p.mvt), v)
}

// integer writes a date or a time as text, as GeoJSON does.
func (p *properties) integer(c *property, n int64) mvt.Value {
	if c.Property.Type == layers.Integer {
		return p.mvt.Int(n)
	}
	v, ok := c.times[n]
	if ok {
		return v
	}
	if c.Property.Type == layers.Date {
		v = p.mvt.String(time.Unix(n*24*60*60, 0).UTC().Format(time.DateOnly))
	} else {
		v = p.mvt.String(time.UnixMicro(n).UTC().Format(time.RFC3339Nano))
	}
	if c.times == nil {
		c.times = map[int64]mvt.Value{}
	}
	c.times[n] = v
	return v
}

// count writes how many features of a cell have each value; by is by code, and
// code 0 is null.
func (p *properties) count(by []uint32) {
	for code, n := range by {
		if n == 0 || code == 0 {
			continue
		}
		p.mvt.Tag(p.counts[code].in(p.mvt), p.mvt.Int(int64(n)))
	}
}
