// Package geohash covers boxes with ranges of geohashes, the places of points
// along a space-filling curve.
//
// A geohash halves the world in turn by longitude and latitude, longitude first,
// and writes the halves taken, 1 for the eastern or northern one, five to a
// digit of base 32 (G. Niemeyer, 2008; PostGIS writes it with ST_GeoHash). Texts
// of one length order, by their bytes, as the numbers that they write: points
// that follow each other lie close together, and a box is few ranges.
//
// # Concurrency
//
// There is no state.
//
// # Units
//
// Longitudes and latitudes are degrees, in this order. A cell of Length digits
// is 360°/2^18 wide and 180°/2^17 high: 153 m on the equator both ways.
package geohash
