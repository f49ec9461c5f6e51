package postgis

import (
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/layers/postgis/internal/geohash"
)

// maxRanges bounds the pieces of the curve that a box is cut into: of evenly
// spread points in them, seven in eight are in the box (TestCoverIsTight).
const maxRanges = 64

// place is where a point lies along the space-filling curve, as the index of
// places has it: a geohash. It is null for what has no place in the world.
func place(geom string) string { return "yiping.place(" + geom + `) COLLATE "C"` }

// itemsByPlace is the statement of points in a box in the order of the curve. It
// goes through the curve's ranges one after the other, each read in the order
// of the index, and stops at the limit: a page reads about as many rows as it
// has, wherever and however large the box is. Sorting by the number of the range
// costs nothing, because they come in that order; it only holds the planner to
// it.
func itemsByPlace(q *layers.Query) (string, []any) {
	args := cql2.SQLArgs{Table: "t"}
	ranges := geohash.Cover(maxRanges, q.Box.Bounds...)
	key := place("t.geom")
	var conditions []string
	if q.After != nil {
		at, _ := q.After.Keys[0].(string) // the type of layers.PlaceKey
		conditions = append(conditions, fmt.Sprintf("(%s, t.id) > (%s::text, %s::bigint)", key, args.Add(at), args.Add(q.After.ID)))
		ranges = behindPlace(ranges, at)
	}
	first, last := make([]string, len(ranges)), make([]string, len(ranges))
	for i, r := range ranges {
		first[i], last[i] = r.First, r.Last
	}
	conditions = append(conditions,
		key+" >= r.first_place", key+" <= r.last_place", within(q.Box.Bounds, &args))
	for _, f := range q.Filters {
		conditions = append(conditions, f.SQL(&args))
	}
	var b strings.Builder
	fmt.Fprintf(&b, `SELECT %s
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS r (first_place, last_place, number)
CROSS JOIN LATERAL (
	SELECT t.*, %s AS %s FROM %s t`,
		strings.Join(itemColumns(q), ", "), args.Add(first), args.Add(last), key, quote(layers.PlaceKey), table(q.Layer.Name))
	writeWhere(&b, conditions)
	fmt.Fprintf(&b, "\n\tORDER BY %s, t.id", key)
	if most := int64(q.Limit) + q.Offset; q.Limit > 0 && most > 0 { // not if the sum is beyond all numbers
		b.WriteString(" LIMIT " + args.Add(most) + "::bigint")
	}
	fmt.Fprintf(&b, "\n) t\nORDER BY r.number, t.%s, t.id", quote(layers.PlaceKey))
	writeLimit(&b, q, &args)
	return b.String(), args.Values
}

// behindPlace is what of the ranges is not before a place. The comparison of
// rows with the place does not say so to the index, which would be read from the
// beginning of the range.
func behindPlace(ranges []geohash.Range, at string) []geohash.Range {
	for len(ranges) > 0 && ranges[0].Last < at {
		ranges = ranges[1:]
	}
	if len(ranges) > 0 {
		ranges[0].First = max(ranges[0].First, at)
	}
	return ranges
}

// within tests points against boxes. It is not ST_Intersects, lest each range be
// looked up in the index of geometries; and a CASE, which the planner expects of
// every other row: it would take four comparisons for a search of very few rows,
// and give up the order of the index.
func within(bounds []orb.Bound, args *cql2.SQLArgs) string {
	boxes := make([]string, len(bounds))
	for i, b := range bounds {
		boxes[i] = fmt.Sprintf("public.ST_X(t.geom) BETWEEN %s::float8 AND %s::float8 AND public.ST_Y(t.geom) BETWEEN %s::float8 AND %s::float8",
			args.Add(b.Min[0]), args.Add(b.Max[0]), args.Add(b.Min[1]), args.Add(b.Max[1]))
	}
	return "CASE WHEN " + strings.Join(boxes, " OR ") + " THEN TRUE ELSE FALSE END"
}
