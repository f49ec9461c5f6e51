// Package postgis keeps in PostGIS what streams must not lose: events, tracks of
// moving objects, and the state of fences.
//
// # Concurrency
//
// Store is safe for concurrent use.
//
// # Lifecycle
//
// New on the pool of layers/postgis, whose migrations make the tables; nothing to
// close.
//
// # Units
//
// Times are instants; coordinates are lon, lat in degrees (WGS 84).
package postgis
