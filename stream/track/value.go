package track

import (
	"math"
	"slices"
)

// Value is what a report says of one of the Properties: string, float64, int64 or bool;
// nil if it says nothing.
func (d *Definition) Value(r *Report, name string) any {
	known := func(v float64) any {
		if math.IsNaN(v) {
			return nil
		}
		return v
	}
	switch {
	case name == memberSynthetic:
		return r.Synthetic
	case name == memberStale:
		return false // it has just been told
	case d.Mover && name == memberSpeed:
		return known(r.Speed)
	case d.Mover && name == memberHeading:
		return known(r.Heading)
	case d.Mover && name == memberState:
		return int64(r.State)
	}
	i := slices.IndexFunc(d.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 || r.Fields == nil {
		return nil
	}
	return r.Fields[i]
}
