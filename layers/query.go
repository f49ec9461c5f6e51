package layers

import (
	"github.com/paulmach/orb"

	"yiping/layers/cql2"
)

// Query asks for features of one layer. Its names have been checked against the
// layer, so that they are fit for SQL as identifiers.
type Query struct {
	Layer *Layer
	// Filters must all be true of a feature.
	Filters []*cql2.Filter
	// Box holds the features wanted; nil wants them from everywhere.
	Box *Box
	// Columns are wanted, in this order.
	Columns []Property
	// Sort orders the features; among equals, and without any, the id does,
	// ascending. Nulls come last.
	Sort []SortKey
	// ByPlace orders the points of a Box so that those near each other follow
	// each other, and among equals by id; Sort is empty then.
	ByPlace bool
	// After starts behind a feature by its place in the order; nil starts at
	// the first.
	After *Place
	// Offset leaves out that many features.
	Offset int64
	// Limit bounds the number of features; 0 is no bound.
	Limit int
	// AnyOrder lets features come in whatever order is fastest.
	AnyOrder bool
	// CRS is that of the geometries wanted.
	CRS CRS
	// WKT asks for geometries as well-known text instead of GeoJSON.
	WKT bool
}

// Order is the columns that the features are in order of; the id is the last and
// not among them. By place it is one that no layer has, a text.
func (q *Query) Order() []SortKey {
	if q.ByPlace {
		return []SortKey{{Column: Property{Name: PlaceKey, Type: String, Required: true}}}
	}
	return q.Sort
}

// PlaceKey names the place of a feature in an order. No property has this name.
const PlaceKey = "@place"

// Box is a part of the world that features are asked for: they have a point in
// common with it, its borders included.
type Box struct {
	// Bounds cover it: one, or two if it crosses the antimeridian.
	Bounds []orb.Bound
	// Filter says the same.
	Filter *cql2.Filter
}

// SortKey is one column to sort by.
type SortKey struct {
	Column     Property
	Descending bool
}

// Place is where a feature stands in the order of a query.
type Place struct {
	// Keys are the feature's values of Query.Order, nil for null.
	Keys []any
	ID   int64
}
