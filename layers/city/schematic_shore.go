package city

import (
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// shore is water as roads meet it: the lines where it begins, and the surfaces
// with the bound of each.
type shore struct {
	grid     segmentGrid
	surfaces []orb.MultiPolygon
	bounds   []orb.Bound
}

func newShore(p plane, surfaces []orb.MultiPolygon) *shore {
	s := &shore{grid: segmentGrid{plane: p}, surfaces: surfaces}
	for i, surface := range surfaces {
		s.bounds = append(s.bounds, surface.Bound())
		for _, polygon := range surface {
			for _, ring := range polygon {
				s.grid.add(i, orb.LineString(ring))
			}
		}
	}
	return s
}

func (s *shore) wet(p orb.Point) bool {
	for i, b := range s.bounds {
		if b.Contains(p) && planar.MultiPolygonContains(s.surfaces[i], p) {
			return true
		}
	}
	return false
}

// wetLine is a stretch of a line, all of it over water or none.
type wetLine struct {
	line orb.LineString
	wet  bool
}

// split cuts a line at the shores. Neighbouring pieces share their end.
func (s *shore) split(line orb.LineString) []wetLine {
	var cuts []joint
	isCut := map[orb.Point]bool{}
	for i := 1; i < len(line); i++ {
		for _, x := range s.grid.crossings(line[i-1], line[i]) {
			c := joint{i - 1, x.t, between(line[i-1], line[i], x.t)}
			cuts, isCut[c.point] = append(cuts, c), true
		}
	}
	line = withJoints(line, cuts)
	var pieces []wetLine
	start := 0
	for i := 1; i < len(line); i++ {
		if !isCut[line[i]] && i < len(line)-1 {
			continue
		}
		piece := wetLine{line: line[start : i+1].Clone()}
		piece.wet = s.wet(middleOfLine(piece.line))
		if n := len(pieces); n > 0 && pieces[n-1].wet == piece.wet {
			pieces[n-1].line = slices.Concat(pieces[n-1].line, piece.line[1:])
		} else {
			pieces = append(pieces, piece)
		}
		start = i
	}
	return pieces
}
