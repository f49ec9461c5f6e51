// Package place keeps the places of the city that are watched: their form in JSON,
// the rules for them, and who hears when they are edited.
//
// # Concurrency
//
// Follower.Run calls Set from its own goroutine, one after the other.
//
// # Lifecycle
//
// Run blocks until its context is done.
//
// # Units
//
// Coordinates are lon, lat in degrees on WGS 84, areas m².
package place
