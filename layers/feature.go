package layers

import (
	"github.com/paulmach/orb"
)

// Feature is one thing of the twin, as an importer or a generator hands it on.
type Feature struct {
	// ID is the feature's key in its layer; 0 lets the database give one.
	ID int64
	// Code is the business code, unique in the layer. Empty takes the source's
	// name and SourceID, with a colon between.
	Code string
	// Source names the Source it came from; empty takes the loader's.
	Source string
	// SourceID is the feature's key in the source it came from. A later import
	// of the same source updates by it.
	SourceID string
	// Synthetic marks a feature that was generated and not surveyed.
	Synthetic bool
	// Geometry is lon, lat; of the layer's type, or its single form.
	Geometry orb.Geometry
	// Properties are in the order of Layer.Properties, nil for null, in the Go
	// types that PropertyType lists.
	Properties []any
	// At is where the feature stands in its source, for messages.
	At Position
}

// Position is a place in a source: a line (from 1) and a thing such as
// "feature 7" or "way 42". Zero fields are unknown.
type Position struct {
	Line  int64  `json:"line,omitempty"`
	Thing string `json:"thing,omitempty"`
}

// Rejection is one feature that an import left out, and why.
type Rejection struct {
	Layer  string   `json:"layer,omitempty"`
	At     Position `json:"at"`
	ID     string   `json:"id,omitempty"`
	Reason string   `json:"reason"`
}
