package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"yiping/heatmap"
	"yiping/heatmap/place"
	"yiping/layers"
)

var _ place.Store = (*Store)(nil)

const placeColumns = `id, version, name, name_en, flow, ST_AsBinary(geom), usable_m2, capacity, source`

// PlaceEdits counts the edits of places.
func (s *Store) PlaceEdits(ctx context.Context) (n int64, err error) {
	if err := s.pool.QueryRow(ctx, "SELECT edits FROM yiping.heat_place_count").Scan(&n); err != nil {
		return 0, fmt.Errorf("look for edited places: %w", err)
	}
	return n, nil
}

// Places are the places by id, at most place.Max.
func (s *Store) Places(ctx context.Context) ([]heatmap.Place, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+placeColumns+" FROM yiping.heat_place ORDER BY id LIMIT $1", place.Max)
	if err == nil {
		var all []heatmap.Place
		if all, err = pgx.CollectRows(rows, scanPlace); err == nil {
			return all, nil
		}
	}
	return nil, fmt.Errorf("read places: %w", err)
}

// Place is one; the error wraps layers.ErrNotFound without it.
func (s *Store) Place(ctx context.Context, id string) (heatmap.Place, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+placeColumns+" FROM yiping.heat_place WHERE id = $1", id)
	return onePlace(id, rows, err)
}

// AddPlace stores a place. The error wraps layers.ErrConflict if there is one of its
// id, or place.Max already, and is a *layers.InputError if its outline is not valid.
func (s *Store) AddPlace(ctx context.Context, p heatmap.Place) (added heatmap.Place, err error) {
	values, err := placeValues(&p)
	if err != nil {
		return p, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// So that two cannot both be the last.
		if _, err := tx.Exec(ctx, "SELECT FROM yiping.heat_place_count FOR UPDATE"); err != nil {
			return fmt.Errorf("lock places: %w", err)
		}
		var n int
		err := tx.QueryRow(ctx, "SELECT count(*) FROM yiping.heat_place").Scan(&n)
		switch {
		case err != nil:
			return fmt.Errorf("count places: %w", err)
		case n >= place.Max:
			return fmt.Errorf("%w: there are %d places, which is the most", layers.ErrConflict, n)
		}
		added, err = insertPlace(ctx, tx, p.ID, values)
		return err
	})
	return added, err
}

func insertPlace(ctx context.Context, tx pgx.Tx, id string, values []any) (heatmap.Place, error) {
	rows, err := tx.Query(ctx, `
		INSERT INTO yiping.heat_place (id, name, name_en, flow, geom, usable_m2, capacity, source)
		VALUES ($1, $2, $3, $4, ST_GeomFromWKB($5, 4326), $6, $7, $8) RETURNING `+placeColumns, values...)
	p, err := onePlace(id, rows, err)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" { // unique_violation
		return p, fmt.Errorf("%w: there is a place %s already; send If-Match to replace it", layers.ErrConflict, layers.Shown(id))
	}
	return p, err
}

// ReplacePlace stores another place under the id of one with a version that matches.
// The error is a *layers.StaleError if its version is another, wraps
// layers.ErrNotFound if there is none, and is a *layers.InputError if its outline is
// not valid.
func (s *Store) ReplacePlace(ctx context.Context, p heatmap.Place, m layers.Match) (replaced heatmap.Place, err error) {
	values, err := placeValues(&p)
	if err != nil {
		return p, err
	}
	err = s.matchedPlace(ctx, p.ID, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			UPDATE yiping.heat_place SET name = $2, name_en = $3, flow = $4, geom = ST_GeomFromWKB($5, 4326), usable_m2 = $6,
				capacity = $7, source = $8
			WHERE id = $1 RETURNING `+placeColumns, values...)
		replaced, err = onePlace(p.ID, rows, err)
		return err
	})
	return replaced, err
}

// RemovePlace deletes one with a version that matches.
func (s *Store) RemovePlace(ctx context.Context, id string, m layers.Match) error {
	return s.matchedPlace(ctx, id, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM yiping.heat_place WHERE id = $1", id); err != nil {
			return fmt.Errorf("delete place %s: %w", id, err)
		}
		return nil
	})
}

// SeedPlaces stores the first places, once in the life of a database: who has deleted
// them does not get them again.
func (s *Store) SeedPlaces(ctx context.Context, places []heatmap.Place) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "UPDATE yiping.heat_place_count SET seeded = true WHERE NOT seeded")
		if err != nil {
			return fmt.Errorf("put in the first places: %w", err)
		}
		if done.RowsAffected() == 0 {
			return nil
		}
		for i := range places {
			values, err := placeValues(&places[i])
			if err != nil {
				return err
			}
			if _, err := insertPlace(ctx, tx, places[i].ID, values); err != nil {
				return err
			}
		}
		return nil
	})
}

// matchedPlace locks a place, if its version matches, for f.
func (s *Store) matchedPlace(ctx context.Context, id string, m layers.Match, f func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var version int32
		err := tx.QueryRow(ctx, "SELECT version FROM yiping.heat_place WHERE id = $1 FOR UPDATE", id).Scan(&version)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return noPlace(id)
		case err != nil:
			return fmt.Errorf("lock place %s: %w", id, err)
		case !m.Any && !slices.Contains(m.Versions, version):
			return &layers.StaleError{Layer: "place", Key: id, Version: version}
		}
		return f(tx)
	})
}

func noPlace(id string) error {
	return fmt.Errorf("%w: there is no place %s", layers.ErrNotFound, layers.Shown(id))
}

func placeValues(p *heatmap.Place) ([]any, error) {
	geom, err := wkb.Marshal(p.Outline)
	if err != nil {
		return nil, fmt.Errorf("write the outline of place %s: %w", p.ID, err)
	}
	return []any{
		p.ID, p.Name, p.NameEN, string(p.Flow), geom,
		pgtype.Float8{Float64: p.Usable, Valid: p.Usable > 0},
		pgtype.Int4{Int32: int32(p.Capacity), Valid: p.Capacity > 0},
		p.Source,
	}, nil
}

func onePlace(id string, rows pgx.Rows, err error) (heatmap.Place, error) {
	var p heatmap.Place
	if err == nil {
		p, err = pgx.CollectExactlyOneRow(rows, scanPlace)
	}
	var pg *pgconn.PgError
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return p, noPlace(id)
	case errors.As(err, &pg) && pg.ConstraintName == "heat_place_geometry":
		return p, layers.InputErrorf("geometry", "is not valid: its rings cross themselves or each other, or a hole lies outside")
	case err != nil:
		return p, fmt.Errorf("place %s: %w", id, err)
	}
	return p, nil
}

func scanPlace(row pgx.CollectableRow) (heatmap.Place, error) {
	var p heatmap.Place
	var flow string
	var geom []byte
	var usable pgtype.Float8
	var capacity pgtype.Int4
	if err := row.Scan(&p.ID, &p.Version, &p.Name, &p.NameEN, &flow, &geom, &usable, &capacity, &p.Source); err != nil {
		return p, err
	}
	p.Flow, p.Usable, p.Capacity = heatmap.Flow(flow), usable.Float64, int(capacity.Int32)
	g, err := wkb.Unmarshal(geom)
	if err != nil {
		return p, fmt.Errorf("outline of place %s: %w", p.ID, err)
	}
	outline, ok := g.(orb.MultiPolygon)
	if !ok {
		return p, fmt.Errorf("outline of place %s is a %s", p.ID, g.GeoJSONType())
	}
	p.Outline = outline
	return p, nil
}
