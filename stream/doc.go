// Package stream sends layers to screens as they change: live/1 (docs/live.md), a
// protocol of subscriptions to an area, over websockets. It alone uses
// gorilla/websocket.
//
//	hub := stream.New(stream.Config{Source: source, Secret: secret, Log: log})
//	hub.Register(handle)                         // GET /live
//	hub.Touch(layer, touches, position, made)    // after the image and the tiles have them
//	hub.Close(ctx)                               // bye to everybody
//
// A subscription keeps no queue. It remembers which keys were touched in its area,
// and what they are is read from the image when it is the subscription's turn: a
// slow client costs a set of keys, bounded by its area, and gets the last value.
//
// A position is the Source's word for a place in the history of changes. It is read
// before the rows that are sent for it, so that a token never promises more than its
// client was sent.
//
// # Concurrency
//
// Hub is safe for concurrent use. Each connection has two goroutines: one reads
// frames, the other owns the connection's subscriptions and writes. What is touched
// is handed over under the lock of the stream; no lock is held during input or
// output.
//
// # Lifecycle
//
// New, Register, then any number of Touch, Hold and Replace; Close ends all
// connections and waits for their goroutines.
//
// # Units
//
// Coordinates on the wire are lon, lat in degrees (WGS 84), rounded to 1e-7; a
// bbox is west, south, east, north and half open. Times on the wire are Unix
// milliseconds, UTC.
package stream
