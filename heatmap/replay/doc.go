// Package replay makes up the pings of an evening by rule and plays it: how many
// people are at a place when, where they come from, and where they go. All of it is
// synthetic and says so.
//
// A Scenario is data (bund-2019.yaml). NewCrowd decides for each visitor when they
// come and go and on which ways; a Player lets time pass, at any speed, and gives
// the pings to an engine of its own, whose clock is the scenario's, with the tallies of a
// gate at the end of each way.
//
// # Concurrency
//
// A Scenario and a Crowd never change. A Player is safe for concurrent use.
//
// # Lifecycle
//
// NewPlayer, then Run until its context is done or the evening is over.
//
// # Units
//
// Coordinates are lon, lat in degrees on WGS 84; lengths metres, times seconds since
// the scenario's beginning unless they are instants.
package replay
