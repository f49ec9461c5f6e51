package layers

import (
	"encoding/json"
	"time"
)

// Item is one stored feature with all that is known of it.
type Item struct {
	ID        int64
	Code      string
	Source    string
	SourceID  string
	Synthetic bool
	Version   int64
	UpdatedAt time.Time
	District  *RegionName
	Street    *RegionName
	Village   *RegionName
	// Properties are in the order of the layer's.
	Properties []any
	// Geometry is GeoJSON, lon, lat, WGS 84.
	Geometry json.RawMessage
}

// RegionName is a region as people know it.
type RegionName struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Summary is what a layer holds in all, at one moment.
type Summary struct {
	Features  int64 `json:"features"`
	Synthetic int64 `json:"synthetic"`
	// LengthMetres is the geodesic length of all lines; nil for other layers.
	LengthMetres *float64 `json:"length_metres,omitempty"`
	// Sums are the totals of the properties that the layer marks for it; of a
	// boolean one, the number of features that have it set.
	Sums map[string]float64 `json:"sums,omitempty"`
	// Extent is west, south, east, north in degrees; nil for an empty layer.
	Extent *[4]float64 `json:"extent,omitempty"`
	AsOf   time.Time   `json:"as_of"`
}
