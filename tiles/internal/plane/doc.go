// Package plane does the geometry of a tile on its grid of integers: it projects,
// clips, joins and simplifies lines, and makes areas that MVT 2.1 allows.
//
//	g := plane.NewGrid(tile)
//	box := plane.TileBox(plane.Buffer)
//
//	joiner.Add(group, id, path)                  // lines, in fixed units
//	joiner.Chains(func(c plane.Chain) {
//		pts = g.AppendPath(pts[:0], c.Vertices)
//		parts.Reset()
//		plane.ClipLine(&parts, pts, box)
//		for part := range parts.All() {
//			part = simplifier.Line(part, tolerance)
//		}
//	})
//
//	areas.Reset()                                // areas, ring by ring
//	areas.Add(box, g.AppendPath(pts[:0], ring), hole)
//	rings := areas.Rings(least)                  // outer, its holes, outer, …
//
// # Valid areas
//
// Rounding to the grid, leaving out vertices and clipping can each make rings touch
// or cross themselves and each other. Rings looks for any such contact first; most
// areas have none and pass. The others are put together anew: their edges are
// rounded by the method of hot pixels (Hobby, Practical segment intersection with
// finite precision output, 1999), after which they meet at ends alone; the area is
// where the winding number is above 0; its faces are traced and cut at the vertices
// where they touch themselves. All of it is exact in integers, so the result is
// valid by OGC 06-103 and by section 4.3.4.4 of the MVT specification whatever the
// input. A part that is thinner than the grid is gone; overlaps are united.
//
// # Concurrency
//
// Functions are pure. Joiner, Simplifier, Areas and Paths hold buffers that they
// use again: each is for one goroutine, their zero values are ready for use, and
// what they return is valid until their next use. Used again they allocate nothing.
//
// # Units
//
// A tile has Extent units a side, x to the east, y to the south, from its top left
// corner. Areas are signed by the surveyor's formula on these axes: outer rings are
// above 0, holes below, as MVT wants. Rings are open: the first vertex is not
// repeated.
package plane
