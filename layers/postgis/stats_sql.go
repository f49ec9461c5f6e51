package postgis

import (
	"fmt"
	"slices"
	"strings"

	"yiping/layers"
	"yiping/layers/cql2"
)

// statsSQL is the statement that groups the features of a layer.
//
// Its columns are the region columns of the query, its properties, the number of
// features, and for each operand the number of features that have it, sum,
// minimum and maximum.
//
// A region with known parents decides them (invariant 3 of ARCHITECTURE.md), so
// its features are grouped by its code alone, which is half the work of grouping
// by the codes of all levels, and is what the index of tableIndexes holds. The
// rest (features in no such region) is grouped by all levels.
type statsSQL struct {
	text string
	args []any
}

func newStatsSQL(q *layers.StatsQuery, parents map[string]map[string]layers.Regions) statsSQL {
	args := cql2.SQLArgs{Table: "t"}
	var conditions []string
	if q.Filter != nil {
		conditions = append(conditions, q.Filter.SQL(&args))
	}
	columns := q.RegionColumns()
	var parts []string
	if len(columns) < 2 {
		parts = append(parts, groupSQL(q, columns, columns, conditions))
	} else {
		finest := columns[len(columns)-1]
		column := "t." + quote(finest)
		known, rest := column+" IS NOT NULL", column+" IS NULL"
		if alone := undecided(parents[finest], columns); len(alone) > 0 {
			list := args.Add(alone) + "::text[]"
			known += " AND " + column + " <> ALL(" + list + ")"
			rest = "(" + rest + " OR " + column + " = ANY(" + list + "))"
		}
		parts = append(
			parts,
			groupSQL(q, columns, columns[len(columns)-1:], append(slices.Clone(conditions), known)),
			groupSQL(q, columns, columns, append(slices.Clone(conditions), rest)),
		)
	}
	text := strings.Join(parts, "\nUNION ALL\n") + fmt.Sprintf("\nLIMIT %d", layers.MaxStatsGroups+1)
	return statsSQL{text, args.Values}
}

// undecided are the regions that do not decide all that is above them, sorted.
func undecided(chains map[string]layers.Regions, columns []string) []string {
	var codes []string
	for code, chain := range chains {
		if !decides(chain, columns) {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}

// decides tells whether a chain of regions is without gaps down to the columns'.
func decides(chain layers.Regions, columns []string) bool {
	codes := []string{chain.District, chain.Street, chain.Village}[:len(columns)]
	return !slices.Contains(codes, "")
}

// groupSQL groups by some of the region columns and gives null for the others.
func groupSQL(q *layers.StatsQuery, columns, by, conditions []string) string {
	var selected, grouped []string
	for _, c := range columns {
		if !slices.Contains(by, c) {
			selected = append(selected, "NULL::text")
			continue
		}
		selected = append(selected, "t."+quote(c))
		grouped = append(grouped, "t."+quote(c))
	}
	for _, p := range q.Properties {
		selected = append(selected, "t."+quote(p.Name))
		grouped = append(grouped, "t."+quote(p.Name))
	}
	selected = append(selected, "count(*)")
	for _, o := range q.Operands() {
		selected = append(selected, tallySQL(o))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "(SELECT %s FROM %s t", strings.Join(selected, ", "), table(q.Layer.Name))
	if len(conditions) > 0 {
		fmt.Fprintf(&b, " WHERE %s", strings.Join(conditions, " AND "))
	}
	if len(grouped) > 0 {
		fmt.Fprintf(&b, " GROUP BY %s", strings.Join(grouped, ", "))
	}
	b.WriteString(")")
	return b.String()
}

// tallySQL is number, sum, minimum and maximum of an operand. Lengths and areas
// are on the spheroid, and computed once a feature: nobody asks for their
// extremes.
func tallySQL(o layers.Operand) string {
	const ofGeometry = "count(*), sum(public.%s(t.geom::public.geography)), NULL::float8, NULL::float8"
	switch {
	case o.Length:
		return fmt.Sprintf(ofGeometry, "ST_Length")
	case o.Area:
		return fmt.Sprintf(ofGeometry, "ST_Area")
	default:
		name := "t." + quote(o.Property.Name)
		return fmt.Sprintf("count(%[1]s), sum(%[1]s)::float8, min(%[1]s)::float8, max(%[1]s)::float8", name)
	}
}
