// Package stream sends what changes to screens: live/1 (docs/live.md), a protocol of
// subscriptions to an area, over websockets. It alone uses gorilla/websocket.
//
//	hub := stream.New(stream.Config{Tables: tables, Secret: secret, Log: log})
//	hub.Register(handle)                         // GET /live
//	hub.Touch(stream, touches, position, made)   // after the table has them
//	hub.Close(ctx)                               // bye to everybody
//
// A Table is where the rows of a stream are: a layer's image (package layertable), or
// what moves. A subscription keeps no queue. It remembers which rows were touched in
// its area, and what they are is read from the table when it is the subscription's
// turn: a slow client costs a set of ids, bounded by its area, and gets the last value.
// Where rows are too many, it has them counted by H3 cell. A stream that is cells from
// the start has a Table a resolution (Levels), and a subscription reads the one that its
// camera asks for.
//
// Equal subscriptions of several connections have one sid and share what is written,
// as long as they go the same steps.
//
// A position is the Table's word for a place in the history of changes. It is read
// before the rows that are sent for it, so that a token never promises more than its
// client was sent.
//
// An EVENT stream is a Log. Its subscriptions are places in it: what comes next is told
// from the end of the Log, which is kept in memory, or read from the Log itself. All
// count the events in the same order, so both give the same numbers.
//
// The twins in plain HTTP are connections without a socket, whose frames are gathered
// into one answer or sent on as server-sent events.
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
