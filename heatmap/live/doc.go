// Package live makes streams of live/1 of the heat: heat, and heat@<run> while an
// evening is played. A row is a cell that may be told.
//
//	streams := live.New(rules)
//	feed := streams.Open("")                   // the stream is there from now on
//	engine := heatmap.New(heatmap.EngineConfig{Rules: rules, Told: feed.Observe})
//	hub := stream.New(stream.Config{Tables: streams.Tables})
//	go streams.Run(ctx, hub)                   // frames become rows
//	feed.Close()                               // the stream is gone
//
// Between an engine and Run lies one frame a stream: the newest. What an engine that
// goes fast has told before is passed over, so clients miss frames but no last value.
//
// # Concurrency
//
// All is safe for concurrent use. Observe never waits. Run alone calls the hub.
//
// # Lifecycle
//
// New, then Run once; Open and Close at any time. What was opened before Run begins
// is told of then.
//
// # Units
//
// n is devices, d devices per m² of a cell's true area, in and out the devices that came
// and went over a minute (heatmap.Heat); a cell is where its centre is
// (WGS 84). ver is the number of the frame that a row was read from, t the frame's time
// in Unix ms, which is that of the evening where one is played.
package live
