// Package export writes features to files: GeoJSON text sequences (RFC 8142),
// CSV (RFC 4180) and GeoParquet 1.1. What it writes, layers/load reads back
// (but for GeoParquet) as the same features.
//
// # Concurrency
//
// A Writer is for one goroutine.
//
// # Lifecycle
//
// New, Write for each feature, Close. Close ends the format and flushes; it does
// not close the file below. A file whose Close was not reached or has failed is
// not whole, and its Writer can be dropped as it is.
//
// # Units and axis order
//
// Coordinates are lon, lat in degrees on WGS 84 (OGC:CRS84), with all digits that
// the database holds. Dates are days, times RFC 3339 in UTC to the microsecond.
//
// It does not choose features and knows no database.
package export
