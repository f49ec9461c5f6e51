package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// Versions reads versions of a feature, the newest first; none of a layer without
// history. Names of regions are today's, their codes those of the version.
func (s *Store) Versions(ctx context.Context, q *layers.VersionQuery) ([]layers.Version, error) {
	if !q.Layer.History {
		return nil, nil
	}
	leave, err := s.pages.Enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	columns := &layers.Query{Layer: q.Layer, Columns: q.Layer.Columns(), CRS: q.CRS}
	rows, err := s.pool.Query(ctx, versionsSQL(columns), q.ID, q.To, q.From, q.Before, q.Limit)
	if err != nil {
		return nil, fmt.Errorf("read versions of feature %d of %s: %w", q.ID, q.Layer.Name, err)
	}
	versions, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (layers.Version, error) {
		var v layers.Version
		var to *time.Time
		var err error
		v.Item, err = scanWholeItem(row, columns, &v.From, &to)
		if to != nil {
			v.To = *to
		}
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("read versions of feature %d of %s: %w", q.ID, q.Layer.Name, err)
	}
	return versions, nil
}

// versionsSQL selects from what holds and what held in one statement, so that a
// version is in exactly one of them. Its parameters are the id, the end and the
// start of the time asked for, what versions begin before, and their number.
func versionsSQL(q *layers.Query) string {
	names := []string{"id", "geom"}
	for _, c := range q.Columns {
		names = append(names, c.Name)
	}
	columns := quoteAll(names)
	// Deleted and inserted again in one transaction, versions of one id can
	// overlap; then the one that began later counts.
	return fmt.Sprintf(`
		SELECT %s, t.updated_at, t.valid_to
		FROM (
			SELECT %[2]s, NULL::timestamptz AS valid_to FROM %[3]s WHERE id = $1
			UNION ALL
			SELECT %[2]s, valid_to FROM %[4]s WHERE id = $1
		) t %[5]s
		WHERE ($2::timestamptz IS NULL OR t.updated_at <= $2)
		  AND ($3::timestamptz IS NULL OR t.valid_to IS NULL OR t.valid_to > $3)
		  AND ($4::timestamptz IS NULL OR t.updated_at < $4)
		ORDER BY t.updated_at DESC, t.valid_to DESC NULLS FIRST LIMIT $5`,
		wholeItem(q), columns, table(q.Layer.Name), historyTable(q.Layer.Name), joinRegions)
}
