package fence

import (
	"slices"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"yiping/geo"
	"yiping/layers"
)

// Kind is what happened between an object and a fence.
type Kind string

// The kinds of transitions.
const (
	Enter  Kind = "enter"  // the object has come in
	Exit   Kind = "exit"   // it has gone out
	Cross  Kind = "cross"  // it went through without staying
	Dwell  Kind = "dwell"  // it has been in for dwell_s
	Absent Kind = "absent" // it has not come back for absence_s
	Near   Kind = "near"   // it has come within near_m, and is not in
)

// Kinds are all kinds.
func Kinds() []Kind { return []Kind{Enter, Exit, Cross, Dwell, Absent, Near} }

// Definition is a fence as it was drawn.
type Definition struct {
	// ID is given by the store and never used again.
	ID string
	// Version counts the definition's edits from 1.
	Version int32
	Title   string
	// Geometry is a Polygon, a MultiPolygon or a LineString.
	Geometry orb.Geometry
	// Buffer is how far from a line its fence reaches, in metres.
	Buffer float64
	// Streams are those whose objects it watches.
	Streams []string
	// Where is CQL2 text on the fields of the streams: only objects for which it is true
	// are watched. Empty is all.
	Where string
	// Kinds are what it tells.
	Kinds []Kind
	// Hysteresis is how far outside an object must be to have left, in metres.
	Hysteresis float64
	// Near is how far outside an object is told to be near, in metres; 0 is never. It is
	// more than Hysteresis.
	Near float64
	// Settle is how long an object must be in or out for it to count.
	Settle time.Duration
	// Dwell and Absence are when stays and times away are told; 0 is never.
	Dwell, Absence time.Duration
	// Synthetic says that the fence belongs to a demonstration or an exercise.
	Synthetic bool
}

// The bounds of a definition.
const (
	MaxVertices   = 10_000
	MaxBuffer     = 10_000 // metres
	MaxHysteresis = 1_000  // metres
	MaxNear       = 10_000 // metres
	MaxPeriod     = 7 * 24 * time.Hour
	maxTitle      = 200 // bytes
	maxStreams    = 16
	// maxExtent is of a side, in degrees: the plane of a fence is not for more.
	maxExtent = 2
	// maxLatitude leaves out the poles, where there is no such plane.
	maxLatitude = 80
)

// Check holds a definition to its bounds. Errors are *layers.InputError; fields are
// named as in the JSON form.
func (d *Definition) Check() error {
	switch {
	case d.Title == "" || len(d.Title) > maxTitle:
		return layers.InputErrorf("properties.title", "has 1 to %d bytes", maxTitle)
	case len(d.Streams) == 0 || len(d.Streams) > maxStreams:
		return layers.InputErrorf("properties.streams", "names 1 to %d streams", maxStreams)
	case slices.Contains(d.Streams, ""):
		return layers.InputErrorf("properties.streams", "has an empty name")
	case len(d.Kinds) == 0:
		return layers.InputErrorf("properties.kinds", "is empty: the fence would tell nothing")
	case !(d.Buffer >= 0 && d.Buffer <= MaxBuffer):
		return layers.InputErrorf("properties.buffer_m", "is not within 0 to %d", MaxBuffer)
	case !(d.Hysteresis >= 0 && d.Hysteresis <= MaxHysteresis):
		return layers.InputErrorf("properties.hysteresis_m", "is not within 0 to %d", MaxHysteresis)
	case !(d.Near >= 0 && d.Near <= MaxNear) || d.Near > 0 && d.Near <= d.Hysteresis:
		return layers.InputErrorf("properties.near_m", "is not 0, nor more than hysteresis_m and within %d", MaxNear)
	case len(d.Where) > maxWhere:
		return layers.InputErrorf("properties.where", "is longer than %d bytes", maxWhere)
	}
	for _, k := range d.Kinds {
		if !slices.Contains(Kinds(), k) {
			return layers.InputErrorf("properties.kinds", "%s is not known; there are %v", layers.Shown(string(k)), Kinds())
		}
	}
	for _, period := range []struct {
		name string
		d    time.Duration
	}{{"settle_s", d.Settle}, {"dwell_s", d.Dwell}, {"absence_s", d.Absence}} {
		if period.d < 0 || period.d > MaxPeriod {
			return layers.InputErrorf("properties."+period.name, "is not within 0 to %.0f", MaxPeriod.Seconds())
		}
	}
	return d.checkGeometry()
}

func (d *Definition) checkGeometry() error {
	vertices := 0
	for _, line := range lines(d.Geometry) {
		vertices += len(line)
		for _, p := range line {
			if err := geo.CheckPoint(p); err != nil {
				return layers.InputErrorf("geometry", "%v", err)
			}
		}
	}
	if vertices > MaxVertices {
		return layers.InputErrorf("geometry", "has %d vertices, at most %d are taken", vertices, MaxVertices)
	}
	switch g := d.Geometry.(type) {
	case orb.LineString:
		if planar.Length(g) == 0 {
			return layers.InputErrorf("geometry", "is a line without length")
		}
		if d.Buffer == 0 {
			return layers.InputErrorf("properties.buffer_m", "is missing: a line has no inside of its own")
		}
	case orb.Polygon, orb.MultiPolygon:
		if d.Buffer != 0 {
			return layers.InputErrorf("properties.buffer_m", "is for lines; draw the polygon as large as it should be")
		}
		if err := checkRings(g); err != nil {
			return err
		}
	default:
		return layers.InputErrorf("geometry", "is a Polygon, a MultiPolygon or a LineString")
	}
	b := d.Geometry.Bound()
	if b.Max[0]-b.Min[0] > maxExtent || b.Max[1]-b.Min[1] > maxExtent || b.Max[1] > maxLatitude || b.Min[1] < -maxLatitude {
		return layers.InputErrorf("geometry", "is larger than %d degrees or nearer to a pole than latitude %d", maxExtent, maxLatitude)
	}
	return nil
}

func checkRings(g orb.Geometry) error {
	for _, ring := range lines(g) {
		if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
			return layers.InputErrorf("geometry", "has a ring that is not closed: the last of its four or more positions is the first")
		}
	}
	if planar.Area(g) == 0 {
		return layers.InputErrorf("geometry", "is a polygon without area")
	}
	return nil
}

// lines are the rings of polygons, or the line itself.
func lines(g orb.Geometry) []orb.LineString {
	var all []orb.LineString
	switch g := g.(type) {
	case orb.LineString:
		all = append(all, g)
	case orb.Polygon:
		for _, r := range g {
			all = append(all, orb.LineString(r))
		}
	case orb.MultiPolygon:
		for _, p := range g {
			all = append(all, lines(p)...)
		}
	}
	return all
}
