package live

import (
	"yiping/heatmap"
	"yiping/layers"
	"yiping/layers/cql2"
)

// columns are the cells of a view as filters read them.
type columns struct{ v view }

// Column reads a field.
func (c columns) Column(p cql2.Property) (cql2.Column, error) {
	switch p.Name {
	case fieldDevices:
		return counts{c, func(h heatmap.Heat) int64 { return int64(h.Devices) }}, nil
	case fieldDensity:
		return densities{c}, nil
	case fieldIn:
		return counts{c, func(h heatmap.Heat) int64 { return int64(h.In) }}, nil
	case fieldOut:
		return counts{c, func(h heatmap.Heat) int64 { return int64(h.Out) }}, nil
	case fieldSynthetic:
		return origins{c}, nil
	default:
		return nil, layers.InputErrorf("where", "%q is not known of cells; there are n, d, in, out and synthetic", p.Name)
	}
}

// Nulls: a cell has all fields.
func (columns) Nulls(int, int, *cql2.Bits) {}

// heats are rows of the view.
func (c columns) heats(row, n int) []heatmap.Heat {
	return c.v.level(c.v.resolution).cells[row : row+n]
}

type (
	counts struct {
		columns

		of func(heatmap.Heat) int64
	}
	densities struct{ columns }
	origins   struct{ columns }
)

func (c counts) Ints(row int, dst []int64) {
	for i, h := range c.heats(row, len(dst)) {
		dst[i] = c.of(h)
	}
}

func (d densities) Floats(row int, dst []float64) {
	for i, h := range d.heats(row, len(dst)) {
		dst[i] = h.Density
	}
}

func (o origins) Bools(_, n int, dst *cql2.Bits) {
	for i := range n {
		if o.v.synthetic {
			dst.Set(i)
		}
	}
}
