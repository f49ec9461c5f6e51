package layers

import (
	"time"
)

// Item is one stored feature as an answer holds it.
type Item struct {
	ID int64
	// Values are those of the columns asked for, in their order, in the Go
	// types that PropertyType lists; nil is null.
	Values []any
	// Keys are the values of the query's order.
	Keys []any
	// Geometry is GeoJSON or well-known text in the CRS asked for.
	Geometry []byte
	// Regions are the regions that the feature lies in, by the name of their
	// layer. Only Store.Item fills it.
	Regions map[string]*RegionName
}

// Place is where the feature stands in the order of the query that gave it.
func (i *Item) Place() Place { return Place{Keys: i.Keys, ID: i.ID} }

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
