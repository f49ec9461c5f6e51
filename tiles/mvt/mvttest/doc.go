// Package mvttest reads vector tiles for tests, strictly: whatever the
// specification (Mapbox Vector Tile 2.1) calls an error is one here, where
// renderers look away.
//
// Decode knows nothing of the encoder. Check adds what holds for our own tiles
// beyond the letter of the specification.
//
// # Units and wire
//
// Coordinates are in the grid of the tile, from its top left corner, y down.
package mvttest
