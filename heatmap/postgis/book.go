package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"yiping/heatmap/history"
	"yiping/heatmap/replay"
)

// Book remembers replays beside their minutes, which a recorder writes.
type Book struct {
	store    *Store
	recorder *history.Recorder
}

var _ replay.Book = (*Book)(nil)

// NewBook is the book of a stage whose minutes a recorder writes to the store.
func NewBook(s *Store, r *history.Recorder) *Book { return &Book{s, r} }

// Standings are the replays that were begun and not ended. They are this service's from now
// on: if another still plays them, nothing of that is kept any more.
func (b *Book) Standings(ctx context.Context) ([]replay.Standing, error) {
	rows, err := b.store.pool.Query(ctx, "UPDATE yiping.heat_replay SET owner = $1 RETURNING id, rules, seed, speed, at", b.store.owner)
	if err != nil {
		return nil, fmt.Errorf("read the replays: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (replay.Standing, error) {
		var s replay.Standing
		var seed int64
		err := row.Scan(&s.ID, &s.Rules, &seed, &s.Speed, &s.At)
		s.Seed = uint64(seed)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the replays: %w", err)
	}
	return all, nil
}

// Begin notes a replay at its beginning, and forgets the minutes of one before.
func (b *Book) Begin(ctx context.Context, s replay.Standing) error {
	return b.renew(ctx, s.ID, "begin", func(tx *pgx.Batch) {
		forget(tx, s.ID)
		tx.Queue("INSERT INTO yiping.heat_replay (id, rules, seed, speed, at, owner) VALUES ($1, $2, $3, $4, $5, $6)",
			s.ID, s.Rules, int64(s.Seed), s.Speed, s.At, b.store.owner)
	})
}

// Back notes that a replay goes on from an earlier time, with another player.
func (b *Book) Back(ctx context.Context, s replay.Standing) error {
	return b.renew(ctx, s.ID, "move", func(tx *pgx.Batch) { b.change(tx, s) })
}

// End forgets a replay and its minutes.
func (b *Book) End(ctx context.Context, id string) error {
	return b.renew(ctx, id, "end", func(tx *pgx.Batch) { forget(tx, id) })
}

// Change notes another speed, and that the evening goes on at s.At if not earlier.
func (b *Book) Change(ctx context.Context, s replay.Standing) error {
	return b.transact(ctx, s.ID, "change", func(tx *pgx.Batch) { b.change(tx, s) })
}

// renew makes a change while nothing is written, after which what was told before is not
// written any more.
func (b *Book) renew(ctx context.Context, id, what string, queue func(*pgx.Batch)) error {
	return b.recorder.Renew(ctx, id, func(ctx context.Context) error { return b.transact(ctx, id, what, queue) })
}

// transact makes a change, all of it or nothing.
func (b *Book) transact(ctx context.Context, id, what string, queue func(*pgx.Batch)) error {
	err := pgx.BeginFunc(ctx, b.store.pool, func(tx pgx.Tx) error {
		var batch pgx.Batch
		queue(&batch)
		return tx.SendBatch(ctx, &batch).Close()
	})
	if err != nil {
		return fmt.Errorf("%s replay %s: %w", what, id, err)
	}
	return nil
}

func (b *Book) change(tx *pgx.Batch, s replay.Standing) {
	tx.Queue("UPDATE yiping.heat_replay SET speed = $2, at = least(at, $3) WHERE id = $1 AND owner = $4", s.ID, s.Speed, s.At, b.store.owner)
}

func forget(tx *pgx.Batch, id string) {
	tx.Queue("DELETE FROM yiping.heat_replay WHERE id = $1", id)
	tx.Queue("DELETE FROM yiping.heat_minute WHERE run = $1", id)
	tx.Queue("DELETE FROM yiping.heat_place_minute WHERE run = $1", id)
}
