package track

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/stream"
)

// Query asks for the objects of a stream as they are now.
type Query struct {
	// Bound is the part of the world; nil is all of it.
	Bound *orb.Bound
	// Where must be true of them; nil takes all.
	Where *cql2.Filter
	// Limit is how many are wanted.
	Limit int
}

// found is an object that was asked for.
type found struct {
	handle uint32
	*row
	// distance in metres, from the point or the route; along is where on the route.
	distance, along float64
}

// ParseFilter reads a CQL2 filter (text) on the objects of the stream. A fault is an
// InputError of the parameter where.
func (t *Tracker) ParseFilter(text string) (*cql2.Filter, error) {
	f, err := layers.ParseFilter(t.rows, text, layers.CQL2Text, layers.CRS84)
	if err != nil {
		return nil, layers.InputErrorf("where", "%s", reason(err))
	}
	_, err = t.compile(f)
	return f, err
}

// reason is the text of a fault without its field.
func reason(err error) string {
	if fault, ok := err.(*layers.InputError); ok { //nolint:errorlint // layers wraps none
		return fault.Reason
	}
	return err.Error()
}

// list finds objects in the order of their handles, and how many there are in all.
func (v *view) list(q Query) (rows []found, matched int, err error) {
	s, err := v.Select(q.Where)
	if err != nil {
		return nil, 0, err
	}
	s.Within(fixedBox(q.Bound), func(r stream.Row) bool {
		if w := v.row(r); q.Bound == nil || q.Bound.Contains(w.place()) {
			rows = append(rows, found{handle: uint32(r), row: w})
		}
		return true
	})
	slices.SortFunc(rows, func(a, b found) int { return cmp.Compare(a.handle, b.handle) })
	matched = len(rows)
	return rows[:min(matched, q.Limit)], matched, nil
}

// nearest finds the objects that are nearest to a point, at most metres away; the
// nearest first, equals by handle.
func (v *view) nearest(p orb.Point, metres float64, q Query) ([]found, error) {
	s, err := v.Select(q.Where)
	if err != nil {
		return nil, err
	}
	plane := planeAt(p)
	var rows []found
	// The tree goes by the distance of cells: nobody in those to come is nearer.
	v.places.tree.Nearby(
		func(low, high [2]float64, _ int, _ bool) float64 { return plane.nearest(cellsBound(low, high)) },
		func(_, _ [2]float64, i int, away float64) bool {
			if away > metres || len(rows) == q.Limit && away > rows[len(rows)-1].distance {
				return false
			}
			for _, h := range v.places.crowds.at(i).handles {
				w := v.rows.at(int(h))
				f := found{handle: h, row: w, distance: plane.distance(w.place())}
				if f.distance <= metres && s.Has(stream.Row(h)) {
					rows = insert(rows, f, q.Limit)
				}
			}
			return true
		})
	return rows, nil
}

// insert puts an object in its place among the nearest.
func insert(rows []found, f found, limit int) []found {
	at, _ := slices.BinarySearchFunc(rows, f, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.handle, b.handle))
	})
	if at == limit {
		return rows
	}
	return slices.Insert(rows[:min(len(rows), limit-1)], at, f)
}

// cellsBound covers the cells from one to another, with a margin that outweighs the
// rounding of their corners.
func cellsBound(low, high [2]float64) orb.Bound {
	a := cell{uint16(low[0]), uint16(low[1])}.box()
	b := cell{uint16(high[0]), uint16(high[1])}.box()
	return orb.MultiPoint{a.Min.Point(), b.Max.Point()}.Bound().Pad(2 / degreeUnits)
}

// fixedBox covers a bound on the map's plane; all of the world for nil.
func fixedBox(b *orb.Bound) geo.FixedBox {
	if b == nil {
		return geo.TileID{}.FixedBox()
	}
	box := geo.FixedBox{Min: geo.FixedAt(b.LeftTop()), Max: geo.FixedAt(b.RightBottom())}
	return box.Grow(1) // places are rounded
}

// along finds the objects that are within a buffer of a route, in the order of the
// route; equals by handle. Each is once in it, where the route is nearest.
func (v *view) along(route orb.LineString, metres float64, q Query) (rows []found, matched int, err error) {
	s, err := v.Select(q.Where)
	if err != nil {
		return nil, 0, err
	}
	best := map[uint32]found{}
	gone := 0.0
	for i := 1; i < len(route); i++ {
		leg := orb.LineString{route[i-1], route[i]}
		plane := planeAt(leg[0])
		bound := plane.around(leg.Bound(), metres)
		s.Within(fixedBox(&bound), func(r stream.Row) bool {
			w := v.row(r)
			f := found{handle: uint32(r), row: w}
			f.distance, f.along = plane.toLeg(leg[1], w.place())
			f.along += gone
			if known, ok := best[f.handle]; f.distance <= metres && (!ok || f.distance < known.distance) {
				best[f.handle] = f
			}
			return true
		})
		gone += plane.distance(leg[1])
	}
	for _, f := range best {
		rows = append(rows, f)
	}
	slices.SortFunc(rows, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.along, b.along), cmp.Compare(a.handle, b.handle))
	})
	matched = len(rows)
	return rows[:min(matched, q.Limit)], matched, nil
}
