// Package osmfile reads the elements of an OpenStreetMap file, PBF or XML, told
// apart by content, as often as needed.
//
// It exists beside paulmach/osm because that library's PBF scanner decodes in
// goroutines of its own which panic on blocks of plain (not dense) nodes and on
// negative sizes, so that one bad file would end the process; because a file cut
// between a blob's header and its body looks whole to it; and because its XML
// scanner cannot tell an element without "visible" from a deleted one.
//
// # Concurrency
//
// A File is used by one goroutine at a time. It starts none.
//
// # Lifecycle
//
// Open looks at the beginning, Scan reads all. Elements passed to a Handler are
// valid until it returns: their slices are reused, their strings are not.
//
// # Units and limits
//
// Locations are whole units of 1e-7 degrees, OSM's own precision; finer digits are
// rounded. A PBF blob may unpack to 32 MiB, as the format says, and an XML element
// may have as many bytes as the caller allows. Anything else that is wrong is a
// layers.InputError with the line or the byte.
package osmfile
