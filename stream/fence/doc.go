// Package fence tells when moving objects enter, leave, pass through, stay in and
// stay away from areas: the events of the stream fences.
//
// An Engine is the pure part: fixes of objects in, transitions out, the same for
// the same fixes. It decides by H3 cells: a fence lists the cells wholly in it,
// which decide alone, and those on its border, each with the few edges near it, so
// that a fix costs the same whatever the size of a fence and however many there
// are. A Keeper runs an Engine on one replica at a time and writes states and
// events in one transaction. Fences is the HTTP side of definitions.
//
// # The rules
//
// An object is inside from the first fix in the area as it was drawn (of a line:
// at most buffer_m away) and stays so until it is more than hysteresis_m outside.
// With settle_s both must last that long; enter and exit then carry the time at
// which they began. Who is in for less, or whose way between two fixes leads
// through, crosses. Dwell is told once a stay, absent once after it.
//
// Near is told of who comes within near_m of the area by a fix, and is not in it; again
// once it has been farther than near_m and hysteresis_m together. It is apart from
// being in or out.
//
// A fence with a filter watches objects as long as it is true of the values of their
// fixes. Who stops matching leaves at once (cause unmatched).
//
// An object counts as being where its last fix was; one that sends nothing for the
// stream's time to live has left (cause gone).
//
// # Time
//
// All times are those of the fixes. A deadline is reached when a fix of the object
// says so or when the stream's time less the late window has passed it: reports
// that come later than that, and contradict what was told, are counted and not
// heard. The deadlines are on a timer wheel.
//
// # Exactly once
//
// The number of an event in its id is its own time in ms: what is worked out again
// from the same fixes after a fault has the same id, and the store keeps one.
//
// # Concurrency
//
// An Engine belongs to one goroutine. A Keeper is safe for concurrent use; its
// lock guards its engine and is never held during I/O.
//
// # Lifecycle
//
// NewKeeper, Run until its context ends; what was observed is written before Run
// returns.
//
// # Units
//
// Places are lon, lat in degrees (WGS 84). Distances are metres in a plane that
// touches at the middle of the fence: exact there, 1 % off at 100 km of it.
package fence
