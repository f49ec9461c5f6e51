package track

import (
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/stream"
)

// Nearest are the keys of the nearest objects.
func Nearest(v stream.View, p orb.Point, metres float64, limit int) []string {
	found, err := v.(*view).nearest(p, metres, Query{Limit: limit})
	if err != nil {
		panic(err)
	}
	var keys []string
	for _, f := range found {
		keys = append(keys, f.key)
	}
	return keys
}

// Distance is that of the plane that touches the earth at a.
func Distance(a, b orb.Point) float64 { return planeAt(a).distance(b) }

// Along are the keys along a route with where they are on it.
func Along(v stream.View, route orb.LineString, metres float64) (keys []string, distance, along []float64) {
	found, _, err := v.(*view).along(route, metres, Query{Limit: maxObjects})
	if err != nil {
		panic(err)
	}
	for _, f := range found {
		keys, distance, along = append(keys, f.key), append(distance, f.distance), append(along, f.along)
	}
	return keys, distance, along
}

// Pages is how many pages the state has, without those that were dropped.
func Pages(t *Tracker) int {
	n := 0
	for _, p := range t.state.pages {
		if p != nil {
			n++
		}
	}
	return n
}

// Grid is the index by place.
type Grid struct{ *grid }

// NewGrid is one with nobody in it.
func NewGrid() Grid { return Grid{newGrid()} }

// Add puts an object in.
func (g Grid) Add(handle uint32, at geo.Fixed) { g.add(handle, cellAt(at)) }

// Move moves an object.
func (g Grid) Move(handle uint32, from, to geo.Fixed) {
	if a, b := cellAt(from), cellAt(to); a != b {
		g.remove(handle, a)
		g.add(handle, b)
	}
}

// Freeze keeps it as it is.
func (g Grid) Freeze() { g.freeze() }
