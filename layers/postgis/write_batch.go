package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// mostPipelined bounds the writes that are sent before their answers are read.
const mostPipelined = 500

// writeBatch sends writes to the server many at a time, without waiting for each
// answer. Where single ones may fail, each has a savepoint to go back to.
type writeBatch struct {
	layer   *layers.Layer
	tx      pgx.Tx
	writes  []layers.Write
	atomic  bool
	results []layers.Written
	origins map[origin]bool
	// invalid are the writes whose geometry PostGIS refuses, missing those that
	// found no feature of their id and versions.
	invalid map[int]error
	missing []int
}

func newWriteBatch(l *layers.Layer, tx pgx.Tx, writes []layers.Write, atomic bool) *writeBatch {
	return &writeBatch{
		layer: l, tx: tx, writes: writes, atomic: atomic,
		results: make([]layers.Written, len(writes)), origins: map[origin]bool{},
	}
}

// run makes the changes. Its error is a BatchError if a write was refused that
// all depend on.
func (b *writeBatch) run(ctx context.Context) error {
	var err error
	if b.invalid, err = invalidGeometries(ctx, b.tx, b.writes); err != nil {
		return err
	}
	if b.atomic && len(b.invalid) > 0 {
		return b.allInvalid()
	}
	// After a fault the writes behind it must be sent again, so that batches of
	// many faults are better sent in small pieces.
	size := mostPipelined
	for from := 0; from < len(b.writes); {
		to := min(from+size, len(b.writes))
		next, err := b.send(ctx, from, to)
		if err != nil {
			return err
		}
		if next < to {
			size = 1
		} else {
			size = min(2*size, mostPipelined)
		}
		from = next
	}
	if err := b.explainMissing(ctx); err != nil {
		return err
	}
	return noteOrigins(ctx, b.tx, b.layer, b.origins)
}

func (b *writeBatch) allInvalid() error {
	batch := &layers.BatchError{}
	for i := range b.writes {
		if err := b.invalid[i]; err != nil {
			batch.Faults = append(batch.Faults, layers.BatchFault{Index: i, Err: err})
		}
	}
	return batch
}

// send makes the changes of a range, up to and with the first that the database
// refuses, and returns where to go on.
func (b *writeBatch) send(ctx context.Context, from, to int) (next int, err error) {
	pipeline := &pgx.Batch{}
	var sent []int
	for i := from; i < to; i++ {
		if b.results[i].Err = b.invalid[i]; b.results[i].Err != nil {
			continue
		}
		sql, args, err := writeStatement(b.layer, &b.writes[i])
		if err != nil {
			return 0, err
		}
		if !b.atomic {
			pipeline.Queue("SAVEPOINT before_write")
		}
		pipeline.Queue(sql, args...)
		if !b.atomic {
			pipeline.Queue("RELEASE SAVEPOINT before_write")
		}
		sent = append(sent, i)
	}
	answers := b.tx.SendBatch(ctx, pipeline)
	for _, i := range sent {
		if err := b.read(answers, i); err != nil {
			_ = answers.Close() // says the same again
			return i + 1, b.refuse(ctx, i, err)
		}
	}
	return to, answers.Close()
}

// read takes the answer to one write.
func (b *writeBatch) read(answers pgx.BatchResults, i int) error {
	if !b.atomic {
		if _, err := answers.Exec(); err != nil {
			return err
		}
	}
	w := &b.results[i]
	var o origin
	err := answers.QueryRow().Scan(&w.ID, &w.Version, &o.source, &o.synthetic)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		b.missing = append(b.missing, i)
	case err != nil:
		return err
	case b.writes[i].Op != layers.Delete:
		b.origins[o] = true
	}
	if !b.atomic {
		_, err := answers.Exec()
		return err
	}
	return nil
}

// refuse notes a write that the database did not take, and undoes it alone where
// the others do not depend on it. Any other fault is returned.
func (b *writeBatch) refuse(ctx context.Context, i int, err error) error {
	refused, ok := refusal(b.layer, err)
	switch {
	case !ok:
		return refused
	case b.atomic:
		return &layers.BatchError{Faults: []layers.BatchFault{{Index: i, Err: refused}}}
	}
	b.results[i].Err = refused
	for _, sql := range []string{"ROLLBACK TO SAVEPOINT before_write", "RELEASE SAVEPOINT before_write"} {
		if _, err := b.tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// explainMissing says of writes that found no feature of their id and versions
// which of both was wrong.
func (b *writeBatch) explainMissing(ctx context.Context) error {
	if len(b.missing) == 0 {
		return nil
	}
	ids := make([]int64, len(b.missing))
	for n, i := range b.missing {
		ids[n] = b.writes[i].ID
	}
	rows, err := b.tx.Query(ctx, "SELECT id, version FROM "+table(b.layer.Name)+" WHERE id = ANY($1)", ids)
	if err != nil {
		return fmt.Errorf("look for features: %w", err)
	}
	versions := map[int64]int32{}
	var id int64
	var version int32
	if _, err := pgx.ForEachRow(rows, []any{&id, &version}, func() error { versions[id] = version; return nil }); err != nil {
		return fmt.Errorf("look for features: %w", err)
	}
	batch := &layers.BatchError{}
	for n, i := range b.missing {
		err := noFeature(b.layer, ids[n])
		if version, there := versions[ids[n]]; there {
			err = &layers.StaleError{Layer: b.layer.Name, ID: ids[n], Version: version}
		}
		b.results[i].Err = err
		batch.Faults = append(batch.Faults, layers.BatchFault{Index: i, Err: err})
	}
	if b.atomic {
		return batch
	}
	return nil
}
