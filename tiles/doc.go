// Package tiles makes vector tiles (MVT 2.1) of the images of layers and serves
// them, with their descriptions, over HTTP.
//
// # What a tile holds
//
// One MVT layer for each layer of the request, of the same name, and the layer
// _meta that says how complete they are.
//
// Points carry point_count, the number of features that they stand for: below
// zoom 16 a tile shows one point for each cell of a grid of 128 a side. A point
// is in exactly one tile, so that the sum of point_count over a tile, at every
// zoom and with every filter, is the number of features in it. Where the layer
// counts by a property, a point that stands for several says how many of them
// have each value, as in "state:破损".
//
// Lines of a layer that merges are joined where they meet, below zoom 14, and
// carry line_count. Areas too small to be seen are left out. Both reach 64 units
// over the edge of the tile.
//
// _meta has one point for each layer: total, the selected features whose anchor
// is in the tile; shown, how many of them are drawn or stand in a count; cut, if
// shown is less; as_of; synthetic, if features of the layer were generated; and
// thinned, if points of this zoom stand for several.
//
// A tile is empty, and answered with 204, when none of its layers has a selected
// feature that is anchored in the tile or drawn in it. A layer outside its zooms
// is left out, also of _meta.
//
// # Concurrency
//
// An Engine is safe for concurrent use. At most one tile a processor is encoded
// at a time; the rest waits for its turn or until nobody waits for it any more.
//
// # Lifecycle
//
// New and Register; nothing to close. Whoever changes an image calls Invalidate
// after it.
//
// # Units and wire
//
// Addresses are XYZ with the origin top left (WebMercatorQuad). The grid of a
// tile has 4096 units a side, y down. Equal views and equal requests give equal
// bytes.
package tiles
