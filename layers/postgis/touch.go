package postgis

import (
	"context"
	"fmt"

	"yiping/layers"
)

// Touch writes features as they are, in one statement and its own transaction, as
// any SQL client could: their versions grow, and the change feed tells of them. It
// is for measurements. Ids without a feature are passed over.
func (s *Store) Touch(ctx context.Context, l *layers.Layer, ids []int64) error {
	if _, err := s.pool.Exec(ctx, "UPDATE "+table(l.Name)+" SET code = code WHERE id = ANY($1)", ids); err != nil {
		return fmt.Errorf("touch %d features of layer %s: %w", len(ids), l.Name, ended(ctx, err))
	}
	return nil
}
