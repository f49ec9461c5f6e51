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

// RegionIndex tells in which regions points lie, as the database has them now.
func (s *Store) RegionIndex(ctx context.Context) (*layers.RegionIndex, error) {
	return regionIndex(ctx, s.pool)
}

// lockRegions lets nobody else change the regions until the transaction ends.
// It refuses writers only: readers go on.
func lockRegions(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, "LOCK TABLE city.district, city.street, city.village IN SHARE MODE"); err != nil {
		return fmt.Errorf("lock regions: %w", err)
	}
	return nil
}
