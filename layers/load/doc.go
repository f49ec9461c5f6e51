// Package load reads files into features: GeoJSON, GeoJSON text sequences, CSV
// and OpenStreetMap files (PBF and XML). It knows no database: what it finds goes
// to a Sink, good features by Add and the others by Reject with place and reason.
//
// A file that is broken as a file (malformed, truncated, of another kind) ends the
// run with a layers.InputError; a feature that is broken by itself is rejected and
// the run goes on. What was added before an error is the sink's to undo.
//
// # Concurrency
//
// A reader runs in its caller's goroutine, starts none, and calls the sink and
// Options.Progress from it. Different readers may run at the same time.
//
// # Lifecycle
//
// Readers are functions: they return when the file ends, the context is done or the
// sink refuses. OSM keeps temporary files while it runs, removed even if the
// process is killed, because they have no name.
//
// # Memory
//
// Whatever the file's size, a reader holds one feature (at most
// Options.MaxFeatureBytes of text, and its geometry) and fixed buffers. OSM also
// holds 8 bytes for each member of the relations that it assembles, 16 for each
// way among them, and 8 for every 256 nodes of the file.
//
// # Units and axis order
//
// Coordinates are lon, lat in degrees, or x, y of the plane if Options.Planar.
// GCJ-02 and BD-09 are converted to WGS 84 here; other systems are handed on for
// PostGIS to convert.
//
// # Identity
//
// So that a file imported twice changes nothing, every feature has a SourceID: the
// value of Options.IDProperty if that is set; else GeoJSON's id, an OSM type and
// number ("way/42"), or a property "@id" (CSV: "@id" or "id"); else a hash of the
// feature's content: "sha256:" and the first 32 hexadecimal digits of the SHA-256
// of its geometry as WKB, before datum conversion, and of all its properties sorted
// by name, those that no column takes included.
package load
