// Package alarm makes lasting alarms of the levels of places.
//
// An alarm begins when a place goes to watch or above, follows it up and down the
// ladder, and ends when it is calm again. Between frames that say the same nothing
// happens; what happens is an event of the alarm, and is told to nobody before it is
// in the store. An operator acknowledges an alarm; if it goes higher than it was then,
// it asks for that again, as ISA-18.2 has it (re-alarm).
//
// A Source hears the frames of one crowd, of now or of an evening, and the Keeper
// writes what follows. Who counts the same crowd elsewhere holds back: the store gives
// one keeper at a time the turn to tell of a run.
//
// # Concurrency
//
// Keeper and Source are safe for concurrent use. Source.Observe does no I/O. Each
// source has a lock, which is not held while the store works.
//
// # Lifecycle
//
// NewKeeper, then Run until the end. Open a source for each crowd before its first
// frame, and Close it when the crowd is no longer counted. What the store does not take
// waits: of each place the first few changes and the newest.
//
// # Units
//
// Times are those of the frames, so that an evening has its own, but for the time of an
// acknowledgement, which is that of the clock. Densities are devices per m²; places
// lon, lat in degrees on WGS 84.
package alarm
