package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"yiping/layers"
)

// statsTimeout bounds one request for statistics. Those of a full city by street
// and class take less than a tenth of it.
const statsTimeout = 60 * time.Second

// Stats works out the cells of a query. Everything in the answer is of one
// snapshot.
func (s *Store) Stats(ctx context.Context, q *layers.StatsQuery) (*layers.StatsCells, error) {
	leave, err := s.figures.Enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	limited, cancel := context.WithTimeout(ctx, statsTimeout)
	defer cancel()
	var out *layers.StatsCells
	err = s.atOneCut(limited, func(tx pgx.Tx, cut layers.Cut) error {
		out = &layers.StatsCells{Cut: cut}
		return s.stats(limited, tx, q, out)
	})
	if err != nil {
		return nil, fmt.Errorf("statistics of %s: %w", q.Layer.Name, ended(limited, err))
	}
	return out, nil
}

// ended tells by the context why a query was cancelled: the server's own words
// say only that it was.
func ended(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil {
		return cause
	}
	return err
}

// atOneCut runs f in a transaction that reads one snapshot, and says which.
func (s *Store) atOneCut(ctx context.Context, f func(tx pgx.Tx, cut layers.Cut) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, s.pool, options, func(tx pgx.Tx) error {
		var cut layers.Cut
		var xmin string
		err := tx.QueryRow(ctx, "SELECT now(), pg_snapshot_xmin(pg_current_snapshot())::text").Scan(&cut.Time, &xmin)
		if err != nil {
			return err
		}
		if _, err := fmt.Sscan(xmin, &cut.Xmin); err != nil {
			return fmt.Errorf("xmin %q: %w", xmin, err)
		}
		return f(tx, cut)
	})
}

func (s *Store) stats(ctx context.Context, tx pgx.Tx, q *layers.StatsQuery, out *layers.StatsCells) error {
	shares := q.PerKM2 || q.PerHead
	levels := q.RegionColumns()
	if shares && len(levels) == 0 {
		levels = layers.RegionColumns()[:1] // whose sum is the city
	}
	var err error
	if out.Regions, err = s.regions(ctx, tx, levels, shares); err != nil {
		return err
	}
	parents := chains(out.Regions)
	statement := newStatsSQL(q, parents)
	// A group costs more to hand from worker to leader than a row costs to
	// count only if there are about as many groups as rows; the planner
	// overrates their number, and would rather count on one processor.
	if _, err := tx.Exec(ctx, "SET LOCAL parallel_tuple_cost = 0.001"); err != nil {
		return err
	}
	// Planned with the values at hand: a filter decides which index serves.
	rows, err := tx.Query(ctx, statement.text, append([]any{pgx.QueryExecModeDescribeExec}, statement.args...)...)
	if err != nil {
		return err
	}
	out.Cells, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (layers.StatsCell, error) {
		return scanCell(row, q, parents)
	})
	return err
}

// chains are the regions above each region, by level and code, itself included.
func chains(regions []layers.Region) map[string]map[string]layers.Regions {
	all := map[string]map[string]layers.Regions{}
	for _, level := range layers.RegionColumns() {
		all[level] = map[string]layers.Regions{}
	}
	for _, r := range regions { // coarse to fine
		parent := ""
		if r.Parent != nil {
			parent = *r.Parent
		}
		switch r.Level {
		case "district":
			all[r.Level][r.Code] = layers.Regions{District: r.Code}
		case "street":
			all[r.Level][r.Code] = layers.Regions{District: parent, Street: r.Code}
		default:
			all[r.Level][r.Code] = layers.Regions{District: all["street"][parent].District, Street: parent, Village: r.Code}
		}
	}
	return all
}

func scanCell(row pgx.CollectableRow, q *layers.StatsQuery, parents map[string]map[string]layers.Regions) (layers.StatsCell, error) {
	columns := q.RegionColumns()
	codes := make([]*string, len(columns))
	operands := q.Operands()
	cell := layers.StatsCell{Properties: make([]any, len(q.Properties)), Tallies: make([]layers.Tally, len(operands))}
	figures := make([][3]*float64, len(operands))
	into := make([]any, 0, len(codes)+len(cell.Properties)+1+4*len(operands))
	for i := range codes {
		into = append(into, &codes[i])
	}
	for i := range cell.Properties {
		into = append(into, &cell.Properties[i])
	}
	into = append(into, &cell.Count)
	for i := range operands {
		into = append(into, &cell.Tallies[i].N, &figures[i][0], &figures[i][1], &figures[i][2])
	}
	if err := row.Scan(into...); err != nil {
		return cell, err
	}
	widen(cell.Properties)
	for i := range figures {
		t := &cell.Tallies[i]
		for n, to := range []*float64{&t.Sum, &t.Min, &t.Max} {
			if figures[i][n] != nil {
				*to = *figures[i][n]
			}
		}
	}
	for i, to := range []*string{&cell.Regions.District, &cell.Regions.Street, &cell.Regions.Village}[:len(codes)] {
		if codes[i] != nil {
			*to = *codes[i]
		}
	}
	// The statement leaves out what the finest region decides.
	if n := len(columns); n > 0 && codes[n-1] != nil {
		if chain, ok := parents[columns[n-1]][*codes[n-1]]; ok && decides(chain, columns) {
			cell.Regions = chain
		}
	}
	return cell, nil
}

// widen makes scanned values those that layers.PropertyType lists. A date that is
// infinite has no such value and becomes null.
func widen(values []any) {
	for i, v := range values {
		switch v := v.(type) {
		case int32:
			values[i] = int64(v)
		case pgtype.InfinityModifier:
			values[i] = nil
		}
	}
}
