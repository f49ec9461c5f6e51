// Package track holds where moving objects and sensors are now: it takes their
// reports, judges them by rule, keeps the newest of each, and answers questions
// about them. What was before is a History's, kept elsewhere.
//
//	t := track.New(definition, track.Config{Applied: tell, Recorder: recorder})
//	outcome, err := t.Report(ctx, reports)  // from HTTP, a websocket, a simulation
//	t.Replicate(reports)                    // what another replica has accepted
//	hub tables = append(…, t.Table())       // as a stream of live/1
//	t.Run(ctx)                              // greys and removes what is silent
//
// # Concurrency
//
// A Tracker is safe for concurrent use. One report call is applied at a time.
// Reading goes by views, which never change: they share with the present all pages
// that have not been written since, so that taking one costs a copy of the list of
// pages and nobody waits for a reader. Locks: Tracker.order, then Tracker.mu.
// Applied is called under order and not under mu.
//
// # Lifecycle
//
// New, then Run until its context ends. Report may be called before Run and after
// it; nothing ages then.
//
// # Units
//
// Coordinates are lon, lat in degrees (WGS 84), kept to 1e-7. Speeds are m/s,
// headings degrees clockwise from north, distances metres. Times are instants, kept
// to the millisecond.
package track
