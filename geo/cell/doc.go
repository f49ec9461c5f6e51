// Package cell is the hexagons of H3: the cell of a point, its ancestors, shape,
// true area and neighbours, and the cells that an area consists of. It is the only
// importer of h3-go.
//
// # Concurrency
//
// All functions are pure; a Cell is a value.
//
// # Units and axis order
//
// Points are lon, lat in degrees on WGS 84, lengths metres, areas square metres.
// h3-go's LatLng, which has latitude first, does not leave this package.
//
// # Resolutions
//
// A resolution is 0 (122 cells for the world) to MaxResolution. Cells of one
// resolution differ in area: at the Bund a cell has 0.763 of the mean, so density
// takes Cell.Area and never a table.
//
// A cell's children cover it only nearly. Where counts of several resolutions must
// add up, ask At for the finest and take the others from Parent.
//
// # What it does not do
//
// Lines and areas that cross the antimeridian or hold a pole are not covered.
package cell
