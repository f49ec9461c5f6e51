// Package indicator makes the stream indicators of live/1: numbers that are counted of the
// rows of other streams, for the city and for each of its districts.
//
//	table, err := indicator.New(indicator.Config{
//		Indicators: indicator.Standard(), Tables: tables, Regions: regions,
//	})
//	hub := stream.New(stream.Config{Tables: …})  // among them table
//	go table.Run(ctx, hub)                       // counts once a second
//
// All indicators of a stream are counted in one pass over one View of it, and a row says in
// at of which: {stream: position}. So its value is what anybody counts in that view whose
// rows meet the indicator's filter and lie in the region by their place. A row is told
// again only when something else than at and t would be different in it; at stays that of
// the count which was told, and holds for it.
//
// # Concurrency
//
// A Table is read by any number of goroutines; pictures of the rows never change. Run or
// Count is called by one goroutine at a time, which alone calls the hub.
//
// # Lifecycle
//
// New, then Run. There is no view before the regions of the city are known. Positions are
// of an epoch that begins with New.
//
// # Units
//
// A value has the unit of its indicator (UCUM; 1 for counts). Anchors are lon, lat in
// degrees (WGS 84). t is when the value was counted, Unix ms.
package indicator
