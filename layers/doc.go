// Package layers is the vocabulary of the twin: Layer (a named set of features
// with one schema), Feature (one thing of the city), the regions that a feature
// lies in, and the errors that all adapters speak.
//
// It knows no database and no file format. Adapters live below it: postgis
// stores layers, load reads files, city generates the demonstration city.
//
// # Concurrency
//
// Layer and Catalog values are immutable once built and may be shared. A Feature
// belongs to whoever holds it; producers that reuse one say so.
//
// # Units and axis order
//
// Geometries are lon, lat in degrees on WGS 84. CGCS2000 (EPSG:4490) coordinates
// are stored as they are: the two datums differ by less than a metre, below the
// accuracy of every layer here. Lengths are metres, areas square metres, times
// carry a zone.
package layers
