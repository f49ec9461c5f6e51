package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"
)

// feedRow is a row of yiping.change.
type feedRow struct {
	Xid   uint64
	Seq   int64
	At    time.Time
	Layer string
	ID    int64
	Op    Op
	Old   orb.Bound
}

// readFeed reads what comes after a change below the horizon, and the horizon:
// one row more than a batch, which tells that there is more.
// The floor is read last: what is dropped between the two statements shows.
func (s *Store) readFeed(ctx context.Context, xid uint64, seq int64) (rows []feedRow, horizon uint64, at time.Time, err error) {
	batch := &pgx.Batch{}
	batch.Queue(`
		SELECT h.horizon, now(), c.xid, c.seq, c.at, c.layer, c.id, c.op::text, c.old
		FROM (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS horizon) h
		LEFT JOIN LATERAL (
			SELECT * FROM yiping.change
			WHERE (xid, seq) > ($1, $2) AND xid < pg_snapshot_xmin(pg_current_snapshot())
			ORDER BY xid, seq LIMIT $3
		) c ON true
		ORDER BY c.xid, c.seq`, xid, seq, feedBatch+1)
	batch.Queue("SELECT floor FROM yiping.change_epoch")
	results := s.pool.SendBatch(ctx, batch)
	defer func() {
		if err = errors.Join(err, results.Close()); err != nil && !errors.Is(err, ErrGap) {
			err = fmt.Errorf("read change feed: %w", err)
		}
	}()
	found, err := results.Query()
	if err != nil {
		return nil, 0, at, err
	}
	var change feedRow
	var changeXid *uint64 // null where there is no change
	var number, id *int64
	var changed *time.Time
	var layer, op *string
	var old pgtype.Box
	_, err = pgx.ForEachRow(found, []any{&horizon, &at, &changeXid, &number, &changed, &layer, &id, &op, &old}, func() error {
		if changeXid == nil {
			return nil
		}
		change = feedRow{Xid: *changeXid, Seq: *number, At: *changed, Layer: *layer, Op: Op((*op)[0]), Old: boundOf(old)}
		if id != nil {
			change.ID = *id
		}
		rows = append(rows, change)
		return nil
	})
	if err != nil {
		return nil, 0, at, err
	}
	var floor uint64
	if err := results.QueryRow().Scan(&floor); err != nil {
		return nil, 0, at, err
	}
	if floor >= xid {
		return nil, 0, at, ErrGap
	}
	return rows, horizon, at, nil
}

// boundOf is a box as a bound; no box is the empty bound. PostgreSQL keeps the
// upper right corner first.
func boundOf(b pgtype.Box) orb.Bound {
	if !b.Valid {
		return orb.MultiPoint{}.Bound()
	}
	return orb.Bound{Min: orb.Point{b.P[1].X, b.P[1].Y}, Max: orb.Point{b.P[0].X, b.P[0].Y}}
}

// byLayer sorts changes into their layers. A reset speaks for all others of its
// layer, also for those after it: the layer is read later than they were made.
func byLayer(rows []feedRow) []LayerChanges {
	at := map[string]int{}
	var all []LayerChanges
	for _, r := range rows {
		i, ok := at[r.Layer]
		if !ok {
			i = len(all)
			at[r.Layer] = i
			all = append(all, LayerChanges{Layer: r.Layer})
		}
		switch {
		case r.Op == reset:
			all[i].Reset, all[i].Changes = true, nil
		case !all[i].Reset:
			all[i].Changes = append(all[i].Changes, Change{ID: r.ID, Op: r.Op, Old: r.Old})
		}
	}
	slices.SortFunc(all, func(a, b LayerChanges) int { return strings.Compare(a.Layer, b.Layer) })
	return all
}

// Lag is the age of the oldest committed change after a position: how far behind
// a reader there is. It is 0 if there is none.
func (s *Store) Lag(ctx context.Context, p Position) (time.Duration, error) {
	var age time.Duration
	err := s.pool.QueryRow(ctx, `
		SELECT clock_timestamp() - at FROM yiping.change WHERE xid >= $1 ORDER BY xid, seq LIMIT 1`, p.Xid).Scan(&age)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the lag of the change feed: %w", err)
	}
	return age, nil
}

// Changed tells whether anything was changed from one position on and before
// another.
func (s *Store) Changed(ctx context.Context, from, to Position) (bool, error) {
	var changed bool
	err := s.pool.QueryRow(ctx, "SELECT EXISTS (SELECT FROM yiping.change WHERE xid >= $1 AND xid < $2)", from.Xid, to.Xid).Scan(&changed)
	if err != nil {
		return false, fmt.Errorf("ask the change feed for changes: %w", err)
	}
	return changed, nil
}
