package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"

	"yiping/stream"
)

// Log is the events of the stream that d describes.
func (s *Store) Log(d stream.Description) stream.Log { return &eventLog{s, d} }

type eventLog struct {
	store       *Store
	description stream.Description
}

// Describe says what the stream is.
func (l *eventLog) Describe() stream.Description { return l.description }

// eventColumns are what scanEvent reads.
const eventColumns = "e.stream, e.xid, e.seq, e.id, e.kind, e.key, e.version, e.happened, e.recorded, e.was, e.place, e.body, e.before, e.final"

// Open lists the newest event of each open item within a bound.
func (l *eventLog) Open(ctx context.Context, within orb.Bound, limit int) ([]stream.Event, error) {
	p, err := l.store.here(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := l.store.pool.Query(ctx, "SELECT "+eventColumns+`
		FROM yiping.event_item i JOIN yiping.event e ON e.stream = i.stream AND e.id = i.event
		WHERE i.stream = $1 AND NOT i.final AND e.place <@ box(point($2, $3), point($4, $5))
		ORDER BY i.key LIMIT $6`,
		l.description.Name, within.Min[0], within.Min[1], within.Max[0], within.Max[1], limit)
	return l.collect(rows, err, p.epoch)
}

// Newest is the newest event of an item.
func (l *eventLog) Newest(ctx context.Context, key string) (stream.Event, bool, error) {
	p, err := l.store.here(ctx)
	if err != nil {
		return stream.Event{}, false, err
	}
	rows, err := l.store.pool.Query(ctx, "SELECT "+eventColumns+`
		FROM yiping.event_item i JOIN yiping.event e ON e.stream = i.stream AND e.id = i.event
		WHERE i.stream = $1 AND i.key = $2`, l.description.Name, key)
	events, err := l.collect(rows, err, p.epoch)
	if err != nil || len(events) == 0 {
		return stream.Event{}, false, err
	}
	return events[0], true, nil
}

// Since lists the events after a position.
func (l *eventLog) Since(ctx context.Context, after string, limit int) ([]stream.Event, error) {
	p, err := parsePosition(after)
	if err != nil {
		return nil, err
	}
	rows, err := l.store.pool.Query(ctx, "SELECT "+eventColumns+` FROM yiping.event e
		WHERE e.stream = $1 AND (e.xid, e.seq) > ($2, $3) AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
		ORDER BY e.xid, e.seq LIMIT $4`, l.description.Name, p.xid, p.seq, limit)
	events, err := l.collect(rows, err, p.epoch)
	if err != nil {
		return nil, err
	}
	if err := l.store.holds(ctx, l.description.Name, p); err != nil {
		return nil, err
	}
	return events, nil
}

// Count is the number of events after one position up to another.
func (l *eventLog) Count(ctx context.Context, after, upTo string, limit int) (int, error) {
	p, err := parsePosition(after)
	if err != nil {
		return 0, err
	}
	last, err := parsePosition(upTo)
	if err != nil {
		return 0, err
	}
	var n int
	err = l.store.pool.QueryRow(ctx, `SELECT count(*) FROM (
		SELECT FROM yiping.event WHERE stream = $1 AND (xid, seq) > ($2, $3) AND (xid, seq) <= ($4, $5) LIMIT $6) e`,
		l.description.Name, p.xid, p.seq, last.xid, last.seq, limit).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count events of %s: %w", l.description.Name, err)
	}
	return n, l.store.holds(ctx, l.description.Name, p)
}

func (l *eventLog) collect(rows pgx.Rows, err error, epoch string) ([]stream.Event, error) {
	var events []stream.Event
	if err == nil {
		events, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (stream.Event, error) {
			e, err := scanEvent(row)
			e.Position = position{epoch, e.xid, e.seq}.String()
			return e.Event, err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read events of %s: %w", l.description.Name, err)
	}
	return events, nil
}

// eventRow is an event and its place among all.
type eventRow struct {
	stream.Event
	stream string
	xid    uint64
	seq    int64
}

// scanEvent reads eventColumns.
func scanEvent(row pgx.CollectableRow) (e eventRow, err error) {
	var was, place pgtype.Point
	err = row.Scan(&e.stream, &e.xid, &e.seq, &e.ID, &e.Kind, &e.Key, &e.Version, &e.Time, &e.Recorded, &was, &place,
		(*[]byte)(&e.Body), (*[]byte)(&e.Before), &e.Final)
	if was.Valid {
		e.Was = &orb.Point{was.P.X, was.P.Y}
	}
	if place.Valid {
		e.Is = &orb.Point{place.P.X, place.P.Y}
	}
	return e, err
}
