package tiles

import (
	"encoding/binary"
	"math"
	"slices"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/image"
	"yiping/tiles/internal/plane"
	"yiping/tiles/mvt"
)

// mergeZoom is the zoom from which on lines are drawn one by one.
const mergeZoom geo.Zoom = 14

// lineTolerance is how far a joined line may be off, in grid units: half a pixel
// of a 512-pixel tile, as for the vertices of a single one.
const lineTolerance = 4

// lineCount is the property that says how many features a joined line stands for.
const lineCount = "line_count"

// lines gathers the lines of a layer that are joined where they meet.
type lines struct {
	joiner     plane.Joiner
	simplifier plane.Simplifier
	features   []lineFeature
	// of is the feature of each line given to the joiner.
	of     []int
	groups map[string]uint32
	group  []byte
	// chain counts the joined lines.
	chain   int
	members []int // features of a chain
}

type lineFeature struct {
	row   image.Row
	shown bool
	named bool // its id is in use
	// chain is the last one that it was met in.
	chain int
}

func (l *lines) reset() {
	l.joiner.Reset()
	l.features, l.of, l.chain = l.features[:0], l.of[:0], 0
	if l.groups == nil {
		l.groups = map[string]uint32{}
	}
	clear(l.groups)
}

// joined draws lines that share the values of the layer's MergeBy as one where
// two of them meet. Joining is done anew for each tile, so that it is exact with
// every filter and after every change.
func (e *encoder) joined(v *image.View, s *image.Selection, m *meta) {
	l := &e.lines
	l.reset()
	rules := v.Layer().Tiles
	by := columns(v, rules.MergeBy)
	s.Shapes(e.id, bufferUnits(e.id.Z), func(r image.Row) {
		l.features = append(l.features, lineFeature{row: r})
		group, id := l.groupOf(r, by), v.ID(r)
		e.eachPath(v.Shape(r), func(path []geo.Fixed, _ bool) {
			l.joiner.Add(group, id, path)
			l.of = append(l.of, len(l.features)-1)
		})
	})
	weight := columns(v, []string{rules.Weight})
	l.joiner.Chains(func(c plane.Chain) {
		members := l.membersOf(c)
		for _, n := range members {
			l.features[n].shown = true
		}
		if e.chain(c.Vertices) {
			e.tagChain(v, members, rules, weight)
			e.mvt.EndFeature()
		}
	})
	for _, f := range l.features {
		if f.shown && e.inTile(v.Anchor(f.row)) {
			m.shown++
		}
	}
}

// columns are the readers of the properties of those names that the image keeps.
func columns(v *image.View, names []string) []image.Column {
	var all []image.Column
	for _, name := range names {
		if c, ok := v.Column(name); ok {
			all = append(all, c)
		}
	}
	return all
}

// groupOf numbers the values of a row in columns.
func (l *lines) groupOf(r image.Row, by []image.Column) uint32 {
	l.group = l.group[:0]
	for _, c := range by {
		if c.Null(r) {
			l.group = append(l.group, 0)
			continue
		}
		l.group = binary.LittleEndian.AppendUint64(append(l.group, 1), bitsOf(c, r))
	}
	n, ok := l.groups[string(l.group)]
	if !ok {
		n = uint32(len(l.groups))
		l.groups[string(l.group)] = n
	}
	return n
}

// bitsOf is a value that is not null as bits: equal bits, equal values.
func bitsOf(c image.Column, r image.Row) uint64 {
	switch c.Kind {
	case image.Text:
		return uint64(c.Code(r))
	case image.Float:
		return math.Float64bits(c.Float(r))
	case image.Bool:
		if c.Bool(r) {
			return 1
		}
		return 0
	default:
		return uint64(c.Int(r))
	}
}

// membersOf are the features of a chain, each once: several lines of it may be of
// one.
func (l *lines) membersOf(c plane.Chain) []int {
	l.chain++
	l.members = l.members[:0]
	for _, line := range c.Members {
		n := l.of[line]
		if f := &l.features[n]; f.chain != l.chain {
			f.chain = l.chain
			l.members = append(l.members, n)
		}
	}
	return l.members
}

// chain begins the feature of a joined line and draws it, unless nothing of it is
// in the tile.
func (e *encoder) chain(vertices []geo.Fixed) bool {
	e.mvt.Feature(-1, mvt.Lines)
	e.points = e.grid.AppendPath(e.points[:0], vertices)
	e.parts.Reset()
	plane.ClipLine(&e.parts, e.points, e.box)
	for part := range e.parts.All() {
		e.mvt.Line(e.narrowed(e.lines.simplifier.Line(part, lineTolerance)))
	}
	return e.parts.Len() > 0
}

// tagChain gives a joined line the id of its smallest member and what all members
// share; one that stands for itself says all that it has to say.
func (e *encoder) tagChain(v *image.View, members []int, rules layers.TileRules, weight []image.Column) {
	l := &e.lines
	first := slices.MinFunc(members, func(a, b int) int {
		if v.ID(l.features[a].row) < v.ID(l.features[b].row) {
			return -1
		}
		return 1
	})
	f := &l.features[first]
	if !f.named { // a feature of several lines may be the smallest of several chains
		f.named = true
		e.mvt.SetID(v.ID(f.row))
	}
	if len(members) == 1 {
		e.properties.tag(f.row)
	} else {
		e.properties.tagNamed(f.row, rules.MergeBy)
		for _, c := range weight {
			if row, ok := l.heaviest(c, members); ok {
				e.properties.tagNamed(row, []string{rules.Weight})
			}
		}
	}
	e.mvt.Tag(e.mvt.Key(lineCount), e.mvt.Int(int64(len(members))))
}

// heaviest is the member that has the greatest value, if one has any.
func (l *lines) heaviest(c image.Column, members []int) (row image.Row, ok bool) {
	most := math.Inf(-1)
	for _, n := range members {
		r := l.features[n].row
		if c.Null(r) {
			continue
		}
		var value float64
		if c.Kind == image.Float {
			value = c.Float(r)
		} else {
			value = float64(c.Int(r))
		}
		if value > most {
			most, row, ok = value, r, true
		}
	}
	return row, ok
}
