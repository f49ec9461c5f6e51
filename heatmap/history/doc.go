// Package history keeps the minutes of a crowd: what frames told of each, and nothing
// beyond it.
//
//	r := history.NewRecorder(history.RecorderConfig{Store: store, Log: log})
//	observer := r.Observer("bund-2019")
//	engine := heatmap.New(heatmap.EngineConfig{Told: observer.Observe, …})
//
// A minute is named by its beginning and is as its last frame told. It is kept when a
// frame of a later minute comes: whoever is killed loses the minute in progress and what
// waited to be written (a second or two), and no half minute is ever kept.
//
// # Concurrency
//
// Recorder and Codec are safe for concurrent use. An Observer hears of the frames of one
// engine, one after the other.
//
// # Lifecycle
//
// NewRecorder, then Run until nobody observes any more, then Finish writes the rest.
//
// # Units
//
// Devices, devices per m², devices a second. A run is the id of an evening; that of now
// is the empty one.
//
// # Wire
//
// The cells of a minute are packed (Codec.Pack) as a byte of version and a zstd frame of
// unsigned varints: their number n, n positions and n numbers of devices. A position is
// cell.Position's; each is less the one before, and the first less -1, so none is 0.
package history
