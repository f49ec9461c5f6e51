// Package rings makes polygons of the lines that bound them, as OpenStreetMap's
// multipolygon and boundary relations have them: pieces in any order and direction,
// outer and inner ones with roles that may be wrong or missing.
//
// # How
//
// The lines are cut into segments; a segment that is there an even number of times
// cancels out, so that neighbours drawn with a common edge become one. Where an odd
// number of segments meet the outline is open, and that is an error. The others are
// walked into rings, at each junction by the sharpest turn to the left, and a ring
// that comes back to one of its own vertices is cut there; so rings that touch stay
// apart, and the result depends neither on the order nor on the direction of the
// lines. A ring inside an even number of others is an outline, inside an odd number
// a hole: roles are not asked. Lines that cross without a common vertex are left to
// PostGIS.
//
// # Concurrency
//
// Assemble is a pure function.
//
// # Units
//
// Coordinates are of any plane; outlines come out anticlockwise and holes clockwise
// with x to the right and y upwards, as RFC 7946 has them.
package rings
