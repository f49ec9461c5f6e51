package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// Demonstration is the generated city that fills the standard layers.
type Demonstration struct {
	Title string
	Scale float64
	Seed  int64
	// Finished is false for a load that was interrupted.
	Finished bool
}

// Demonstration tells which generated city the database holds; nil for none.
func (s *Store) Demonstration(ctx context.Context) (*Demonstration, error) {
	var d Demonstration
	err := s.pool.QueryRow(ctx, "SELECT title, scale, seed, finished_at IS NOT NULL FROM yiping.demonstration").
		Scan(&d.Title, &d.Scale, &d.Seed, &d.Finished)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // no city is a proper answer
	}
	if err != nil {
		return nil, fmt.Errorf("read demonstration: %w", err)
	}
	return &d, nil
}

// BeginDemonstration empties the standard layers for a city that will be loaded
// into them. Features that are not of an earlier demonstration are kept safe: it
// refuses with ErrConflict, unless replace is set.
func (s *Store) BeginDemonstration(ctx context.Context, d Demonstration, replace bool) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var have bool
		if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM yiping.demonstration)").Scan(&have); err != nil {
			return fmt.Errorf("read demonstration: %w", err)
		}
		var full, tables []string
		for _, name := range layers.StandardNames() {
			var any bool
			if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+table(name)+")").Scan(&any); err != nil {
				return fmt.Errorf("look into layer %s: %w", name, err)
			}
			if any {
				full = append(full, name)
			}
			tables = append(tables, table(name))
		}
		if len(full) > 0 && !have && !replace {
			return fmt.Errorf("%w: the layers %s hold features that a demonstration would replace; choose another --data, or say --fresh", layers.ErrConflict, strings.Join(full, ", "))
		}
		// Regions last, so that no feature is placed anew that is about to go.
		for _, t := range slices.Backward(tables) {
			if _, err := tx.Exec(ctx, "TRUNCATE "+t); err != nil {
				return fmt.Errorf("empty the standard layers: %w", err)
			}
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO yiping.demonstration (title, scale, seed) VALUES ($1, $2, $3)
			ON CONFLICT (only_row) DO UPDATE SET title = excluded.title, scale = excluded.scale, seed = excluded.seed,
				started_at = now(), finished_at = NULL`, d.Title, d.Scale, d.Seed)
		if err != nil {
			return fmt.Errorf("note demonstration: %w", err)
		}
		return nil
	})
}

// FinishDemonstration notes that the city is complete.
func (s *Store) FinishDemonstration(ctx context.Context) error {
	if _, err := s.pool.Exec(ctx, "UPDATE yiping.demonstration SET finished_at = now()"); err != nil {
		return fmt.Errorf("note demonstration: %w", err)
	}
	return nil
}
