package tiles

import (
	"time"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/image"
	"yiping/tiles/internal/plane"
	"yiping/tiles/mvt"
)

// metaLayer is the MVT layer that describes the others. Names of layers begin
// with a letter.
const metaLayer = "_meta"

// encoder makes one tile at a time and keeps its buffers for the next.
type encoder struct {
	mvt   mvt.Encoder
	query *Query
	id    geo.TileID
	grid  plane.Grid
	box   plane.Box // the tile with its buffer
	meta  []meta

	properties properties
	lines      lines
	areas      plane.Areas
	path       []geo.Fixed
	points     []plane.Point
	parts      plane.Paths
	out        []mvt.Point
}

// meta is what is said about a layer.
type meta struct {
	layer string
	// total is the number of selected features whose anchor is in the tile,
	// shown how many of them are drawn or stand in a count.
	total, shown int
	thinned      bool
	synthetic    bool
	asOf         time.Time
}

func (e *encoder) reset(q *Query, id geo.TileID) {
	e.query, e.id = q, id
	e.grid, e.box = plane.NewGrid(id), plane.TileBox(plane.Buffer)
	e.meta = e.meta[:0]
	e.mvt.Reset()
}

// layer encodes the selected features of a layer.
func (e *encoder) layer(s *image.Selection) {
	v := s.View()
	l := v.Layer()
	m := meta{layer: l.Name, total: s.Count(e.id), synthetic: v.Synthetic() > 0, asOf: v.Cut().Time}
	e.mvt.Begin(l.Name, plane.Extent)
	e.properties.reset(e, v)
	switch {
	case l.Geometry == layers.Point && e.id.Z <= image.MaxCellZoom:
		e.cells(s, &m)
	case l.Geometry == layers.Point:
		e.singles(v, s, &m)
	case len(l.Tiles.MergeBy) > 0 && e.id.Z < mergeZoom:
		e.joined(v, s, &m)
	default:
		e.shapes(v, s, &m)
	}
	e.mvt.End()
	e.meta = append(e.meta, m)
}

// finish ends the tile with _meta, unless the tile is empty.
func (e *encoder) finish() {
	empty := len(e.mvt.Bytes()) == 0
	for _, m := range e.meta {
		empty = empty && m.total == 0
	}
	if empty {
		return
	}
	t := &e.mvt
	t.Begin(metaLayer, plane.Extent)
	for _, m := range e.meta {
		t.Feature(-1, mvt.Points)
		t.Tag(t.Key("layer"), t.String(m.layer))
		t.Tag(t.Key("total"), t.Int(int64(m.total)))
		t.Tag(t.Key("shown"), t.Int(int64(m.shown)))
		t.Tag(t.Key("cut"), t.Bool(m.shown < m.total))
		t.Tag(t.Key("as_of"), t.String(m.asOf.UTC().Format(time.RFC3339Nano)))
		t.Tag(t.Key("synthetic"), t.Bool(m.synthetic))
		t.Tag(t.Key("thinned"), t.Bool(m.thinned))
		t.Point(mvt.Point{X: plane.Extent / 2, Y: plane.Extent / 2})
		t.EndFeature()
	}
	t.End()
}

// inTile reports whether a feature counts in the tile.
func (e *encoder) inTile(f geo.Fixed) bool { return e.id.FixedBox().Contains(f) }

// narrowed turns grid points within the buffer into those of the format.
func (e *encoder) narrowed(points []plane.Point) []mvt.Point {
	e.out = e.out[:0]
	for _, p := range points {
		e.out = append(e.out, mvt.Point{X: int32(p.X), Y: int32(p.Y)})
	}
	return e.out
}
