package track

import (
	"math"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
)

// Report is what an object says of itself once.
type Report struct {
	// At counts the lines or elements of what it was read from, from 1; for messages.
	At  int
	Key string
	// Time is when it was there.
	Time time.Time
	// Place is lon, lat in degrees, WGS 84.
	Place orb.Point
	// Speed in m/s and Heading in degrees are NaN if unknown.
	Speed, Heading float64
	State          uint8
	// Fields are in the order of Definition.Fields: string, float64, int64, bool, or
	// nil. Without any it is nil.
	Fields    []any
	Synthetic bool
}

// The members of reports and rows.
const (
	memberKey       = "k"
	memberVersion   = "ver"
	memberTime      = "t"
	memberLon       = "lon"
	memberLat       = "lat"
	memberSpeed     = "s"
	memberHeading   = "h"
	memberState     = "st"
	memberSynthetic = "synthetic"
	memberStale     = "stale"
)

// maxKey is the length of a key in bytes.
const maxKey = 128

// check tests what is true of any report, whatever is known of its object.
func (r *Report) check() error {
	switch {
	case r.Key == "":
		return layers.InputErrorf(memberKey, "is missing")
	case len(r.Key) > maxKey:
		return layers.InputErrorf(memberKey, "is longer than %d bytes", maxKey)
	case reserved(r.Key):
		return layers.InputErrorf(memberKey, "%q is a word of the addresses", r.Key)
	case r.Time.IsZero():
		return layers.InputErrorf(memberTime, "is missing")
	case r.Speed < 0 || r.Speed > maxSpeed:
		return layers.InputErrorf(memberSpeed, "%v is not from 0 to %v m/s", r.Speed, maxSpeed)
	case r.Heading < 0 || r.Heading > 360:
		return layers.InputErrorf(memberHeading, "%v is not from 0 to 360 degrees", r.Heading)
	case r.State > maxState:
		return layers.InputErrorf(memberState, "%d is above %d", r.State, maxState)
	}
	for i := range len(r.Key) {
		if r.Key[i] < ' ' || r.Key[i] == 0x7f {
			return layers.InputErrorf(memberKey, "holds a control character")
		}
	}
	if err := geo.CheckPoint(r.Place); err != nil {
		return layers.InputErrorf(memberLon, "%v", err)
	}
	return nil
}

// reserved keys could not be asked for: /streams/{stream}/… has these words.
func reserved(key string) bool {
	return key == "feed" || key == "nearest" || key == "along" || key == "." || key == ".."
}

// The scales of what rows keep.
const (
	degreeUnits  = 1e7
	speedUnits   = 100
	headingUnits = 100
	unknown      = math.MaxUint16
	// maxSpeed in m/s is the fastest that fits.
	maxSpeed = (unknown - 1.0) / speedUnits
)

// rounded is a place as rows keep it.
func rounded(p orb.Point) orb.Point {
	return orb.Point{math.Round(p[0]*degreeUnits) / degreeUnits, math.Round(p[1]*degreeUnits) / degreeUnits}
}

func scaled(v, units float64) uint16 {
	if math.IsNaN(v) {
		return unknown
	}
	return uint16(math.Round(v * units))
}

func unscaled(v uint16, units float64) float64 {
	if v == unknown {
		return math.NaN()
	}
	return float64(v) / units
}

// scaledHeading is such that north is 0 and never 360.
func scaledHeading(v float64) uint16 {
	u := scaled(v, headingUnits)
	if u == 360*headingUnits {
		return 0
	}
	return u
}
