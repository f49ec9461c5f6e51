package postgis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// Item reads one feature with all its columns. Without one the error wraps
// layers.ErrNotFound.
func (s *Store) Item(ctx context.Context, l *layers.Layer, id int64, crs layers.CRS) (*layers.Item, error) {
	leave, err := s.pages.Enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return readItem(ctx, s.pool, l, id, crs)
}

func readItem(ctx context.Context, db querier, l *layers.Layer, id int64, crs layers.CRS) (*layers.Item, error) {
	q := &layers.Query{Layer: l, Columns: l.Columns(), CRS: crs}
	rows, err := db.Query(ctx, "SELECT "+wholeItem(q)+" FROM "+table(l.Name)+" t "+joinRegions+" WHERE t.id = $1", id)
	if err != nil {
		return nil, fmt.Errorf("read feature %d of %s: %w", id, l.Name, err)
	}
	item, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (*layers.Item, error) { return scanWholeItem(row, q) })
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, noFeature(l, id)
	case err != nil:
		return nil, fmt.Errorf("read feature %d of %s: %w", id, l.Name, err)
	}
	return item, nil
}

// wholeItem are the columns of a feature with the regions that it lies in, by
// name: those of a row t with joinRegions behind it.
func wholeItem(q *layers.Query) string {
	return strings.Join(itemColumns(q), ", ") + ", t.district, d.name, t.street, s.name, t.village, v.name"
}

const joinRegions = `
	LEFT JOIN city.district d ON d.code = t.district
	LEFT JOIN city.street s ON s.code = t.street
	LEFT JOIN city.village v ON v.code = t.village`

// scanWholeItem reads a row of wholeItem, and its further columns into more.
func scanWholeItem(row pgx.CollectableRow, q *layers.Query, more ...any) (*layers.Item, error) {
	r := newItemReader(q)
	var codes, names [3]*string
	err := r.scan(row, append([]any{&codes[0], &names[0], &codes[1], &names[1], &codes[2], &names[2]}, more...)...)
	r.item.Regions = map[string]*layers.RegionName{}
	for i, region := range layers.RegionColumns() {
		r.item.Regions[region] = regionName(codes[i], names[i])
	}
	return &r.item, err
}

func noFeature(l *layers.Layer, id int64) error {
	return fmt.Errorf("%w: layer %s has no feature %d", layers.ErrNotFound, l.Name, id)
}

// regionName is nil for a feature that lies in no region.
func regionName(code, name *string) *layers.RegionName {
	if code == nil {
		return nil
	}
	r := &layers.RegionName{Code: *code}
	if name != nil {
		r.Name = *name
	}
	return r
}

// prefixed joins names with a comma before each.
func prefixed(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return ", " + strings.Join(names, ", ")
}
