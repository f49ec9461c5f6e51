// Package postgis keeps in PostGIS what streams must not lose: events, tracks of
// moving objects, and the state of fences.
//
// An event is a row that its producer writes in the transaction of what it tells of
// (InsertEvents). Every replica reads the rows for itself (Tailer, Store.Log), below
// the number of the oldest open transaction: nothing can appear there any more, so
// all count them in the same order. An event may come again to a client, and is never
// left out.
//
// # Concurrency
//
// Store is safe for concurrent use. Tailer calls its functions from the goroutine of
// Run, one after the other.
//
// # Lifecycle
//
// New on the pool of layers/postgis, whose migrations make the tables; nothing to
// close. Tailer.Run blocks until its context is done.
//
// # Units
//
// Times are instants; coordinates are lon, lat in degrees (WGS 84).
package postgis
