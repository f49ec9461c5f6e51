package postgis

import (
	"fmt"
	"slices"
	"strings"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/cql2"
)

// Digits after the point of coordinates: about a centimetre and a millimetre.
const (
	degreeDigits = 7
	metreDigits  = 3
)

// itemsQuery is the statement of a query and its parameters.
func itemsQuery(q *layers.Query) (string, []any) {
	if q.ByPlace {
		return itemsByPlace(q)
	}
	args := cql2.SQLArgs{Table: "t"}
	conditions := filters(q, &args)
	if q.After != nil {
		conditions = append(conditions, behind(q, &args)...)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "SELECT %s FROM %s t", strings.Join(itemColumns(q), ", "), table(q.Layer.Name))
	writeWhere(&b, conditions)
	if !q.AnyOrder || len(q.Sort) > 0 {
		b.WriteString(" ORDER BY ")
		for _, key := range q.Sort {
			b.WriteString(ordering(key) + ", ")
		}
		b.WriteString("t.id")
	}
	writeLimit(&b, q, &args)
	return b.String(), args.Values
}

func writeLimit(b *strings.Builder, q *layers.Query, args *cql2.SQLArgs) {
	if q.Limit > 0 {
		b.WriteString(" LIMIT " + args.Add(q.Limit) + "::bigint")
	}
	if q.Offset > 0 {
		b.WriteString(" OFFSET " + args.Add(q.Offset) + "::bigint")
	}
}

// matching selects something of all features that meet a query's filters,
// wherever the query starts and ends.
func matching(what string, q *layers.Query) (string, []any) {
	args := cql2.SQLArgs{Table: "t"}
	var b strings.Builder
	fmt.Fprintf(&b, "SELECT %s FROM %s t", what, table(q.Layer.Name))
	writeWhere(&b, filters(q, &args))
	return b.String(), args.Values
}

func filters(q *layers.Query, args *cql2.SQLArgs) []string {
	conditions := make([]string, 0, len(q.Filters)+1)
	if q.Box != nil {
		conditions = append(conditions, q.Box.Filter.SQL(args))
	}
	for _, f := range q.Filters {
		conditions = append(conditions, f.SQL(args))
	}
	return conditions
}

func writeWhere(b *strings.Builder, conditions []string) {
	if len(conditions) > 0 {
		b.WriteString(" WHERE " + strings.Join(conditions, " AND "))
	}
}

// itemColumns are what itemReader scans: id, geometry, columns, keys of the order.
func itemColumns(q *layers.Query) []string {
	columns := []string{"t.id", geometryText(q)}
	for _, c := range q.Columns {
		columns = append(columns, "t."+quote(c.Name))
	}
	for _, key := range q.Order() {
		columns = append(columns, "t."+quote(key.Column.Name))
	}
	return columns
}

// geometryText writes the geometry in the query's system and encoding; in
// GCJ-02, which PostGIS does not know, it is WKB for itemReader to convert.
// Web Mercator has no poles: what lies beyond its world is cut off, and null if
// nothing is left.
func geometryText(q *layers.Query) string {
	geom, digits := "t.geom", degreeDigits
	switch q.CRS {
	case layers.EPSG4326, layers.EPSG4490:
		geom = "public.ST_FlipCoordinates(t.geom)"
	case layers.EPSG3857:
		world := fmt.Sprintf("public.ST_MakeEnvelope(-180, %v, 180, %v, 4326)", -geo.MaxLatitude, geo.MaxLatitude)
		geom = fmt.Sprintf(`(CASE WHEN t.geom OPERATOR(public.@) %[1]s THEN public.ST_Transform(t.geom, 3857)
			ELSE (SELECT public.ST_Transform(clipped, 3857) FROM public.ST_ClipByBox2D(t.geom, %[1]s) clipped
				WHERE NOT public.ST_IsEmpty(clipped)) END)`, world)
		digits = metreDigits
	case layers.GCJ02:
		return "public.ST_AsBinary(t.geom)"
	default:
	}
	if q.WKT {
		return fmt.Sprintf("public.ST_AsText(%s, %d)", geom, digits)
	}
	return fmt.Sprintf("public.ST_AsGeoJSON(%s, %d, 0)", geom, digits)
}

// sortColumn is a column as it is compared: text by its bytes, as in filters.
func sortColumn(p layers.Property) string {
	if p.Type == layers.String {
		return "t." + quote(p.Name) + ` COLLATE "C"`
	}
	return "t." + quote(p.Name)
}

// ordering sorts nulls last. Where there are none it says nothing of them, so
// that an index serves in both directions.
func ordering(key layers.SortKey) string {
	s := sortColumn(key.Column)
	if key.Descending {
		s += " DESC"
	}
	if !key.Column.Required {
		s += " NULLS LAST"
	}
	return s
}

// behind are the conditions of standing behind a place: equal in the first n
// keys and behind in the next one, for some n; the id is the last key.
func behind(q *layers.Query, args *cql2.SQLArgs) []string {
	id := args.Add(q.After.ID) + "::bigint"
	if len(q.Sort) == 0 {
		return []string{"t.id > " + id}
	}
	var conditions, equal, either []string
	for i, key := range q.Sort {
		column, value := sortColumn(key.Column), q.After.Keys[i]
		if value == nil { // nulls are last: nothing is behind but other nulls
			equal = append(equal, column+" IS NULL")
			continue
		}
		place, op := args.Add(value)+"::"+columnType(key.Column), ">"
		if key.Descending {
			op = "<"
		}
		after := column + " " + op + " " + place
		if i == 0 && key.Column.Required {
			// What follows from the whole, said apart: an index can start there.
			conditions = append(conditions, column+" "+op+"= "+place)
		}
		if !key.Column.Required {
			after = "(" + after + " OR " + column + " IS NULL)"
		}
		either = append(either, "("+strings.Join(append(slices.Clip(equal), after), " AND ")+")")
		equal = append(equal, column+" = "+place)
	}
	either = append(either, "("+strings.Join(append(equal, "t.id > "+id), " AND ")+")")
	return append(conditions, "("+strings.Join(either, " OR ")+")")
}
