// Package cache keeps finished tiles in memory, up to a number of bytes, and
// drops exactly those that a change can have altered.
//
// # Flights
//
// A tile that is not there is made once for all who ask at that time. A caller
// who gives up leaves the others waiting; the last one to leave stops the work.
// Errors reach all who wait and are never kept.
//
// # Truth
//
// A tile is noted in an index by layer and address before its making begins, and
// Invalidate marks what it finds there as stale. So a tile that was begun before
// a change and finished after it is stale from birth: those who waited since
// before the change get it, nobody else does. Whoever changes an image first
// publishes the change and then invalidates.
//
// Tiles of LowZoom and below hold so much that nearly every change alters them.
// They are made at most once in Interval: until then a stale one still serves,
// and says so.
//
// # Concurrency
//
// A Cache is safe for concurrent use. Lock order: flights, then the lock of a
// bucket inside the store, then the index. Tiles are made on goroutines that end
// soon after their last caller has left.
//
// # Lifecycle
//
// New; nothing to close.
package cache
