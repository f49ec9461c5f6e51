// Package image keeps layers in memory, packed by column and sorted along the
// Z-order curve, so that tiles, filters and statistics need no database: the rows
// of a tile of any zoom are one run of rows.
//
//	v := set.View("component")                    // immutable: never locks, never changes
//	selected, err := v.Select(filter)             // nil takes all
//	err = selected.Prepare(ctx, tile, buffer)     // works the filter out, can be stopped
//	selected.Cells(tile, func(c image.Cell) {…})  // points, thinned, with exact counts
//
// A View is a list of segments: one large base, and small ones of later changes.
// A segment is immutable; a change is a new segment and tombstones in the older
// ones, and small segments are merged as they grow in number. A feature counts in
// the one tile that holds its anchor (layers.Anchor), so that the counts of tiles
// add up to the layer.
//
// Points are thinned by cells of a tile. The one that is shown for a cell is the
// first by (first zoom, hash of the id): the same whatever the zoom, so that what
// is seen stays when zooming in, and scattered, so that no grid is seen.
//
// # Concurrency
//
// Views and Selections may be used by any number of goroutines. Load and Apply of
// one Image take turns by a lock that no reader takes. A Batch belongs to one
// goroutine at a time.
//
// # Lifecycle
//
// New, then Load, then any number of Apply; an Image needs no Close. Set has the
// images of all layers: Open reads snapshot files, Run loads what has none and
// merges segments until its context ends.
//
// # Units
//
// Positions are geo.Fixed; spatial filters see them in degrees, off by half a unit
// (5 mm at the equator) at most. Dates are days, timestamps microseconds since
// 1970-01-01 UTC.
//
// It knows no database and no tile format.
package image
