package image

import (
	"context"
	"sync/atomic"

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
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for w := range counters {
		counters[w] = newStatsCounter(plan)
		group.Go(func() error { return counters[w].count(ctx, selected, &next) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return &layers.StatsCells{Cut: v.cut, Cells: plan.answer(counters)}, nil
}

// statsPlan is where the columns of a query are in the image.
type statsPlan struct {
	view     *View
	regions  []int
	by       []int
	operands []int
	// slots and codes are those of View.statsSlots.
	slots [][]uint32
	codes []regionCodes
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
	plan.slots, plan.codes = v.statsSlots(len(plan.regions))
	return plan, nil
}
