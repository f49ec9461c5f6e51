package indicator

import (
	"fmt"
	"math"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/stream"
)

// source is a stream with the indicators that are counted of it.
type source struct {
	table      stream.Table
	indicators []Indicator
	filters    []*cql2.Filter // of the indicators; nil takes all
	synthetic  *cql2.Filter   // what is made up
}

// newSource has no indicators yet.
func newSource(t stream.Table) (*source, error) {
	made, err := layers.ParseFilter(t.Describe().Rows, "synthetic = true", layers.CQL2Text, layers.CRS84)
	if err != nil {
		return nil, fmt.Errorf("indicators of %s: %w", t.Describe().Name, err)
	}
	return &source{table: t, synthetic: made}, nil
}

func (s *source) add(i Indicator) error {
	var filter *cql2.Filter
	if i.Where != "" {
		var err error
		if filter, err = layers.ParseFilter(s.table.Describe().Rows, i.Where, layers.CQL2Text, layers.CRS84); err != nil {
			return fmt.Errorf("indicator %s: %w", i.Code, err)
		}
	}
	s.indicators, s.filters = append(s.indicators, i), append(s.filters, filter)
	return nil
}

// tally is one number, and whether any row of it is made up.
type tally struct {
	n         int
	synthetic bool
}

// count counts a view: for each indicator the numbers of all regions. A row lies where it
// says so to clients, as it does in areas of subscriptions.
func (s *source) count(v stream.View, r *Regions) ([][]tally, error) {
	made, err := v.Select(s.synthetic)
	if err != nil {
		return nil, err
	}
	takes, tallies := make([]stream.Selection, len(s.filters)), make([][]tally, len(s.filters))
	for i, f := range s.filters {
		if takes[i], err = v.Select(f); err != nil {
			return nil, err
		}
		tallies[i] = make([]tally, len(r.all))
	}
	all, err := v.Select(nil)
	if err != nil {
		return nil, err
	}
	world := geo.FixedBox{Max: geo.Fixed{X: math.MaxUint32, Y: math.MaxUint32}}
	all.Within(world, func(row stream.Row) bool {
		district, inside := r.at(stream.PlaceOf(v.Anchor(row)))
		add := func(t *tally) {
			t.n++
			t.synthetic = t.synthetic || made.Has(row)
		}
		for i, take := range takes {
			if !take.Has(row) {
				continue
			}
			add(&tallies[i][0])
			if inside {
				add(&tallies[i][district])
			}
		}
		return true
	})
	return tallies, nil
}
