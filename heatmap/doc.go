// Package heatmap counts the devices in the H3 cells of a city: who is where now,
// exactly.
//
//	p := heatmap.NewPresence(heatmap.Config{Finest: 11, Coarsest: 6, TTL: 10 * time.Minute})
//	p.Ping(pseudonym, cell.At(point, 11), at)
//	p.Advance(now)            // forgets who has not been heard of
//	p.Each(9, func(c heatmap.Count) { … })
//
// Only event time counts: what is here now is decided by when pings were made and
// not by when they came.
//
// # Concurrency
//
// Presence is not safe for concurrent use; its owner locks.
//
// # Lifecycle
//
// NewPresence; nothing to close.
//
// # Units
//
// Devices, not people. Times are cut to slots (Config.Slot).
package heatmap
