package layers

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// RollUp merges cells into the groups of a level, in order: by region and then
// by properties, what has no region or no value last. Levels are merged from the
// same cells, so that the parts of a region add up to it. The cells stay as they
// are; a group of one cell shares its slices.
func RollUp(cells []StatsCell, level string) []StatsCell {
	groups := make([]StatsCell, 0, len(cells))
	for _, part := range divide(cells, level) {
		// Equal values in the order of the cells: sums do not depend on chance.
		slices.SortFunc(part.cells, func(a, b int) int {
			return cmp.Or(slices.CompareFunc(cells[a].Properties, cells[b].Properties, compareValues), cmp.Compare(a, b))
		})
		shared := false // the last group's tallies with its cell
		for place, i := range part.cells {
			c := &cells[i]
			if n := len(groups) - 1; place > 0 && slices.CompareFunc(groups[n].Properties, c.Properties, compareValues) == 0 {
				if shared {
					groups[n].Tallies = slices.Clone(groups[n].Tallies)
				}
				groups[n].merge(c)
				shared = false
				continue
			}
			groups = append(groups, StatsCell{part.regions, c.Properties, c.Count, c.Tallies})
			shared = true
		}
	}
	return groups
}

// merge adds a cell to a group.
func (g *StatsCell) merge(c *StatsCell) {
	g.Count += c.Count
	for n, t := range c.Tallies {
		g.Tallies[n].Add(t)
	}
}

// regionCells are the places of the cells in a region of some level.
type regionCells struct {
	regions Regions
	cells   []int
}

// divide puts cells together by their regions of a level, in order.
func divide(cells []StatsCell, level string) []*regionCells {
	var parts []*regionCells
	known := map[Regions]*regionCells{}
	var last *regionCells // cells of a region mostly follow one another
	for i := range cells {
		regions := cells[i].Regions.upTo(level)
		if last == nil || last.regions != regions {
			last = known[regions]
		}
		if last == nil {
			last = &regionCells{regions: regions}
			known[regions] = last
			parts = append(parts, last)
		}
		last.cells = append(last.cells, i)
	}
	slices.SortFunc(parts, func(a, b *regionCells) int { return compareRegions(a.regions, b.regions) })
	return parts
}

// upTo leaves out the regions that are finer than a level.
func (r Regions) upTo(level string) Regions {
	switch level {
	case LevelCity:
		return Regions{}
	case "district":
		return Regions{District: r.District}
	case "street":
		return Regions{District: r.District, Street: r.Street}
	default:
		return r
	}
}

// Code is the code of the region of a level; empty for none.
func (r Regions) Code(level string) string {
	switch level {
	case "district":
		return r.District
	case "street":
		return r.Street
	case "village":
		return r.Village
	default:
		return ""
	}
}

func compareRegions(a, b Regions) int {
	return cmp.Or(compareCodes(a.District, b.District), compareCodes(a.Street, b.Street), compareCodes(a.Village, b.Village))
}

// compareCodes puts no code at the end.
func compareCodes(a, b string) int {
	if (a == "") != (b == "") {
		return strings.Compare(b, a)
	}
	return strings.Compare(a, b)
}

// compareValues compares two values of one property; null comes last.
func compareValues(a, b any) int {
	if a == nil || b == nil {
		return boolOrder(a == nil, b == nil)
	}
	switch a := a.(type) {
	case string:
		return compareAs(a, b, strings.Compare)
	case int64:
		return compareAs(a, b, cmp.Compare[int64])
	case float64:
		return compareAs(a, b, cmp.Compare[float64])
	case time.Time:
		return compareAs(a, b, time.Time.Compare)
	case bool:
		return compareAs(a, b, boolOrder)
	default:
		return 0 // no property has values of other types
	}
}

func compareAs[T any](a T, b any, compare func(T, T) int) int {
	other, ok := b.(T)
	if !ok {
		return 0
	}
	return compare(a, other)
}

// boolOrder puts false before true.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

// Value is a measure of a group: an int64, a float64, or nil where no feature of
// the group has the quantity.
func (q *StatsQuery) Value(m Measure, g *StatsCell) any {
	if m.Kind == MeasureCount {
		return g.Count
	}
	t := g.Tallies[slices.IndexFunc(q.Operands(), m.operand().same)]
	if t.N == 0 {
		return nil
	}
	switch m.Kind {
	case MeasureMean:
		return t.Sum / float64(t.N)
	case MeasureMin:
		return t.Min
	case MeasureMax:
		return t.Max
	default:
		return t.Sum
	}
}
