// Package cql2test makes random rows and random filters, so that tests can hold
// that a filter means the same in SQL and in memory. Only tests import it.
//
// Values come from small sets that are chosen to meet and to hurt: nulls, equal
// values under other spellings, bounds of types, code points that fold in odd
// ways, geometries that share corners and edges.
//
// # Concurrency
//
// A Generator belongs to one goroutine. Packed columns may be shared.
//
// # Units
//
// Coordinates are lon, lat in degrees on a grid of a quarter.
package cql2test
