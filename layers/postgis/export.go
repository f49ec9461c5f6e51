package postgis

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"yiping/layers"
	"yiping/layers/cql2"
)

// Export calls visit for each feature that a query asks for, by id, all at one
// cut. Features come as the database sends them, so that memory does not grow
// with their number; the row is visit's until it returns. An error of visit ends
// the export and comes back. It returns the number of features.
func (s *Store) Export(ctx context.Context, q *layers.ExportQuery, visit func(*layers.ExportRow) error) (int64, error) {
	args := cql2.SQLArgs{Table: "t"}
	sql := exportSQL(q, &args)
	rows, err := s.pool.Query(ctx, sql, append([]any{pgx.QueryExecModeDescribeExec}, args.Values...)...)
	if err != nil {
		return 0, fmt.Errorf("export %s: %w", q.Layer.Name, err)
	}
	defer rows.Close()
	row := layers.ExportRow{Values: make([]any, len(q.Columns))}
	into := make([]any, 0, len(q.Columns)+1)
	for i := range row.Values {
		into = append(into, &row.Values[i])
	}
	into = append(into, (*pgtype.DriverBytes)(&row.WKB))
	var n int64
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return n, fmt.Errorf("export %s: %w", q.Layer.Name, err)
		}
		widen(row.Values)
		if err := visit(&row); err != nil {
			return n, err
		}
		n++
	}
	if err := rows.Err(); err != nil {
		return n, fmt.Errorf("export %s: %w", q.Layer.Name, ended(ctx, err))
	}
	return n, nil
}

// exportSQL is one statement, so its rows are of one snapshot.
func exportSQL(q *layers.ExportQuery, args *cql2.SQLArgs) string {
	var selected []string
	for _, c := range q.Columns {
		selected = append(selected, "t."+quote(c.Name))
	}
	selected = append(selected, "public.ST_AsBinary(t.geom, 'NDR')")
	conditions := []string{"TRUE"}
	for _, f := range q.Filters {
		conditions = append(conditions, f.SQL(args))
	}
	return fmt.Sprintf("SELECT %s FROM %s t WHERE %s ORDER BY t.id",
		strings.Join(selected, ", "), table(q.Layer.Name), strings.Join(conditions, " AND "))
}
