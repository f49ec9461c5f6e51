package track

import (
	"math"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo"
)

// row is the newest of an object. Its handle is its place in the array.
type row struct {
	key    string
	fields []any // of Report.Fields; nil without any
	time   int64 // ms
	ver    uint64
	// lon and lat are 1e-7 degrees, at is the same place on the map's plane.
	lon, lat       int32
	at             geo.Fixed
	speed, heading uint16
	state          uint8
	flags          flags
}

type flags uint8

const (
	alive flags = 1 << iota
	stale
	synthetic
)

func (f flags) has(flag flags) bool { return f&flag != 0 }

// set takes a report over.
func (r *row) set(n *Report, ver uint64) {
	r.lon, r.lat = int32(math.Round(n.Place[0]*degreeUnits)), int32(math.Round(n.Place[1]*degreeUnits))
	r.at = geo.FixedAt(r.place())
	r.time, r.ver, r.fields = n.Time.UnixMilli(), ver, n.Fields
	r.speed, r.heading, r.state = scaled(n.Speed, speedUnits), scaledHeading(n.Heading), n.State
	r.flags = alive
	if n.Synthetic {
		r.flags |= synthetic
	}
}

// place is lon, lat in degrees.
func (r *row) place() orb.Point {
	return orb.Point{float64(r.lon) / degreeUnits, float64(r.lat) / degreeUnits}
}

// report is the row as a report would tell it.
func (r *row) report() Report {
	return Report{
		Key: r.key, Time: time.UnixMilli(r.time).UTC(), Place: r.place(),
		Speed: unscaled(r.speed, speedUnits), Heading: unscaled(r.heading, headingUnits),
		State: r.state, Fields: r.fields, Synthetic: r.flags.has(synthetic),
	}
}
