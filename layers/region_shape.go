package layers

import (
	"encoding/binary"
	"hash/fnv"
	"io"
	"math"

	"github.com/paulmach/orb"
)

// RegionShape is a region of an index as an area: the places that RegionIndex.At
// puts into it.
type RegionShape struct {
	index *RegionIndex
	code  string
	bound orb.Bound
}

// Region is the area of a region; ok is false if the index has none with the code.
func (x *RegionIndex) Region(code string) (*RegionShape, bool) {
	s := x.shapes[code]
	return s, s != nil
}

// Bound covers the region, in degrees.
func (s *RegionShape) Bound() orb.Bound { return s.bound }

// Holds reports whether a place (lon, lat) lies in the region.
func (s *RegionShape) Holds(p orb.Point) bool {
	at := s.index.At(p)
	return at.District == s.code || at.Street == s.code || at.Village == s.code
}

// Digest is equal for the regions of indexes with the same parts, whatever their
// order.
func (s *RegionShape) Digest() uint64 { return s.index.digest }

// outline prepares the regions as areas.
func (x *RegionIndex) outline() {
	x.shapes = map[string]*RegionShape{}
	for i := range x.parts {
		p := &x.parts[i]
		x.digest += digestOf(p)
		x.cover(p.Code, p)
		if p.Layer == "street" { // which decides the district
			x.cover(p.Parent, p)
		}
	}
}

func (x *RegionIndex) cover(code string, p *RegionPart) {
	b := p.Shape.Bound()
	switch s := x.shapes[code]; {
	case code == "":
	case s == nil:
		x.shapes[code] = &RegionShape{x, code, b}
	default:
		s.bound = s.bound.Union(b)
	}
}

func digestOf(p *RegionPart) uint64 {
	sum := fnv.New64a()
	for _, text := range []string{p.Layer, p.Code, p.Parent} {
		_, _ = io.WriteString(sum, text+"\x00") // it never fails
	}
	var b []byte
	for _, ring := range p.Shape {
		for _, at := range ring {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(at[0]))
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(at[1]))
		}
	}
	_, _ = sum.Write(b)
	return sum.Sum64()
}
