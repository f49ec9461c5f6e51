// Package tile draws the cells of a frame as vector tiles.
//
//	data, err := tile.Encode(frame, id, rules) // nil if nobody is told of there
//
// # Concurrency
//
// Encode is safe for concurrent use.
//
// # Lifecycle
//
// There is nothing to open or close.
//
// # Units and wire
//
// A tile has one layer, heat, of extent 4096 with a buffer of 64: a polygon for each cell
// that meets it, with cell (the H3 index), devices, density (devices per m² of the
// cell's true area) and synthetic. Features have no ids, which would need more bits than
// readers in JavaScript keep; promote cell. Tiles are those of Web Mercator (geo.TileID).
package tile
