package image

import (
	"yiping/geo"
)

// fewRows is the length of a run below which it is looked through row by row.
const fewRows = 256

// Has reports whether a feature of the view is selected.
func (s *Selection) Has(r Row) bool {
	p := &s.parts[r.part]
	return p.has(int(r.row)) && p.picks(int(r.row))
}

// Within visits every selected feature whose anchor lies in the box, until visit
// returns false.
func (s *Selection) Within(box geo.FixedBox, visit func(Row) bool) {
	for n := range s.parts {
		if !s.parts[n].within(geo.TileID{}, box, func(row int) bool { return visit(Row{uint32(n), uint32(row)}) }) {
			return
		}
	}
}

// within goes down the tiles that meet the box until they lie in it or have few
// rows.
func (p *picked) within(t geo.TileID, box geo.FixedBox, visit func(row int) bool) bool {
	tile := t.FixedBox()
	if !tile.Meets(box) {
		return true
	}
	low, high := p.between(t.MortonRange())
	inside := box.Contains(tile.Min) && box.Contains(tile.Max)
	if inside || high-low <= fewRows || t.Z == geo.MaxZoom {
		more := true
		p.each(low, high, func(row int) {
			more = more && (!inside && !box.Contains(p.anchor(row)) || visit(row))
		})
		return more
	}
	for i := range uint32(4) {
		if !p.within(geo.TileID{Z: t.Z + 1, X: 2*t.X + i%2, Y: 2*t.Y + i/2}, box, visit) {
			return false
		}
	}
	return true
}
