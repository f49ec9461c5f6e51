package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"

	"yiping/layers"
	"yiping/stream/track"
)

var _ track.History = (*Store)(nil)

// Track lists the fixes of an object from one time to another, both included, in
// order and each time once; at most limit. What is still on its way to the database
// is not among them.
func (s *Store) Track(ctx context.Context, d *track.Definition, key string, from, to time.Time, limit int) ([]track.Report, error) {
	fixes, err := s.fixes(ctx, d, `
		SELECT DISTINCT ON (t) key, t, place, s, h, st, synthetic, fields FROM yiping.track
		WHERE stream = $1 AND key = $2 AND t BETWEEN $3 AND $4 ORDER BY t LIMIT $5`, d.Name, key, from, to, limit)
	if err != nil {
		return nil, fmt.Errorf("read track of %s %s: %w", d.Name, key, err)
	}
	return fixes, nil
}

// Newest lists the newest fix of each object of a stream since a time, by key.
func (s *Store) Newest(ctx context.Context, d *track.Definition, since time.Time) ([]track.Report, error) {
	fixes, err := s.fixes(ctx, d, `
		SELECT DISTINCT ON (key) key, t, place, s, h, st, synthetic, fields FROM yiping.track
		WHERE stream = $1 AND t >= $2 ORDER BY key, t DESC`, d.Name, since)
	if err != nil {
		return nil, fmt.Errorf("read newest fixes of %s: %w", d.Name, err)
	}
	return fixes, nil
}

func (s *Store) fixes(ctx context.Context, d *track.Definition, sql string, args ...any) ([]track.Report, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (track.Report, error) {
		var r track.Report
		var place pgtype.Point
		var speed, heading pgtype.Float4
		var state *int16
		var fields map[string]any
		if err := row.Scan(&r.Key, &r.Time, &place, &speed, &heading, &state, &r.Synthetic, &fields); err != nil {
			return r, err
		}
		r.Time = r.Time.UTC()
		r.Place = orb.Point{place.P.X, place.P.Y}
		r.Speed, r.Heading = known(speed), known(heading)
		if state != nil {
			r.State = uint8(*state)
		}
		r.Fields = fieldsOf(d, fields)
		return r, nil
	})
}

// fieldsOf puts what was kept in the order of the definition. A field that the
// definition has no more, or with another type, is left out.
func fieldsOf(d *track.Definition, kept map[string]any) []any {
	if len(kept) == 0 {
		return nil
	}
	values := make([]any, len(d.Fields))
	for i, f := range d.Fields {
		switch v := kept[f.Name].(type) {
		case string:
			if f.Type == layers.String {
				values[i] = v
			}
		case bool:
			if f.Type == layers.Boolean {
				values[i] = v
			}
		case float64:
			switch f.Type {
			case layers.Number:
				values[i] = v
			case layers.Integer:
				values[i] = int64(v)
			default:
			}
		}
	}
	return values
}
