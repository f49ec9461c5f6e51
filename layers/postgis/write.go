package postgis

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"yiping/layers"
)

// writeLockWait is how long a write waits for rows that others are writing, or
// for a layer that is being loaded, while it holds a connection.
const writeLockWait = "5s"

// Write makes one change in a transaction of its own and returns the feature as
// it is then, in the system asked for; nil for a Delete.
//
// The error is a *layers.StaleError if the feature has none of the versions
// expected, a *layers.InputError for a geometry that PostGIS finds invalid, and
// wraps layers.ErrNotFound without the feature, layers.ErrConflict if another
// feature has the code or the source's key, layers.ErrBusy if others hold it for
// too long. Nothing is written then.
func (s *Store) Write(ctx context.Context, l *layers.Layer, w *layers.Write, crs layers.CRS) (*layers.Item, error) {
	var item *layers.Item
	err := s.writing(ctx, func(tx pgx.Tx) error {
		b := newWriteBatch(l, tx, []layers.Write{*w}, true)
		if err := b.run(ctx); err != nil || w.Op == layers.Delete {
			return err
		}
		var err error
		item, err = readItem(ctx, tx, l, b.results[0].ID, crs)
		return err
	})
	// One write is no batch to whoever asked for it.
	if batch, ok := errors.AsType[*layers.BatchError](err); ok {
		err = batch.Faults[0].Err
	}
	if err != nil {
		return nil, fmt.Errorf("%s a feature of %s: %w", w.Op, l.Name, err)
	}
	return item, nil
}

// WriteBatch makes many changes, in their order and in one transaction. With
// atomic, one that is refused keeps all from being written, and the error is a
// *layers.BatchError. Without it, the others are written, and each result says
// what became of its own. Faults that no single write is guilty of end both.
func (s *Store) WriteBatch(ctx context.Context, l *layers.Layer, writes []layers.Write, atomic bool) ([]layers.Written, error) {
	var results []layers.Written
	err := s.writing(ctx, func(tx pgx.Tx) error {
		b := newWriteBatch(l, tx, writes, atomic)
		err := b.run(ctx)
		results = b.results
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("write a batch to %s: %w", l.Name, err)
	}
	return results, nil
}

// writing runs f in its turn and in a transaction. A context that ends cancels
// the statement that runs, and the transaction rolls back.
func (s *Store) writing(ctx context.Context, f func(tx pgx.Tx) error) error {
	leave, err := s.writes.Enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '"+writeLockWait+"'"); err != nil {
			return err
		}
		return f(tx)
	})
	if ended := ctx.Err(); err != nil && ended != nil {
		// The server only says that it was told to stop.
		return fmt.Errorf("%w: %w", ended, err)
	}
	return passing(err)
}

// invalidGeometries tells which writes carry a geometry that is not valid by the
// rules of OGC Simple Features, and where it is not.
func invalidGeometries(ctx context.Context, db querier, writes []layers.Write) (map[int]error, error) {
	var shapes [][]byte
	var indexes []int64
	for i := range writes {
		switch g := writes[i].Geometry.(type) {
		case nil, orb.Point, orb.MultiPoint: // always valid
		default:
			wkb, err := ewkb.Marshal(g, wgs84, binary.LittleEndian)
			if err != nil {
				return nil, fmt.Errorf("encode geometry: %w", err)
			}
			shapes = append(shapes, wkb)
			indexes = append(indexes, int64(i))
		}
	}
	faults := map[int]error{}
	if len(shapes) == 0 {
		return faults, nil
	}
	rows, err := db.Query(ctx, `
		SELECT g.i, d.reason, public.ST_X(d.location), public.ST_Y(d.location)
		FROM unnest($1::bytea[], $2::bigint[]) AS g (wkb, i), public.ST_IsValidDetail(public.ST_GeomFromEWKB(g.wkb)) AS d
		WHERE NOT d.valid`, shapes, indexes)
	if err != nil {
		return nil, fmt.Errorf("check geometries: %w", err)
	}
	var i int
	var reason string
	var lon, lat *float64
	_, err = pgx.ForEachRow(rows, []any{&i, &reason, &lon, &lat}, func() error {
		if lon != nil && lat != nil {
			reason = fmt.Sprintf("%s at lon, lat %.7f, %.7f", reason, *lon, *lat)
		}
		faults[i] = layers.InputErrorf("geometry", "is not valid: %s", reason)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("check geometries: %w", err)
	}
	return faults, nil
}

// origin is where a written feature says that it comes from.
type origin struct {
	source    string
	synthetic bool
}

// noteOrigins sees to it that the catalog knows the sources of written features,
// and that a source of one synthetic feature is marked, so that every picture
// of the layer says so. Most are known, and then nothing is locked.
func noteOrigins(ctx context.Context, tx pgx.Tx, l *layers.Layer, origins map[origin]bool) error {
	for o := range origins {
		_, err := tx.Exec(ctx, `
			INSERT INTO yiping.layer_source AS s (layer, name, title, licence, attribution, datum, synthetic, schematic)
			SELECT $1, $2, $2, 'unknown', '', 'WGS84', $3, false
			WHERE NOT EXISTS (SELECT FROM yiping.layer_source WHERE layer = $1 AND name = $2 AND (synthetic OR NOT $3))
			ON CONFLICT (layer, name) DO UPDATE SET synthetic = s.synthetic OR excluded.synthetic`, l.Name, o.source, o.synthetic)
		if err != nil {
			return fmt.Errorf("note source %s: %w", o.source, err)
		}
	}
	return nil
}
