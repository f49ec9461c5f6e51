package image

import (
	"context"

	"golang.org/x/sync/errgroup"

	"yiping/layers"
)

// statsWorkers is how many goroutines count for one request.
const statsWorkers = 2

// Stats works out the cells of a query, as the database does, at the view's cut.
// It leaves their Regions to the caller, who knows names and areas. What the
// image does not keep (a property, or lengths and areas, which are geodesic) is a
// *ColumnError: the database knows it.
//
// Whole numbers are exact; the last digits of other sums depend on the order of
// the rows, and so may differ from the database's.
func (v *View) Stats(ctx context.Context, q *layers.StatsQuery) (*layers.StatsCells, error) {
	plan, err := v.planStats(q)
	if err != nil {
		return nil, err
	}
	selected, err := v.Select(q.Filter)
	if err != nil {
		return nil, err
	}
	counters := make([]*statsCounter, statsWorkers)
	group, ctx := errgroup.WithContext(ctx)
	for w := range counters {
		counters[w] = newStatsCounter(plan)
		group.Go(func() error { return counters[w].count(ctx, selected, w) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return &layers.StatsCells{Cut: v.cut, Cells: plan.cells(counters)}, nil
}

// statsPlan is where the columns of a query are in the image.
type statsPlan struct {
	view     *View
	regions  []int
	by       []int
	operands []int
}

func (v *View) planStats(q *layers.StatsQuery) (*statsPlan, error) {
	plan := &statsPlan{view: v}
	missing := ""
	place := func(name string) int {
		n := v.image.place(name)
		if n < 0 {
			missing = name
		}
		return n
	}
	for _, name := range q.RegionColumns() {
		plan.regions = append(plan.regions, place(name))
	}
	for _, p := range q.Properties {
		plan.by = append(plan.by, place(p.Name))
	}
	for _, o := range q.Operands() {
		if o.Length || o.Area {
			return nil, &ColumnError{v.image.layer.Name, "the sizes of its features"}
		}
		plan.operands = append(plan.operands, place(o.Property.Name))
	}
	if missing != "" {
		return nil, &ColumnError{v.image.layer.Name, missing}
	}
	return plan, nil
}

// statsKey tells groups apart, whoever counted them.
type statsKey struct {
	regions regionCodes
	values  [layers.MaxStatsProperties]statsValue
}

// cells adds up what the counters found. Of too many groups it returns one more
// than is allowed.
func (p *statsPlan) cells(counters []*statsCounter) []layers.StatsCell {
	most := 0
	for _, c := range counters {
		most = max(most, c.cells.filled())
	}
	places := make(map[statsKey]int, most)
	cells := make([]layers.StatsCell, 0, most)
	for _, c := range counters {
		c.each(func(key statsKey, count int64, tallies []layers.Tally) {
			at, known := places[key]
			if !known {
				if len(cells) > layers.MaxStatsGroups {
					return
				}
				at = len(cells)
				places[key] = at
				cells = append(cells, p.cell(key))
			}
			cells[at].Count += count
			for i, t := range tallies {
				cells[at].Tallies[i].Add(t)
			}
		})
	}
	if len(cells) == 0 && len(p.regions)+len(p.by) == 0 {
		cells = append(cells, p.cell(statsKey{})) // the city is there without a feature too
	}
	return cells
}

// cell is the empty cell of a key.
func (p *statsPlan) cell(key statsKey) layers.StatsCell {
	cell := layers.StatsCell{Properties: make([]any, len(p.by)), Tallies: make([]layers.Tally, len(p.operands))}
	for i, to := range []*string{&cell.Regions.District, &cell.Regions.Street, &cell.Regions.Village}[:len(p.regions)] {
		*to = p.view.dictionaries[p.regions[i]][key.regions[i]]
	}
	for i, place := range p.by {
		cell.Properties[i] = key.values[i].of(p.view.image.properties[place].Type, p.view.dictionaries[place])
	}
	return cell
}
