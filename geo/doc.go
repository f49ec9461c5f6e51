// Package geo holds the plane and the sphere that everything stands on: tile
// addresses, datums and the rules a coordinate must obey. It does no I/O and
// imports nothing of ours.
//
// # Concurrency
//
// All functions are pure; all types are values.
//
// # Units and axis order
//
// Points are orb.Point: longitude, then latitude, in degrees, on WGS 84
// (EPSG:4326 with the axis order of GeoJSON) unless a name says otherwise.
// Lengths are metres.
package geo
