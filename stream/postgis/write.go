package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"
)

// NewEvent is an event that has not been recorded.
type NewEvent struct {
	// ID is the producer's own; what it inserts again under the same is left out.
	ID, Kind string
	// Key is the item's that it happened to, Version that of the item after it. The
	// version of an item ascends.
	Key     string
	Version int64
	Time    time.Time
	// Was and Is are where the item was before and is; nil where it was not or is
	// not any more.
	Was, Is *orb.Point
	// Body is the item's row after the event as a JSON object with the fields of the
	// stream, Before the one before; nil where there is none.
	Body, Before json.RawMessage
	// Final says that nothing happens to the item any more.
	Final bool
}

// InsertEvents records events of a stream in the transaction of what they tell of:
// once it has committed, every client that asked for them gets them. Whoever changes
// an item locks its row first, so that its events come in the order of its versions.
func InsertEvents(ctx context.Context, tx pgx.Tx, stream string, events []NewEvent) error {
	if len(events) == 0 {
		return nil
	}
	n := len(events)
	ids, kinds, keys := make([]string, n), make([]string, n), make([]string, n)
	versions, times, finals := make([]int64, n), make([]time.Time, n), make([]bool, n)
	was, is := make([]pgtype.Point, n), make([]pgtype.Point, n)
	befores, bodies := make([]pgtype.Text, n), make([]pgtype.Text, n)
	for i, e := range events {
		ids[i], kinds[i], keys[i] = e.ID, e.Kind, e.Key
		versions[i], times[i], finals[i] = e.Version, e.Time, e.Final
		was[i], is[i] = point(e.Was), point(e.Is)
		befores[i], bodies[i] = text(e.Before), text(e.Body)
	}
	_, err := tx.Exec(ctx, `
		WITH given AS (
			SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[], $7::bool[],
				$8::point[], $9::point[], $10::text[], $11::text[]) WITH ORDINALITY
				AS g (id, kind, key, version, happened, final, was, place, before, body, n)
		), recorded AS (
			INSERT INTO yiping.event (stream, id, kind, key, version, happened, was, place, before, body, final)
			SELECT $1, id, kind, key, version, happened, was, place, before::jsonb, body::jsonb, final FROM given ORDER BY n
			ON CONFLICT (stream, id) DO NOTHING
			RETURNING id
		)
		INSERT INTO yiping.event_item AS i (stream, key, version, event, final)
		SELECT DISTINCT ON (key COLLATE "C") $1, key, version, id, final
		FROM given JOIN recorded USING (id) ORDER BY key COLLATE "C", version DESC, n DESC
		ON CONFLICT (stream, key) DO UPDATE
		SET version = excluded.version, event = excluded.event, final = excluded.final
		WHERE i.version < excluded.version`,
		stream, ids, kinds, keys, versions, times, finals, was, is, befores, bodies)
	if err != nil {
		return fmt.Errorf("record %d events of %s: %w", n, stream, err)
	}
	return nil
}

func point(p *orb.Point) pgtype.Point {
	if p == nil {
		return pgtype.Point{}
	}
	return pgtype.Point{P: pgtype.Vec2{X: p[0], Y: p[1]}, Valid: true}
}

func text(raw json.RawMessage) pgtype.Text {
	return pgtype.Text{String: string(raw), Valid: raw != nil}
}
