// Package tiles serves vector tiles (MVT 2.1) and their descriptions over HTTP.
//
// The tiles themselves come from a Source; this package checks addresses,
// compresses, and answers conditional requests.
//
// # Concurrency
//
// Handlers are safe for concurrent use and keep no state.
//
// # Units and wire
//
// Addresses are XYZ with the origin top left (WebMercatorQuad). A tile holds one
// MVT layer a layer of the city, of the same name, in a grid of 4096. A tile
// without features is answered with 204 and no body; a layer that is not shown
// at the tile's zoom is left out of the tile.
package tiles
