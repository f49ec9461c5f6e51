// Package mvt writes vector tiles: Mapbox Vector Tile specification 2.1.
//
// An Encoder is told layer by layer and feature by feature what the tile holds
// and appends it to buffers that it keeps for the next tile. It writes what it
// is told: geometries must already be clipped, wound and valid.
//
// # Concurrency
//
// An Encoder is for one goroutine at a time.
//
// # Lifecycle
//
// Reset, then for each layer Begin, its features and End, then Bytes. The zero
// Encoder is ready for use.
//
// # Units and wire
//
// Coordinates are integers in the grid of the tile: the origin is its top left
// corner, y points down, extent units are a side. They may leave the tile as far
// as its buffer reaches. Equal calls give equal bytes.
package mvt
