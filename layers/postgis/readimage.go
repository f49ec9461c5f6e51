package postgis

import (
	"context"
	"fmt"
	"runtime"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"yiping/layers"
	"yiping/layers/image"
)

// readPiece is how many pages of a table, of 8 KiB each, a reader takes at a
// time: enough that a piece costs nothing to begin, few enough that all readers
// end together.
const readPiece = 1024

var _ image.Source = (*Store)(nil)

// ReadImage reads a whole layer as it is in one snapshot, into batches that
// newBatch makes. The mark is the position where Follow must begin to keep what
// was read up to date. Features without a place, such as those of an empty
// geometry, are left out and logged.
//
// Rows come by COPY in binary, over as many connections as there are processors,
// each reading stretches of the table's pages.
func (s *Store) ReadImage(ctx context.Context, l *layers.Layer, newBatch func() *image.Batch) (batches []*image.Batch, cut layers.Cut, mark string, err error) {
	// Asked before the snapshot is taken: what is forgotten in between shows.
	state, err := s.feedState(ctx)
	if err != nil {
		return nil, cut, "", err
	}
	err = s.inSnapshot(ctx, l.Name, func(tx pgx.Tx, snapshot string, pages int64, found layers.Cut) error {
		cut = found
		pieces := make(chan int64, pages/readPiece+1)
		for page := int64(0); page < pages; page += readPiece {
			pieces <- page
		}
		close(pieces)
		batches = make([]*image.Batch, min(runtime.NumCPU(), max(1, len(pieces))))
		for i := range batches {
			batches[i] = newBatch()
		}
		return s.readPieces(ctx, l, tx, snapshot, pieces, batches)
	})
	if err != nil {
		return nil, cut, "", fmt.Errorf("read layer %s: %w", l.Name, ended(ctx, err))
	}
	return batches, cut, Position{Epoch: state.Epoch, Xid: cut.Xmin}.String(), nil
}

// inSnapshot runs f while a snapshot is held that other connections can take,
// with the number of the table's pages that it can see.
func (s *Store) inSnapshot(ctx context.Context, layer string, f func(tx pgx.Tx, snapshot string, pages int64, cut layers.Cut) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, s.pool, options, func(tx pgx.Tx) error {
		// Before the snapshot is taken: a table that is emptied after it would
		// look empty in it.
		if _, err := tx.Exec(ctx, "LOCK TABLE "+table(layer)+" IN ACCESS SHARE MODE"); err != nil {
			return err
		}
		var snapshot string
		var pages int64
		var cut layers.Cut
		err := tx.QueryRow(ctx, `SELECT now(), pg_snapshot_xmin(pg_current_snapshot()), pg_export_snapshot(),
			pg_relation_size($1::regclass) / current_setting('block_size')::bigint`, table(layer)).
			Scan(&cut.Time, &cut.Xmin, &snapshot, &pages)
		if err != nil {
			return err
		}
		return f(tx, snapshot, pages, cut)
	})
}

// readPieces reads all pieces, on the connection that holds the snapshot and on
// as many others as there are batches, if the pool has them in time: two layers
// that are read at once must not wait for each other's.
func (s *Store) readPieces(ctx context.Context, l *layers.Layer, tx pgx.Tx, snapshot string, pieces <-chan int64, batches []*image.Batch) error {
	group, one := errgroup.WithContext(ctx)
	joining, enough := context.WithCancel(one)
	defer enough()
	group.Go(func() error {
		defer enough()
		return s.readSome(one, l, tx, pieces, batches[0])
	})
	for _, b := range batches[1:] {
		group.Go(func() error {
			conn, err := s.pool.Acquire(joining)
			if err != nil {
				if joining.Err() != nil && one.Err() == nil {
					return nil // the others have read everything
				}
				return err
			}
			defer conn.Release()
			return s.joinSnapshot(one, conn, snapshot, func(tx pgx.Tx) error { return s.readSome(one, l, tx, pieces, b) })
		})
	}
	return group.Wait()
}

// joinSnapshot runs f in a transaction of another's snapshot.
func (s *Store) joinSnapshot(ctx context.Context, conn *pgxpool.Conn, snapshot string, f func(pgx.Tx) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, conn, options, func(tx pgx.Tx) error {
		// SET takes no parameters; the name is the server's own.
		if _, err := tx.Exec(ctx, "SET TRANSACTION SNAPSHOT "+literal(snapshot)); err != nil {
			return err
		}
		return f(tx)
	})
}

// readSome reads pieces, as long as there are some, into a batch.
func (s *Store) readSome(ctx context.Context, l *layers.Layer, tx pgx.Tx, pieces <-chan int64, b *image.Batch) error {
	rows := s.copyRows(l, b)
	for page := range pieces {
		// COPY takes no parameters either; these are whole numbers.
		err := rows.read(ctx, tx, fmt.Sprintf("COPY (SELECT %s FROM %s WHERE ctid >= '(%d,0)' AND ctid < '(%d,0)') TO STDOUT BINARY",
			imageColumns(b), table(l.Name), page, page+readPiece))
		if err != nil {
			return err
		}
	}
	if rows.skipped > 1 {
		s.log.Warn("features without a place are in no tile", "layer", l.Name, "features", rows.skipped)
	}
	return nil
}

// copyRows takes rows of a layer into a batch and logs the first unfit one.
func (s *Store) copyRows(l *layers.Layer, b *image.Batch) *copyRows {
	logged := false
	return newCopyRows(b, func(id int64, err error) {
		if !logged {
			s.log.Warn("a feature without a place is in no tile", "layer", l.Name, "id", id, "error", err)
			logged = true
		}
	})
}

// read runs one COPY.
func (c *copyRows) read(ctx context.Context, tx pgx.Tx, sql string) error {
	c.begun, c.ended, c.rest = false, false, c.rest[:0]
	if _, err := tx.Conn().PgConn().CopyTo(ctx, c, sql); err != nil {
		return err
	}
	return c.end()
}

// imageColumns are the columns that copyRows reads.
func imageColumns(b *image.Batch) string {
	names := []string{"id", "geom"}
	for _, p := range b.Columns() {
		names = append(names, p.Name)
	}
	return quoteAll(names)
}
