package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// Items yields the features that a query asks for, as the database sends them:
// however many they are, one is in memory at a time. The item is the caller's
// until the next. After an error, which comes with a nil item, nothing follows.
func (s *Store) Items(ctx context.Context, q *layers.Query) iter.Seq2[*layers.Item, error] {
	return func(yield func(*layers.Item, error) bool) {
		if err := s.eachItem(ctx, q, func(item *layers.Item) bool { return yield(item, nil) }); err != nil {
			yield(nil, fmt.Errorf("read features of %s: %w", q.Layer.Name, err))
		}
	}
}

func (s *Store) eachItem(ctx context.Context, q *layers.Query, visit func(*layers.Item) bool) error {
	lane := s.pages
	if q.Limit == 0 {
		lane = s.streams
	}
	leave, err := lane.Enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	sql, args := itemsQuery(q)
	// Planned with the values at hand each time: a plan for any box or any
	// filter would be wrong for most.
	rows, err := s.pool.Query(ctx, sql, append([]any{pgx.QueryExecModeDescribeExec}, args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	r := newItemReader(q)
	for rows.Next() {
		if err := r.scan(rows); err != nil {
			return err
		}
		if !visit(&r.item) {
			return nil
		}
	}
	return rows.Err()
}

// CountItems counts the features that meet the query's filters.
func (s *Store) CountItems(ctx context.Context, q *layers.Query) (int64, error) {
	leave, err := s.pages.Enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	sql, args := matching("count(*)", q)
	var n int64
	if err := s.pool.QueryRow(ctx, sql, append([]any{pgx.QueryExecModeDescribeExec}, args...)...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count features of %s: %w", q.Layer.Name, err)
	}
	return n, nil
}

// EstimateItems tells how many features the planner expects to meet the query's
// filters, without looking at any.
func (s *Store) EstimateItems(ctx context.Context, q *layers.Query) (int64, error) {
	leave, err := s.pages.Enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	sql, args := matching("1", q)
	var plan []byte
	if err := s.pool.QueryRow(ctx, "EXPLAIN (FORMAT JSON) "+sql, append([]any{pgx.QueryExecModeDescribeExec}, args...)...).Scan(&plan); err != nil {
		return 0, fmt.Errorf("estimate features of %s: %w", q.Layer.Name, err)
	}
	var roots []struct {
		Plan struct {
			Rows float64 `json:"Plan Rows"`
		}
	}
	if err := json.Unmarshal(plan, &roots); err != nil || len(roots) != 1 {
		return 0, fmt.Errorf("estimate features of %s: plan %s: %w", q.Layer.Name, plan, err)
	}
	return int64(roots[0].Plan.Rows), nil
}
