package image

// Memory is what an image holds.
type Memory struct {
	// Rows are those in segments, Dead the ones of them that are gone.
	Rows, Dead int
	Segments   int
	// The bytes of the parts. Filters are the kept answers of filters.
	Keys, IDs, Columns, Texts, Shapes, Cells, Filters int
}

// Bytes is the sum of the parts.
func (m Memory) Bytes() int {
	return m.Keys + m.IDs + m.Columns + m.Texts + m.Shapes + m.Cells + m.Filters
}

// textOverhead is about what a text costs beside its bytes: two headers and a slot
// of the map.
const textOverhead = 48

// Memory adds up what the image holds now.
func (i *Image) Memory() Memory {
	var m Memory
	v := i.View()
	if v == nil {
		return m
	}
	m.Segments = len(v.parts)
	for _, p := range v.parts {
		m.Rows += p.rows()
		m.Dead += p.rows() - p.live
		m.Keys += 8 * len(p.keys)
		m.IDs += p.ids.bytes() + 4*len(p.byID)
		for c := range p.columns {
			m.Columns += p.columns[c].bytes()
		}
		if p.shapes != nil {
			m.Shapes += p.shapes.Bytes()
		}
		m.Columns += p.regions.bytes()
		m.Cells += p.cells.bytes() + p.tally.bytes()
	}
	i.mu.Lock()
	for _, d := range i.dictionaries {
		m.Texts += d.bytes + textOverhead*len(d.texts)
	}
	i.mu.Unlock()
	m.Filters = int(i.filters.WeightedSize())
	return m
}
