package postgis

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/paulmach/orb/encoding/ewkb"

	"yiping/layers"
)

// writeReturns is what each statement of writeStatement answers with, if it
// found its feature.
const writeReturns = " RETURNING id, version, source, synthetic"

// writeStatement is the statement of a write. The precondition is in its WHERE:
// whoever comes second sees the version that the first one left.
func writeStatement(l *layers.Layer, w *layers.Write) (sql string, args []any, err error) {
	value := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	var columns, values []string
	for i, c := range w.Columns {
		columns = append(columns, quote(c.Name))
		values = append(values, value(w.Values[i]))
	}
	if w.Geometry != nil {
		wkb, err := ewkb.Marshal(promote(w.Geometry, l.Geometry), wgs84, binary.LittleEndian)
		if err != nil {
			return "", nil, fmt.Errorf("encode geometry: %w", err)
		}
		columns = append(columns, "geom")
		values = append(values, "public.ST_GeomFromEWKB("+value(wkb)+")")
	}
	t := table(l.Name)
	if w.Op == layers.Insert {
		return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", t, strings.Join(columns, ", "), strings.Join(values, ", ")) + writeReturns, args, nil
	}
	where := " WHERE id = " + value(w.ID)
	if !w.Match.Any {
		where += " AND version = ANY(" + value(w.Match.Versions) + "::integer[])"
	}
	if w.Op == layers.Delete {
		return "DELETE FROM " + t + where + writeReturns, args, nil
	}
	set := make([]string, len(columns))
	for i, c := range columns {
		set[i] = c + " = " + values[i]
	}
	if len(set) == 0 { // a patch of nothing is a write all the same
		set = []string{"synthetic = synthetic"}
	}
	return "UPDATE " + t + " SET " + strings.Join(set, ", ") + where + writeReturns, args, nil
}
