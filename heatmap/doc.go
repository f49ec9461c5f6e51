// Package heatmap counts the devices in the H3 cells of a city: who is where now,
// exactly.
//
//	p, census := heatmap.NewPresence(config), heatmap.NewCensus(config, 10)
//	p.Advance(now)            // forgets who has not been heard of
//	p.Ping(pseudonym, cell.At(point, 11), at)
//	moves = p.Moves(moves)
//	census.Count(moves, now)
//	census.Frame(now).Cells(9)
//
// A Presence knows the devices, a Census the cells; the moves between them let pings
// come in while a frame is made. An Engine is both, with rules, pseudonyms, places and a
// clock.
//
// Only event time counts: what is here now is decided by when pings were made and
// not by when they came.
//
// # Concurrency
//
// Presence and Census are not safe for concurrent use; their owner locks. A Census makes
// its frames on all processors. Engine is safe for concurrent use, and a Frame never
// changes. Lock order: Engine.ticking, counting, mu.
//
// # Lifecycle
//
// Nothing is to be closed. Engine: New, then Run until the end.
//
// # Units
//
// Devices, not people. Times are cut to slots (Config.Slot). Densities are devices per
// m². Points are lon, lat on WGS 84.
package heatmap
