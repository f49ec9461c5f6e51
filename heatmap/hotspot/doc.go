// Package hotspot finds the cells of a frame around which there are far more people, or
// far fewer, than chance would have it: Getis and Ord's Gi* of the density, with the
// share of false discoveries held down by Benjamini and Hochberg.
//
// A Finder has a study area and keeps what it found in the newest frame.
//
// # What it takes for granted
//
// Cells that a frame does not tell, because they have nobody or too few devices, count
// as empty: what is hidden stays hidden, and a hidden cell is taken for at most
// Rules.Least − 1 devices less than it has.
//
// # Concurrency
//
// An Area never changes. A Finder is safe for concurrent use; who asks while a frame is
// being searched waits.
//
// # Lifecycle
//
// NewArea, NewFinder; nothing to close.
//
// # Units
//
// Densities are devices per m² of a cell's true area, z is in standard deviations, and
// p is two-sided.
package hotspot
