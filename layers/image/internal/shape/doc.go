// Package shape packs the geometries of many rows into one arena of vertices, from
// which a tile reads only the vertices that matter at its zoom.
//
//	var b shape.Builder
//	err := b.Add(geometry)                       // rows 0, 1, 2, … in lon, lat
//	parts := []*shape.Arena{b.Arena()}
//	a := shape.Gather(parts, refs)               // sorted, merged, without dead rows
//	a.Search(box, func(row int) bool {           // rows whose bounds meet the box
//		first, end := a.Paths(row)
//		for p := first; p < end; p++ {
//			buf = a.AppendPath(buf[:0], p, zoom) // vertices that matter at zoom
//		}
//		return true
//	})
//
// A row is a list of paths: all points of a point or multi-point, a line, a ring.
// Rings are stored open, that is without the closing vertex, the holes of a
// polygon behind its outer ring. The mixed layers of the city are why the kind is
// a property of the row.
//
// # Ranks
//
// Each vertex has a rank, the lowest zoom that draws it, found once when the row
// is added: by Douglas and Peucker (1973) with a tolerance of half a pixel of a
// 512-pixel tile at each zoom. The vertices of a zoom are a subset of those of the
// next, all are there at geo.MaxZoom, and a path drawn at a zoom is nowhere
// further than the tolerance from the vertices left out. The ends of a line
// have rank 0, so that the lines of a network go on meeting in their nodes; the
// four corners that span a ring have it too, so that no ring collapses by zoom.
// Whether a small area is drawn at all is the caller's choice, by Area.
//
// # Concurrency
//
// An Arena is immutable and may be read by any number of goroutines. A Builder is
// for one.
//
// # Units
//
// Positions are geo.Fixed, lengths and areas in its units: 9.3 mm at the equator,
// less by the cosine of the latitude elsewhere. Longitudes beyond ±180 and
// latitudes beyond ±geo.MaxLatitude are clamped. A line from 179 to −179 degrees
// is drawn as its numbers say, around the world; cut it at the antimeridian, as
// RFC 7946 asks. Heights are not kept.
package shape
