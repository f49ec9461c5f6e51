package layers

import (
	"yiping/layers/cql2"
)

// Query asks for features of one layer. Its names have been checked against the
// layer, so that they are fit for SQL as identifiers.
type Query struct {
	Layer *Layer
	// Filters must all be true of a feature.
	Filters []*cql2.Filter
	// Columns are wanted, in this order.
	Columns []Property
	// Sort orders the features; among equals, and without any, the id does,
	// ascending. Nulls come last.
	Sort []SortKey
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

// SortKey is one column to sort by.
type SortKey struct {
	Column     Property
	Descending bool
}

// Place is where a feature stands in the order of a query.
type Place struct {
	// Keys are the feature's values of Query.Sort, nil for null.
	Keys []any
	ID   int64
}
