package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/paulmach/orb/encoding/wkb"

	"yiping/layers"
	"yiping/stream/fence"
)

var _ fence.Store = (*Store)(nil)

// fencePrefix makes a fence's number its ID.
const fencePrefix = "F-"

const fenceColumns = `f.id, f.version, f.title, ST_AsBinary(f.geom), f.buffer_m, f.streams, f.kinds,
	f.hysteresis_m, f.settle_ms, f.dwell_ms, f.absence_ms, f.synthetic, f.near_m, f.filter`

// fenceRow is a fence as the table has it; all is null where there is none.
type fenceRow struct {
	id                     *int64
	version                *int32
	title                  *string
	geom                   []byte
	buffer, hysteresis     *float64
	near                   *float64
	where                  *string
	streams, kinds         []string
	settle, dwell, absence *int64
	synthetic              *bool
}

func (r *fenceRow) targets() []any {
	return []any{
		&r.id, &r.version, &r.title, &r.geom, &r.buffer, &r.streams, &r.kinds,
		&r.hysteresis, &r.settle, &r.dwell, &r.absence, &r.synthetic, &r.near, &r.where,
	}
}

func (r *fenceRow) definition() (fence.Definition, error) {
	d := fence.Definition{
		ID: fenceID(*r.id), Version: *r.version, Title: *r.title, Buffer: *r.buffer, Hysteresis: *r.hysteresis,
		Streams: r.streams, Settle: milliseconds(*r.settle), Dwell: milliseconds(*r.dwell), Absence: milliseconds(*r.absence),
		Synthetic: *r.synthetic, Near: *r.near, Where: *r.where,
	}
	for _, k := range r.kinds {
		d.Kinds = append(d.Kinds, fence.Kind(k))
	}
	var err error
	if d.Geometry, err = wkb.Unmarshal(r.geom); err != nil {
		return d, fmt.Errorf("geometry of fence %s: %w", d.ID, err)
	}
	return d, nil
}

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

func fenceID(n int64) string { return fencePrefix + strconv.FormatInt(n, 10) }

// fenceNumber is that of an ID; the error wraps layers.ErrNotFound if it is none.
func fenceNumber(id string) (int64, error) {
	digits, ok := strings.CutPrefix(id, fencePrefix)
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || fenceID(n) != id {
		return 0, noFence(id)
	}
	return n, nil
}

func noFence(id string) error {
	return fmt.Errorf("%w: there is no fence %s", layers.ErrNotFound, layers.Shown(id))
}

// Fences are all definitions, by ID, and the count of edits that they show. Those
// that another client has written and that break a rule are left out.
func (s *Store) Fences(ctx context.Context) (all []fence.Definition, edits int64, err error) {
	rows, err := s.pool.Query(ctx, "SELECT c.edits, "+fenceColumns+
		" FROM yiping.fence_count c LEFT JOIN yiping.fence f ON true ORDER BY f.id")
	if err != nil {
		return nil, 0, fmt.Errorf("read fences: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r fenceRow
		if err := rows.Scan(append([]any{&edits}, r.targets()...)...); err != nil {
			return nil, 0, fmt.Errorf("read fences: %w", err)
		}
		if r.id == nil {
			continue
		}
		d, err := r.definition()
		if err != nil {
			return nil, 0, err
		}
		if d.Check() == nil {
			all = append(all, d)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, 0, fmt.Errorf("read fences: %w", err)
	}
	return all, edits, nil
}

// FenceEdits counts the edits of definitions so far.
func (s *Store) FenceEdits(ctx context.Context) (n int64, err error) {
	if err := s.pool.QueryRow(ctx, "SELECT edits FROM yiping.fence_count").Scan(&n); err != nil {
		return 0, fmt.Errorf("look for edited fences: %w", err)
	}
	return n, nil
}

// Fence is one; the error wraps layers.ErrNotFound without it.
func (s *Store) Fence(ctx context.Context, id string) (fence.Definition, error) {
	n, err := fenceNumber(id)
	if err != nil {
		return fence.Definition{}, err
	}
	return fenceOf(id, s.pool.QueryRow(ctx, "SELECT "+fenceColumns+" FROM yiping.fence f WHERE id = $1", n))
}

func fenceOf(id string, row pgx.Row) (fence.Definition, error) {
	var r fenceRow
	err := row.Scan(r.targets()...)
	var pg *pgconn.PgError
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fence.Definition{}, noFence(id)
	case errors.As(err, &pg) && pg.ConstraintName == "fence_geometry":
		return fence.Definition{}, layers.InputErrorf("geometry", "is not valid: its rings cross themselves or each other, or a hole lies outside")
	case err != nil:
		return fence.Definition{}, fmt.Errorf("fence %s: %w", id, err)
	}
	return r.definition()
}

// AddFence stores a definition under a new ID.
func (s *Store) AddFence(ctx context.Context, d fence.Definition) (fence.Definition, error) {
	values, err := fenceValues(&d)
	if err != nil {
		return d, err
	}
	return fenceOf("(new)", s.pool.QueryRow(ctx, `
		INSERT INTO yiping.fence AS f (title, geom, buffer_m, streams, kinds, hysteresis_m, settle_ms, dwell_ms, absence_ms, synthetic, near_m, filter)
		VALUES ($1, ST_GeomFromWKB($2, 4326), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		RETURNING `+fenceColumns, values...))
}

func fenceValues(d *fence.Definition) ([]any, error) {
	geom, err := wkb.Marshal(d.Geometry)
	if err != nil {
		return nil, fmt.Errorf("write geometry of fence: %w", err)
	}
	kinds := make([]string, len(d.Kinds))
	for i, k := range d.Kinds {
		kinds[i] = string(k)
	}
	return []any{
		d.Title, geom, d.Buffer, d.Streams, kinds, d.Hysteresis,
		d.Settle.Milliseconds(), d.Dwell.Milliseconds(), d.Absence.Milliseconds(), d.Synthetic, d.Near, d.Where,
	}, nil
}

// ReplaceFence stores another definition under the ID of one with a version that
// matches.
func (s *Store) ReplaceFence(ctx context.Context, d fence.Definition, m layers.Match) (fence.Definition, error) {
	values, err := fenceValues(&d)
	if err != nil {
		return d, err
	}
	var replaced fence.Definition
	err = s.matchedFence(ctx, d.ID, m, func(tx pgx.Tx, n int64) error {
		replaced, err = fenceOf(d.ID, tx.QueryRow(ctx, `
			UPDATE yiping.fence AS f SET title = $1, geom = ST_GeomFromWKB($2, 4326), buffer_m = $3, streams = $4, kinds = $5,
				hysteresis_m = $6, settle_ms = $7, dwell_ms = $8, absence_ms = $9, synthetic = $10, near_m = $11, filter = $12
			WHERE id = $13 RETURNING `+fenceColumns, append(values, n)...))
		return err
	})
	return replaced, err
}

// RemoveFence deletes one with a version that matches.
func (s *Store) RemoveFence(ctx context.Context, id string, m layers.Match) error {
	return s.matchedFence(ctx, id, m, func(tx pgx.Tx, n int64) error {
		_, err := tx.Exec(ctx, "DELETE FROM yiping.fence WHERE id = $1", n)
		return err
	})
}

// matchedFence locks a fence, if its version matches, for f.
func (s *Store) matchedFence(ctx context.Context, id string, m layers.Match, f func(tx pgx.Tx, n int64) error) error {
	n, err := fenceNumber(id)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var version int32
		err := tx.QueryRow(ctx, "SELECT version FROM yiping.fence WHERE id = $1 FOR UPDATE", n).Scan(&version)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return noFence(id)
		case err != nil:
			return fmt.Errorf("lock fence %s: %w", id, err)
		case !m.Any && !slices.Contains(m.Versions, version):
			return &layers.StaleError{Layer: "fences", ID: n, Version: version}
		}
		return f(tx, n)
	})
}
