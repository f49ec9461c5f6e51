package postgis

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// Summaries returns what each layer holds, as last counted. A layer that was
// never counted is missing.
func (s *Store) Summaries(ctx context.Context) (map[string]layers.Summary, error) {
	rows, err := s.pool.Query(ctx, "SELECT layer, features, synthetic, length_metres, sums, extent, as_of FROM yiping.layer_summary")
	if err != nil {
		return nil, fmt.Errorf("read summaries: %w", err)
	}
	all := map[string]layers.Summary{}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var name string
		var sum layers.Summary
		var extent []float64
		err := row.Scan(&name, &sum.Features, &sum.Synthetic, &sum.LengthMetres, &sum.Sums, &extent, &sum.AsOf)
		if len(extent) == 4 {
			sum.Extent = (*[4]float64)(extent)
		}
		all[name] = sum
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read summaries: %w", err)
	}
	return all, nil
}

// summaryPause is how often Summarise looks for layers that have changed.
const summaryPause = 2 * time.Second

// summaryShare bounds the cost of counting: after a count that took t, the next
// of that layer comes no sooner than summaryShare × t later.
const summaryShare = 20

// Summarise keeps the summaries true until ctx is done: it counts each layer
// that has changed since its last count.
func (s *Store) Summarise(ctx context.Context) error {
	next := map[string]time.Time{}
	tick := time.NewTicker(summaryPause)
	defer tick.Stop()
	for {
		for _, l := range s.Catalog().Layers() {
			if time.Now().Before(next[l.Name]) {
				continue
			}
			start := time.Now()
			if err := s.Count(ctx, l.Name); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				// The database may be restarting; the old count stays, with its time.
				s.log.Warn("count layer", "layer", l.Name, "error", err)
			}
			next[l.Name] = time.Now().Add(summaryShare * time.Since(start))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Count brings the summary of a layer up to date, if the layer has changed since
// it was last counted.
func (s *Store) Count(ctx context.Context, layer string) error {
	l, err := s.Catalog().Layer(layer)
	if err != nil {
		return err
	}
	var state string
	var counted *string
	err = s.pool.QueryRow(ctx, `
		SELECT pg_relation_filenode(c.oid) || ':' || st.n_tup_ins || ':' || st.n_tup_upd || ':' || st.n_tup_del, sum.state
		FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1
		JOIN pg_stat_all_tables st ON st.relid = c.oid
		LEFT JOIN yiping.layer_summary sum ON sum.layer = c.relname
		WHERE c.relname = $2`, citySchema, layer).Scan(&state, &counted)
	if errors.Is(err, pgx.ErrNoRows) || (err == nil && counted != nil && *counted == state) {
		return nil // dropped meanwhile, or unchanged
	}
	if err != nil {
		return fmt.Errorf("look for changes of layer %s: %w", layer, err)
	}
	return s.count(ctx, l, state)
}

func (s *Store) count(ctx context.Context, l *layers.Layer, state string) error {
	length := "NULL::double precision"
	if l.Geometry == layers.LineString || l.Geometry == layers.MultiLineString {
		length = "coalesce(sum(public.ST_Length(geom::public.geography)), 0)"
	}
	sums := "'{}'::jsonb"
	var pairs []string
	for _, p := range l.Properties {
		switch {
		case p.Sum && p.Type == layers.Boolean:
			pairs = append(pairs, literal(p.Name), "count(*) FILTER (WHERE "+quote(p.Name)+")")
		case p.Sum:
			pairs = append(pairs, literal(p.Name), "coalesce(sum("+quote(p.Name)+"), 0)")
		}
	}
	if len(pairs) > 0 {
		sums = "jsonb_build_object(" + strings.Join(pairs, ", ") + ")"
	}
	_, err := s.pool.Exec(ctx, fmt.Sprintf(`
		INSERT INTO yiping.layer_summary (layer, features, synthetic, length_metres, sums, extent, as_of, state)
		SELECT $1, n, synthetic, length, sums, CASE WHEN box IS NOT NULL THEN
			ARRAY[public.ST_XMin(box), public.ST_YMin(box), public.ST_XMax(box), public.ST_YMax(box)] END, now(), $2
		FROM (SELECT count(*) AS n, count(*) FILTER (WHERE synthetic) AS synthetic, %s AS length, %s AS sums,
			public.ST_Extent(geom) AS box FROM %s) counted
		ON CONFLICT (layer) DO UPDATE SET features = excluded.features, synthetic = excluded.synthetic,
			length_metres = excluded.length_metres, sums = excluded.sums, extent = excluded.extent,
			as_of = excluded.as_of, state = excluded.state`, length, sums, table(l.Name)), l.Name, state)
	if err != nil {
		return fmt.Errorf("count layer %s: %w", l.Name, err)
	}
	return nil
}

// Sources returns where the features of each layer come from.
func (s *Store) Sources(ctx context.Context) (map[string][]layers.Source, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT layer, name, title, licence, attribution, datum, synthetic, schematic
		FROM yiping.layer_source ORDER BY layer, name`)
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	all := map[string][]layers.Source{}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var layer string
		var src layers.Source
		err := row.Scan(&layer, &src.Name, &src.Title, &src.Licence, &src.Attribution, &src.Datum, &src.Synthetic, &src.Schematic)
		all[layer] = append(all[layer], src)
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	return all, nil
}
