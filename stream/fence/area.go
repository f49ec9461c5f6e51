package fence

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"yiping/geo/cell"
	"yiping/stream"
)

// Area is a fence as a place for subscriptions to be about: the area as it was drawn,
// of a line up to buffer_m away. It never changes and is safe for concurrent use.
type Area struct {
	shape  *shape
	bound  orb.Bound
	digest uint64
}

var _ stream.Shape = (*Area)(nil)

// NewArea prepares the area of a definition that Check has passed.
func NewArea(d Definition) (*Area, error) {
	d.Hysteresis = 0 // nobody is followed here
	s, err := newShape(d)
	if err != nil {
		return nil, err
	}
	drawn, err := wkb.Marshal(d.Geometry, binary.LittleEndian)
	if err != nil {
		return nil, fmt.Errorf("digest of fence %s: %w", d.ID, err)
	}
	sum := fnv.New64a()
	_, _ = sum.Write(binary.LittleEndian.AppendUint64(drawn, math.Float64bits(d.Buffer))) // it never fails
	b := d.Geometry.Bound()
	lon, lat := d.Buffer/s.perLon, d.Buffer/s.perLat
	b = orb.Bound{Min: orb.Point{b.Min[0] - lon, b.Min[1] - lat}, Max: orb.Point{b.Max[0] + lon, b.Max[1] + lat}}
	return &Area{shape: s, bound: b, digest: sum.Sum64()}, nil
}

// Bound covers the area, in degrees.
func (a *Area) Bound() orb.Bound { return a.bound }

// Holds reports whether a place (lon, lat) lies in the area.
func (a *Area) Holds(p orb.Point) bool { return a.shape.holds(cell.At(p, finest), p) }

// Digest follows from the geometry and the buffer alone.
func (a *Area) Digest() uint64 { return a.digest }
