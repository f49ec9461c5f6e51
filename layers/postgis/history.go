package postgis

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// The pace of PruneHistory.
const (
	pruneEvery = time.Hour
	// pruneBatch is how many versions are forgotten in a transaction, which holds the
	// change feed back as long as it takes.
	pruneBatch = 5000
)

// SetHistory says whether a layer keeps the versions that are replaced or deleted, and
// for how long after that; 0 is for ever. Switched off, those that it has are forgotten;
// switched on, it begins with what holds now. Processes that run take note of a switch
// when they start anew; what is kept does not depend on them.
func (s *Store) SetHistory(ctx context.Context, name string, on bool, keep time.Duration) error {
	l, err := s.Catalog().Layer(name)
	if err != nil {
		return err
	}
	for _, p := range l.Properties {
		if on && slices.Contains(layers.VersionColumns(), p.Name) {
			return fmt.Errorf("%w: %s has a property %s, which is a column of histories", layers.ErrConflict, name, p.Name)
		}
	}
	var kept *time.Duration
	if on && keep > 0 {
		kept = &keep
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		var before bool
		if err := tx.QueryRow(ctx, "SELECT history FROM yiping.layer WHERE name = $1 FOR UPDATE", name).Scan(&before); err != nil {
			return err
		}
		if before != on {
			if _, err := tx.Exec(ctx, "SELECT yiping.switch_history($1, $2)", name, on); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, "UPDATE yiping.layer SET history = $2, history_keep = $3 WHERE name = $1", name, on, kept)
		return err
	})
	if err != nil {
		return fmt.Errorf("history of layer %s: %w", name, err)
	}
	return s.readCatalog(ctx)
}

// PruneHistory forgets the versions that ended longer ago than their layers keep them,
// once, and says how many.
func (s *Store) PruneHistory(ctx context.Context) (n int64, err error) {
	for _, l := range s.Catalog().Layers() {
		for {
			var batch int64
			if err := s.pool.QueryRow(ctx, "SELECT yiping.prune_history($1, $2)", l.Name, pruneBatch).Scan(&batch); err != nil {
				return n, fmt.Errorf("forget versions of layer %s: %w", l.Name, err)
			}
			n += batch
			if batch < pruneBatch {
				break
			}
		}
	}
	return n, nil
}

// PruneHistories forgets old versions once an hour until ctx is done. Faults are
// logged: the next time will do.
func (s *Store) PruneHistories(ctx context.Context) error {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		n, err := s.PruneHistory(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			s.log.Info("the histories of layers stay as they are for now", "error", err)
		case n > 0:
			s.log.Info("old versions are forgotten", "versions", n)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
