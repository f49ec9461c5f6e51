package shape

import "yiping/geo"

// Ref names a row of one of several arenas.
type Ref struct{ Source, Row uint32 }

// Gather builds an arena of the rows named, in that order: sorted rows, several
// arenas in one, without rows that are dead. Ranks are taken over as they are. It
// returns ErrFull if the vertices are too many for one arena.
func Gather(sources []*Arena, refs []Ref) (*Arena, error) {
	var paths, vertices uint64
	for _, r := range refs {
		first, end := sources[r.Source].Paths(int(r.Row))
		paths += uint64(end - first)
		vertices += uint64(len(sources[r.Source].row(int(r.Row))))
	}
	if vertices > maxVertices {
		return nil, ErrFull
	}
	p := packed{
		kinds:    make([]Kind, 0, len(refs)),
		paths:    make([]uint32, 0, len(refs)),
		ends:     make([]uint32, 0, paths),
		holes:    make([]bool, 0, paths),
		vertices: make([]geo.Fixed, 0, vertices),
		ranks:    make([]geo.Zoom, 0, vertices),
	}
	for _, r := range refs {
		p.take(&sources[r.Source].packed, int(r.Row))
	}
	return finish(p), nil
}

// take appends a row of another arena.
func (p *packed) take(from *packed, row int) {
	first, end := from.Paths(row)
	start, stop := before(from.ends, first), before(from.ends, end)
	shift := uint32(len(p.vertices)) - start // wraps around where the row moves down
	for _, e := range from.ends[first:end] {
		p.ends = append(p.ends, e+shift)
	}
	p.holes = append(p.holes, from.holes[first:end]...)
	p.vertices = append(p.vertices, from.vertices[start:stop]...)
	p.ranks = append(p.ranks, from.ranks[start:stop]...)
	p.kinds = append(p.kinds, from.kinds[row])
	p.paths = append(p.paths, uint32(len(p.ends)))
}
