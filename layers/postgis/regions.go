package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/encoding/ewkb"

	"yiping/layers"
)

// regionIndex reads the regions as the database cuts them, so that points are
// placed in this process exactly as the database's trigger would. The caller
// holds the region layers still (see lockRegions) while it relies on the index.
func regionIndex(ctx context.Context, q querier) (*layers.RegionIndex, error) {
	rows, err := q.Query(ctx, "SELECT layer, code, coalesce(parent, ''), public.ST_AsEWKB(part) FROM yiping.region_part")
	if err != nil {
		return nil, fmt.Errorf("read regions: %w", err)
	}
	parts, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (layers.RegionPart, error) {
		var p layers.RegionPart
		return p, row.Scan(&p.Layer, &p.Code, &p.Parent, ewkb.Scanner(&p.Shape))
	})
	if err != nil {
		return nil, fmt.Errorf("read regions: %w", err)
	}
	return layers.NewRegionIndex(parts), nil
}

// NamedRegions tells in which regions points lie, and the names of districts by code, as
// the database has both at one moment.
func (s *Store) NamedRegions(ctx context.Context) (index *layers.RegionIndex, names map[string]string, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if index, err = regionIndex(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT code, name FROM city.district WHERE code IS NOT NULL AND name IS NOT NULL")
		if err != nil {
			return err
		}
		names = map[string]string{}
		var code, name string
		_, err = pgx.ForEachRow(rows, []any{&code, &name}, func() error {
			names[code] = name
			return nil
		})
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read regions with names: %w", err)
	}
	return index, names, nil
}

// lockRegions lets nobody else change the regions until the transaction ends.
// It refuses writers only: readers go on.
func lockRegions(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, "LOCK TABLE city.district, city.street, city.village IN SHARE MODE"); err != nil {
		return fmt.Errorf("lock regions: %w", err)
	}
	return nil
}
