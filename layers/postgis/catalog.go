package postgis

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// Catalog is the set of layers, as this process last read it.
func (s *Store) Catalog() *layers.Catalog { return s.catalog.Load() }

// CreateLayer adds a layer: its table, indexes and triggers, and its row in the
// catalog. Creating the same layer again changes nothing; one that differs from
// the layer of that name is an ErrConflict.
func (s *Store) CreateLayer(ctx context.Context, l *layers.Layer) error {
	if err := s.inTx(ctx, func(tx pgx.Tx) error { return createLayer(ctx, tx, l) }); err != nil {
		return fmt.Errorf("create layer %s: %w", l.Name, err)
	}
	return s.readCatalog(ctx)
}

// DropLayer removes a layer with all its features. Standard layers stay.
func (s *Store) DropLayer(ctx context.Context, name string) error {
	if slices.Contains(layers.StandardNames(), name) {
		return fmt.Errorf("%w: %s is a standard layer, which others build on; it cannot be dropped", layers.ErrConflict, name)
	}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "DELETE FROM yiping.layer WHERE name = $1", name)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("%w: layer %q", layers.ErrNotFound, name)
		}
		if _, err := tx.Exec(ctx, "DROP TABLE "+table(name)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "SELECT yiping.drop_history($1)", name); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "SELECT yiping.note_reset($1)", name)
		return err
	})
	if err != nil {
		return fmt.Errorf("drop layer %s: %w", name, err)
	}
	return s.readCatalog(ctx)
}

// ensureStandard creates the standard layers that are missing and fills the
// code tables that come with them.
func (s *Store) ensureStandard(ctx context.Context) error {
	standard, err := layers.Standard()
	if err != nil {
		return err
	}
	if err := s.readCatalog(ctx); err != nil {
		return err
	}
	var missing []*layers.Layer
	for _, l := range standard {
		if _, err := s.Catalog().Layer(l.Name); err != nil {
			missing = append(missing, l)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		for _, l := range missing {
			if err := createLayer(ctx, tx, l); err != nil {
				return fmt.Errorf("create standard layer %s: %w", l.Name, err)
			}
		}
		return fillComponentClasses(ctx, tx)
	})
	if err != nil {
		return err
	}
	return s.readCatalog(ctx)
}

func createLayer(ctx context.Context, tx pgx.Tx, l *layers.Layer) error {
	// Two processes that create the same layer at once go one after the other.
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtext('yiping.layer'))"); err != nil {
		return err
	}
	have, err := queryLayers(ctx, tx, "WHERE name = $1", l.Name)
	if err != nil {
		return err
	}
	if len(have) == 1 {
		if reflect.DeepEqual(have[0], l) {
			return nil
		}
		return fmt.Errorf("%w: there is a layer of that name with another definition; drop it first, or choose another name", layers.ErrConflict)
	}
	if err := insertLayer(ctx, tx, l); err != nil {
		return err
	}
	for _, sql := range tableStatements(l) {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	if l.History {
		if _, err := tx.Exec(ctx, "SELECT yiping.keep_history($1)", l.Name); err != nil {
			return err
		}
	}
	return watch(ctx, tx, l.Name)
}

// watch makes all who write a layer tell the change feed, beginning with a
// reset.
func watch(ctx context.Context, tx pgx.Tx, layer string) error {
	_, err := tx.Exec(ctx, "SELECT yiping.watch($1)", layer)
	return err
}

// unwatch lets a bulk load write past the change feed until it calls watch.
func unwatch(ctx context.Context, tx pgx.Tx, layer string) error {
	_, err := tx.Exec(ctx, "SELECT yiping.unwatch($1)", layer)
	return err
}

func insertLayer(ctx context.Context, tx pgx.Tx, l *layers.Layer) error {
	schema, err := l.JSONSchema()
	if err != nil {
		return err
	}
	tiles := []string{}
	for _, p := range l.Properties {
		if p.InTiles {
			tiles = append(tiles, p.Name)
		}
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO yiping.layer (name, title_zh, title_en, geometry_type, schema, tile_properties, zoom_min, zoom_max,
			zoom_property, region_columns, domain, datum, accuracy_metres, owner, licence, attribution, tile_rules, history)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, ''), $10, nullif($11, ''), $12, $13, $14, $15, $16, $17, $18)`,
		l.Name, l.Title.Zh, l.Title.En, string(l.Geometry), schema, tiles, l.Zoom.Min, l.Zoom.Max,
		l.Zoom.Property, layers.RegionColumns(), l.Domain, l.Datum, l.AccuracyMetres, l.Owner, l.Licence, l.Attribution, l.Tiles, l.History)
	return err
}

func (s *Store) readCatalog(ctx context.Context) error {
	all, err := queryLayers(ctx, s.pool, "")
	if err != nil {
		return fmt.Errorf("read catalog: %w", err)
	}
	// Standard layers come first, in their order; then the others by name.
	standard := layers.StandardNames()
	rank := func(l *layers.Layer) int {
		if i := slices.Index(standard, l.Name); i >= 0 {
			return i
		}
		return len(standard)
	}
	slices.SortFunc(all, func(a, b *layers.Layer) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name))
	})
	s.catalog.Store(layers.NewCatalog(all))
	return nil
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func queryLayers(ctx context.Context, q querier, where string, args ...any) ([]*layers.Layer, error) {
	rows, err := q.Query(ctx, `
		SELECT name, title_zh, title_en, geometry_type, schema, tile_properties, zoom_min, zoom_max,
			coalesce(zoom_property, ''), coalesce(domain, ''), datum, accuracy_metres, owner, licence, attribution, tile_rules, history
		FROM yiping.layer `+where, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (*layers.Layer, error) {
		var l layers.Layer
		var schema json.RawMessage
		var tiles []string
		err := row.Scan(&l.Name, &l.Title.Zh, &l.Title.En, &l.Geometry, &schema, &tiles, &l.Zoom.Min, &l.Zoom.Max,
			&l.Zoom.Property, &l.Domain, &l.Datum, &l.AccuracyMetres, &l.Owner, &l.Licence, &l.Attribution, &l.Tiles, &l.History)
		if err != nil {
			return nil, err
		}
		return &l, l.SetJSONSchema(schema, tiles)
	})
}
