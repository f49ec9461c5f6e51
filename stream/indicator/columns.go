package indicator

import (
	"yiping/layers"
	"yiping/layers/cql2"
)

// columns are the rows of a picture as filters read them.
type columns struct{ p *picture }

// Column reads a field.
func (c columns) Column(p cql2.Property) (cql2.Column, error) {
	text := func(of func(*row) string) (cql2.Column, error) { return texts{c, of}, nil }
	switch p.Name {
	case fieldCode:
		return text(func(r *row) string { return r.indicator.Code })
	case fieldTitle:
		return text(func(r *row) string { return r.indicator.Title.Zh })
	case fieldTitleEN:
		return text(func(r *row) string { return r.indicator.Title.En })
	case fieldRegion:
		return text(func(r *row) string { return r.region.code })
	case fieldName:
		return text(func(r *row) string { return r.region.name })
	case fieldUnit:
		return text(func(r *row) string { return r.indicator.Unit })
	case fieldValue:
		return values{c}, nil
	case fieldSynthetic:
		return origins{c}, nil
	default:
		return nil, layers.InputErrorf("where", "%q is not known of indicators; there are code, title, title_en, region, region_name, value, unit and synthetic", p.Name)
	}
}

type (
	// texts are null where they are empty.
	texts struct {
		c  columns
		of func(*row) string
	}
	values  struct{ c columns }
	origins struct{ c columns }
)

func (v texts) Nulls(row, n int, null *cql2.Bits) {
	for i := range n {
		if v.of(&v.c.p.rows[row+i]) == "" {
			null.Set(i)
		}
	}
}

func (v texts) Texts(row int, dst []string) {
	for i := range dst {
		dst[i] = v.of(&v.c.p.rows[row+i])
	}
}

func (values) Nulls(int, int, *cql2.Bits) {}

func (v values) Floats(row int, dst []float64) {
	for i := range dst {
		dst[i] = float64(v.c.p.rows[row+i].n)
	}
}

func (origins) Nulls(int, int, *cql2.Bits) {}

func (v origins) Bools(row, n int, dst *cql2.Bits) {
	for i := range n {
		if v.c.p.rows[row+i].synthetic {
			dst.Set(i)
		}
	}
}
