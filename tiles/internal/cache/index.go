package cache

import (
	"slices"
	"sync"

	"yiping/geo"
)

// index finds the entries of a layer by address: those stored and those in the
// making.
type index struct {
	mu     sync.Mutex
	layers map[string]*[geo.MaxZoom + 1]places
}

// places are the entries of one zoom by tile.
type places map[place][]*Entry

type place struct{ x, y uint32 }

func (i *index) add(e *Entry) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.layers == nil {
		i.layers = map[string]*[geo.MaxZoom + 1]places{}
	}
	at := place{e.key.Tile.X, e.key.Tile.Y}
	for _, name := range e.layers {
		zooms := i.layers[name]
		if zooms == nil {
			zooms = new([geo.MaxZoom + 1]places)
			i.layers[name] = zooms
		}
		if zooms[e.key.Tile.Z] == nil {
			zooms[e.key.Tile.Z] = places{}
		}
		zooms[e.key.Tile.Z][at] = append(zooms[e.key.Tile.Z][at], e)
	}
}

func (i *index) remove(e *Entry) {
	i.mu.Lock()
	defer i.mu.Unlock()
	at := place{e.key.Tile.X, e.key.Tile.Y}
	for _, name := range e.layers {
		zoom := i.layers[name][e.key.Tile.Z]
		if left := slices.DeleteFunc(zoom[at], func(o *Entry) bool { return o == e }); len(left) > 0 {
			zoom[at] = left
		} else {
			delete(zoom, at)
		}
	}
}

// mark makes stale the entries whose tile, with its margin, meets one of the
// boxes. It returns those that were not stale before.
func (i *index) mark(layer string, boxes []geo.FixedBox, margin uint32) []*Entry {
	i.mu.Lock()
	defer i.mu.Unlock()
	var marked []*Entry
	zooms := i.layers[layer]
	if zooms == nil {
		return nil
	}
	for z, zoom := range zooms {
		for _, box := range boxes {
			marked = zoom.mark(marked, geo.Zoom(z), box.Grow(units(geo.Zoom(z), margin)))
		}
	}
	return marked
}

// units turns 4096ths of the side of a tile into fixed units, rounded up.
func units(z geo.Zoom, margin uint32) uint32 {
	return uint32((uint64(margin)<<20 + 1<<z - 1) >> z)
}

// mark goes through the tiles of the box or through those that there are,
// whichever are fewer.
func (p places) mark(marked []*Entry, z geo.Zoom, box geo.FixedBox) []*Entry {
	first, last := tileOf(box.Min, z), tileOf(box.Max, z)
	covered := uint64(last.x-first.x+1) * uint64(last.y-first.y+1)
	if covered > uint64(len(p)) {
		for at, entries := range p {
			if first.x <= at.x && at.x <= last.x && first.y <= at.y && at.y <= last.y {
				marked = stale(marked, entries)
			}
		}
		return marked
	}
	for y := first.y; y <= last.y; y++ {
		for x := first.x; x <= last.x; x++ {
			marked = stale(marked, p[place{x, y}])
		}
	}
	return marked
}

func tileOf(f geo.Fixed, z geo.Zoom) place {
	shift := 32 - z
	return place{uint32(uint64(f.X) >> shift), uint32(uint64(f.Y) >> shift)}
}

func stale(marked, entries []*Entry) []*Entry {
	for _, e := range entries {
		if !e.stale.Swap(true) {
			marked = append(marked, e)
		}
	}
	return marked
}

// markAll makes stale all entries of a layer and returns those that were not
// stale before.
func (i *index) markAll(layer string) []*Entry {
	i.mu.Lock()
	defer i.mu.Unlock()
	var marked []*Entry
	if zooms := i.layers[layer]; zooms != nil {
		for _, zoom := range zooms {
			for _, entries := range zoom {
				marked = stale(marked, entries)
			}
		}
	}
	return marked
}
