package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
	"yiping/layers/image"
)

// ReadChanged reads features as they are now into a batch that is to be applied;
// those that are gone it deletes. An image that is brought up to date with such
// batches, one after another, never goes back in time, whatever the order of the
// changes that named the ids.
func (s *Store) ReadChanged(ctx context.Context, l *layers.Layer, ids []int64, b *image.Batch) error {
	if err := s.readChanged(ctx, l, ids, b); err != nil {
		return fmt.Errorf("read %d changed features of layer %s: %w", len(ids), l.Name, ended(ctx, err))
	}
	return nil
}

func (s *Store) readChanged(ctx context.Context, l *layers.Layer, ids []int64, b *image.Batch) error {
	gone := make(map[int64]struct{}, len(ids))
	for _, id := range ids {
		gone[id] = struct{}{}
	}
	rows := s.copyRows(l, b)
	rows.got = func(id int64) { delete(gone, id) }
	err := s.queryRows(ctx, rows, fmt.Sprintf("SELECT %s FROM %s WHERE id = ANY($1) ORDER BY id", imageColumns(b), table(l.Name)), ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, ok := gone[id]; ok {
			b.Delete(id)
		}
	}
	return nil
}

// queryRows runs a query with parameters, which COPY cannot have, and takes its
// rows by their binary values.
func (s *Store) queryRows(ctx context.Context, rows *copyRows, sql string, args ...any) (err error) {
	found, err := s.pool.Query(ctx, sql, append([]any{pgx.QueryResultFormats{pgx.BinaryFormatCode}}, args...)...)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		rows.fields = found.RawValues()
		if err := rows.row(); err != nil {
			return err
		}
	}
	return found.Err()
}
