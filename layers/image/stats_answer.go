package image

import "yiping/layers"

// statsKey tells groups apart, whoever counted them.
type statsKey struct {
	regions regionCodes
	values  [layers.MaxStatsProperties]statsValue
}

// statsAnswer makes cells of what was counted.
type statsAnswer struct {
	plan  *statsPlan
	cells []layers.StatsCell
	// places are those of the cells, if several counters may have the same.
	places map[statsKey]int
	// values and tallies are the memory of the cells' slices: one of each, for the
	// 20,000 cells that a city has by street and class.
	values  []any
	tallies []layers.Tally
	// texts are the texts of a property as values, by code, made once.
	texts [layers.MaxStatsProperties][]any
}

// answer adds up what the counters found. Of too many groups it returns one more
// than is allowed.
func (p *statsPlan) answer(counters []*statsCounter) []layers.StatsCell {
	first, size := counters[0], 0
	if first.cells.dense() {
		for _, c := range counters[1:] {
			first.cells.join(&c.cells)
		}
		counters = counters[:1]
	}
	for _, c := range counters {
		size = min(size+c.cells.filled(), layers.MaxStatsGroups+1)
	}
	a := statsAnswer{
		plan: p, cells: make([]layers.StatsCell, 0, size),
		values: make([]any, 0, size*len(p.by)), tallies: make([]layers.Tally, 0, size*len(p.operands)),
	}
	if len(counters) > 1 {
		a.places = make(map[statsKey]int, size)
	}
	for i, c := range first.values[:len(p.by)] {
		if c.kind == Text && c.size > 0 {
			a.texts[i] = make([]any, c.size)
		}
	}
	for _, c := range counters {
		c.each(a.add)
	}
	if len(a.cells) == 0 && len(p.regions)+len(p.by) == 0 {
		a.add(statsKey{}, 0, make([]layers.Tally, len(p.operands))) // the city is there without a feature too
	}
	return a.cells
}

// add adds what was counted of a group.
func (a *statsAnswer) add(key statsKey, count int64, tallies []layers.Tally) {
	at, known := a.places[key]
	if !known {
		if len(a.cells) > layers.MaxStatsGroups {
			return
		}
		at = len(a.cells)
		if a.places != nil {
			a.places[key] = at
		}
		a.cells = append(a.cells, a.cell(key))
	}
	cell := &a.cells[at]
	cell.Count += count
	for i, t := range tallies {
		cell.Tallies[i].Add(t)
	}
}

// cell is the empty cell of a key.
func (a *statsAnswer) cell(key statsKey) layers.StatsCell {
	p, from := a.plan, len(a.values)
	for i, place := range p.by {
		a.values = append(a.values, a.value(i, place, key.values[i]))
	}
	cell := layers.StatsCell{Properties: a.values[from:len(a.values):len(a.values)]}
	from = len(a.tallies)
	a.tallies = append(a.tallies, make([]layers.Tally, len(p.operands))...)
	cell.Tallies = a.tallies[from:len(a.tallies):len(a.tallies)]
	for i, to := range []*string{&cell.Regions.District, &cell.Regions.Street, &cell.Regions.Village}[:len(p.regions)] {
		*to = p.view.dictionaries[p.regions[i]][key.regions[i]]
	}
	return cell
}

// value is a value of property i of the query.
func (a *statsAnswer) value(i, place int, v statsValue) any {
	if texts := a.texts[i]; texts != nil && v.set {
		if texts[v.bits] == nil {
			texts[v.bits] = a.plan.view.dictionaries[place][v.bits]
		}
		return texts[v.bits]
	}
	return v.of(a.plan.view.image.properties[place].Type, a.plan.view.dictionaries[place])
}
