package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
	"yiping/layers/cql2"
)

// MatchingIDs returns the ids of the features that a filter takes, ascending,
// and the state of the layer that they are of. It is for filters on what an
// image does not hold. It takes a turn among the statistics.
func (s *Store) MatchingIDs(ctx context.Context, l *layers.Layer, filter *cql2.Filter) (ids []int64, cut layers.Cut, err error) {
	leave, err := s.figures.Enter(ctx)
	if err != nil {
		return nil, cut, err
	}
	defer leave()
	limited, cancel := context.WithTimeout(ctx, statsTimeout)
	defer cancel()
	err = s.atOneCut(limited, func(tx pgx.Tx, at layers.Cut) error {
		var args cql2.SQLArgs
		sql := "SELECT id FROM " + table(l.Name) + " WHERE " + filter.SQL(&args) + " ORDER BY id"
		rows, err := tx.Query(limited, sql, append([]any{pgx.QueryExecModeDescribeExec}, args.Values...)...)
		if err != nil {
			return err
		}
		cut = at
		ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		return err
	})
	if err != nil {
		return nil, cut, fmt.Errorf("features of %s that match: %w", l.Name, ended(limited, err))
	}
	return ids, cut, nil
}
