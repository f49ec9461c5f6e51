package postgis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// Item reads one feature. Without one the error wraps layers.ErrNotFound.
func (s *Store) Item(ctx context.Context, layer string, id int64) (*layers.Item, error) {
	l, err := s.Catalog().Layer(layer)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(l.Properties))
	for _, p := range l.Properties {
		names = append(names, "t."+quote(p.Name))
	}
	sql := fmt.Sprintf(`
		SELECT t.id, t.code, t.source, coalesce(t.source_id, ''), t.synthetic, t.version, t.updated_at,
			t.district, d.name, t.street, s.name, t.village, v.name, public.ST_AsGeoJSON(t.geom, 7)%s
		FROM %s t
		LEFT JOIN city.district d ON d.code = t.district
		LEFT JOIN city.street s ON s.code = t.street
		LEFT JOIN city.village v ON v.code = t.village
		WHERE t.id = $1`, prefixed(names), table(layer))
	rows, err := s.pool.Query(ctx, sql, id)
	if err != nil {
		return nil, fmt.Errorf("read feature %d of %s: %w", id, layer, err)
	}
	item, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (*layers.Item, error) {
		return scanItem(row, len(l.Properties))
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, fmt.Errorf("%w: layer %s has no feature %d", layers.ErrNotFound, layer, id)
	case err != nil:
		return nil, fmt.Errorf("read feature %d of %s: %w", id, layer, err)
	}
	return item, nil
}

func scanItem(row pgx.CollectableRow, properties int) (*layers.Item, error) {
	item := &layers.Item{Properties: make([]any, properties)}
	var codes, names [3]*string
	into := []any{
		&item.ID, &item.Code, &item.Source, &item.SourceID, &item.Synthetic, &item.Version, &item.UpdatedAt,
		&codes[0], &names[0], &codes[1], &names[1], &codes[2], &names[2], &item.Geometry,
	}
	for i := range item.Properties {
		into = append(into, &item.Properties[i])
	}
	if err := row.Scan(into...); err != nil {
		return nil, err
	}
	for i, region := range []**layers.RegionName{&item.District, &item.Street, &item.Village} {
		if codes[i] == nil {
			continue
		}
		*region = &layers.RegionName{Code: *codes[i]}
		if names[i] != nil {
			(*region).Name = *names[i]
		}
	}
	return item, nil
}

// prefixed joins names with a comma before each.
func prefixed(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return ", " + strings.Join(names, ", ")
}
