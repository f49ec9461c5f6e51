package stream

import (
	"slices"

	"yiping/geo"
)

// tileSet is tiles that have changed; all says that they are too many to be named.
type tileSet struct {
	tiles map[geo.TileID]struct{}
	all   bool
}

func (s *tileSet) empty() bool { return !s.all && len(s.tiles) == 0 }

func (s *tileSet) add(t geo.TileID) {
	if s.all {
		return
	}
	if s.tiles == nil {
		s.tiles = make(map[geo.TileID]struct{})
	}
	if s.tiles[t] = struct{}{}; len(s.tiles) > maxTiles {
		s.fill()
	}
}

func (s *tileSet) fill() { s.all, s.tiles = true, nil }

func (s *tileSet) join(o tileSet) {
	if o.all {
		s.fill()
	}
	for t := range o.tiles {
		s.add(t)
	}
}

// split takes the tiles up to a zoom apart. Of all tiles, both have all.
func (s *tileSet) split(z geo.Zoom) (low, high tileSet) {
	low.all, high.all = s.all, s.all
	for t := range s.tiles {
		if t.Z <= z {
			low.add(t)
		} else {
			high.add(t)
		}
	}
	return low, high
}

// addBox adds the tiles of a zoom in an area that show something of a box.
// margin is in 4096ths of a tile's side.
func (s *tileSet) addBox(box, within geo.FixedBox, z geo.Zoom, margin uint32) {
	if margin > 0 {
		box = box.Grow(uint32(uint64(margin)<<20>>z) + 1) // a side is 2^32 units at zoom 0
	}
	if !box.Meets(within) {
		return
	}
	shift := 32 - z
	column := func(v uint32) uint32 { return uint32(uint64(v) >> shift) }
	west, east := column(max(box.Min.X, within.Min.X)), column(min(box.Max.X, within.Max.X))
	north, south := column(max(box.Min.Y, within.Min.Y)), column(min(box.Max.Y, within.Max.Y))
	if uint64(east-west+1)*uint64(south-north+1) > maxTiles {
		s.fill()
		return
	}
	for y := north; y <= south; y++ {
		for x := west; x <= east; x++ {
			s.add(geo.TileID{Z: z, X: x, Y: y})
		}
	}
}

// named lists the tiles as frames do.
func (s *tileSet) named() [][3]uint32 {
	var all [][3]uint32
	for t := range s.tiles {
		all = append(all, [3]uint32{uint32(t.Z), t.X, t.Y})
	}
	slices.SortFunc(all, func(a, b [3]uint32) int { return slices.Compare(a[:], b[:]) })
	return all
}

// touched adds the tiles of the query that a change of a box alters.
func (q *query) touched(s *tileSet, box geo.FixedBox, t Tiling) {
	for _, z := range q.zooms {
		s.addBox(box, q.area.box, z, t.margin(q.about.Rows))
	}
}

// touchedBy adds the tiles that a change alters.
func (q *query) touchedBy(s *tileSet, touch Touch, t Tiling) {
	if touch.Was {
		q.touched(s, touch.Old, t)
	}
	if touch.Is {
		q.touched(s, touch.New, t)
	}
}
