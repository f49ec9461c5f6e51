package postgis

import (
	"context"

	"yiping/layers/image"
)

// ItemsQuery is the statement of an item query, for tests to explain.
var ItemsQuery = itemsQuery //nolint:gochecknoglobals // a leak for tests

// Look reads the feed once, so that tests see what is not handed on yet.
func (s *Store) Look(ctx context.Context, from Position) ([]int64, error) {
	rows, _, _, err := s.readFeed(ctx, from.Xid, 0)
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids, err
}

// TakeCopy reads a binary COPY of an image's columns that arrives in two pieces.
func TakeCopy(b *image.Batch, first, second []byte) error {
	c := newCopyRows(b, func(int64, error) {})
	for _, p := range [][]byte{first, second} {
		if _, err := c.Write(p); err != nil {
			return err
		}
	}
	return c.end()
}
