package shape

import (
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"yiping/geo"
)

// ErrFull is returned where an arena would need more than 2^32 − 1 vertices.
var ErrFull = errors.New("an arena holds no more than 4294967295 vertices")

// Builder takes geometries one after another. The zero value is ready for use.
type Builder struct {
	packed
	ranker ranker
}

// Add appends a row. A geometry that is nil or has no positions becomes a row of
// kind Empty. Vertices equal to the one before are left out, and so are holes of
// which fewer than three remain. Geometry collections are refused. After an error
// the row has not been added.
func (b *Builder) Add(g orb.Geometry) error {
	paths, vertices := len(b.ends), len(b.vertices)
	kind, err := b.add(g)
	if err != nil {
		return err
	}
	if uint64(len(b.vertices)) > maxVertices {
		b.ends, b.holes = b.ends[:paths], b.holes[:paths]
		b.cut(vertices)
		return ErrFull
	}
	if len(b.ends) == paths {
		kind = Empty
	}
	b.kinds = append(b.kinds, kind)
	b.paths = append(b.paths, uint32(len(b.ends)))
	return nil
}

// Arena is the arena of the rows so far. The builder is empty afterwards.
func (b *Builder) Arena() *Arena {
	a := finish(b.packed)
	b.packed = packed{}
	return a
}

func (b *Builder) add(g orb.Geometry) (Kind, error) {
	switch g := g.(type) {
	case nil:
		return Empty, nil
	case orb.Point:
		b.points(orb.MultiPoint{g})
		return Point, nil
	case orb.MultiPoint:
		b.points(g)
		return MultiPoint, nil
	case orb.LineString:
		b.line(g)
		return Line, nil
	case orb.MultiLineString:
		for _, l := range g {
			b.line(l)
		}
		return MultiLine, nil
	case orb.Polygon:
		b.polygon(g)
		return Polygon, nil
	case orb.MultiPolygon:
		for _, p := range g {
			b.polygon(p)
		}
		return MultiPolygon, nil
	default:
		return Empty, fmt.Errorf("a %s has no shape here", g.GeoJSONType())
	}
}

// points appends one path with all points.
func (b *Builder) points(points orb.MultiPoint) {
	for _, p := range points {
		b.vertices = append(b.vertices, geo.FixedAt(p))
		b.ranks = append(b.ranks, 0)
	}
	if len(points) > 0 {
		b.end(false)
	}
}

func (b *Builder) line(l orb.LineString) {
	if len(l) == 0 {
		return
	}
	first := b.distinct(l)
	b.ranker.line(b.vertices[first:], b.ranks[first:])
	b.end(false)
}

func (b *Builder) polygon(p orb.Polygon) {
	if len(p) == 0 || len(p[0]) == 0 {
		return
	}
	for i, ring := range p {
		first := b.distinct(orb.LineString(ring))
		for last := len(b.vertices) - 1; last > first && b.vertices[last] == b.vertices[first]; last-- {
			b.cut(last)
		}
		if i > 0 && len(b.vertices)-first < 3 {
			b.cut(first)
			continue
		}
		b.ranker.ring(b.vertices[first:], b.ranks[first:])
		b.end(i > 0)
	}
}

// distinct appends the vertices that differ from the one before, unranked, and
// returns the place of the first.
func (b *Builder) distinct(l orb.LineString) int {
	first := len(b.vertices)
	for _, p := range l {
		f := geo.FixedAt(p)
		if n := len(b.vertices); n == first || b.vertices[n-1] != f {
			b.vertices = append(b.vertices, f)
		}
	}
	b.ranks = slices.Grow(b.ranks, len(b.vertices)-first)[:len(b.vertices)]
	return first
}

// cut drops the vertices from n on.
func (b *Builder) cut(n int) { b.vertices, b.ranks = b.vertices[:n], b.ranks[:n] }

// end closes a path.
func (b *Builder) end(hole bool) {
	b.ends = append(b.ends, uint32(len(b.vertices)))
	b.holes = append(b.holes, hole)
}
