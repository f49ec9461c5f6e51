package postgis

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// RegionsAt tells in which regions a point lies (lon, lat in degrees, WGS 84),
// by the rules that place features.
func (s *Store) RegionsAt(ctx context.Context, lon, lat float64) (*layers.RegionChain, error) {
	var refs [3]struct {
		id         *int64
		code, name *string
	}
	var into []any
	for i := range refs {
		into = append(into, &refs[i].id, &refs[i].code, &refs[i].name)
	}
	err := s.pool.QueryRow(ctx, `
		SELECT d.id, d.code, d.name, s.id, s.code, s.name, v.id, v.code, v.name
		FROM yiping.regions_at(public.ST_SetSRID(public.ST_MakePoint($1, $2), 4326)) r
		LEFT JOIN city.district d ON d.code = r.district
		LEFT JOIN city.street s ON s.code = r.street
		LEFT JOIN city.village v ON v.code = r.village`, lon, lat).Scan(into...)
	if err != nil {
		return nil, fmt.Errorf("regions at %v, %v: %w", lon, lat, err)
	}
	chain := &layers.RegionChain{}
	for i, to := range []**layers.RegionRef{&chain.District, &chain.Street, &chain.Village} {
		if refs[i].id != nil && refs[i].code != nil && refs[i].name != nil {
			*to = &layers.RegionRef{ID: *refs[i].id, Code: *refs[i].code, Name: *refs[i].name}
		}
	}
	return chain, nil
}

// Regions lists all regions, coarse to fine and then by code, with areas.
func (s *Store) Regions(ctx context.Context) ([]layers.Region, error) {
	return s.regions(ctx, s.pool, layers.RegionColumns(), true)
}

// regions lists the regions of some levels; areas cost a microsecond a vertex.
func (s *Store) regions(ctx context.Context, q querier, levels []string, areas bool) ([]layers.Region, error) {
	if len(levels) == 0 {
		return nil, nil
	}
	parts := make([]string, len(levels))
	for i, level := range levels {
		l, err := s.Catalog().Layer(level)
		if err != nil {
			return nil, err
		}
		population, area := "NULL::bigint", "0::float8"
		if _, _, ok := l.Property("population"); ok {
			population = "population::bigint"
		}
		if areas {
			area = "public.ST_Area(geom::public.geography) / 1e6"
		}
		parent := map[string]string{"district": "NULL::text", "street": "district", "village": "street"}[level]
		parts[i] = fmt.Sprintf("SELECT %s, id, code, name, %s, %s, %s FROM %s", literal(level), parent, population, area, table(level))
	}
	rows, err := q.Query(ctx, strings.Join(parts, " UNION ALL "))
	if err != nil {
		return nil, fmt.Errorf("read regions: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[layers.Region])
	if err != nil {
		return nil, fmt.Errorf("read regions: %w", err)
	}
	slices.SortFunc(all, func(a, b layers.Region) int {
		return cmp.Or(cmp.Compare(slices.Index(levels, a.Level), slices.Index(levels, b.Level)), strings.Compare(a.Code, b.Code))
	})
	return all, nil
}
