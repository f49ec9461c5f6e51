// Package client is a client of live/1 (docs/live.md) in Go: for measurements, tests
// and programs that follow a city.
//
//	conn, err := client.Dial(ctx, "http://127.0.0.1:8080", client.Config{})
//	s := client.NewSubscription(client.Query{Stream: "layer.component", Area: client.Area{BBox: &box}})
//	err = conn.Subscribe(s)                      // the answer is there
//	for err == nil {
//		frame, err = conn.Next()                 // s.Rows() has what it said
//	}
//
// A Subscription outlives its connection: given to Subscribe of another one it goes
// on from its token, and keeps its rows if the server can tell what has changed.
//
// # Concurrency
//
// A Conn and its subscriptions belong to one goroutine; there is none beside it.
//
// # Lifecycle
//
// Dial, then Close. The context of Dial ends the connection too. Data is acknowledged
// as soon as it is applied: a client that does not call Next is a slow one.
//
// # Units
//
// As on the wire: lon, lat in degrees (WGS 84), Unix milliseconds.
//
// It speaks live1.json, and moves no cameras.
package client
