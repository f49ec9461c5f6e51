package postgis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// copyChunk is the size of the pieces in which COPY data goes to the server.
const copyChunk = 1 << 20

// ReplaceLayer makes a layer hold exactly the given features, in one
// transaction: readers wait for the new layer, and a failure of any kind leaves
// the old one. Features get ids from 1 on, in order;
// sources describe what their Source fields name. It returns their number.
//
// The layer is locked meanwhile: so the rows can go straight into it, past the
// write-ahead log, and the indexes be built afterwards.
func (s *Store) ReplaceLayer(ctx context.Context, name string, sources []layers.Source, features iter.Seq2[*layers.Feature, error]) (n int64, err error) {
	l, err := s.Catalog().Layer(name)
	if err != nil {
		return 0, err
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		n, err = replaceLayer(ctx, tx, l, sources, features)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("load layer %s: %w", name, explained(err))
	}
	return n, nil
}

func replaceLayer(ctx context.Context, tx pgx.Tx, l *layers.Layer, sources []layers.Source, features iter.Seq2[*layers.Feature, error]) (int64, error) {
	if err := unwatch(ctx, tx, l.Name); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, "TRUNCATE "+table(l.Name)); err != nil {
		return 0, err
	}
	for _, x := range tableIndexes(l) {
		if _, err := tx.Exec(ctx, x.drop(l.Name)); err != nil {
			return 0, err
		}
	}
	used := map[string]bool{}
	n, err := copyFeatures(ctx, tx, l, noted(used, features))
	if err != nil {
		return 0, err
	}
	if err := replaceSources(ctx, tx, l.Name, sources, used); err != nil {
		return 0, err
	}
	for _, x := range tableIndexes(l) {
		if _, err := tx.Exec(ctx, x.create); err != nil {
			return 0, err
		}
	}
	if _, err := tx.Exec(ctx, "SELECT setval(pg_get_serial_sequence($1, 'id'), $2)", table(l.Name), max(n, 1)); err != nil {
		return 0, err
	}
	if _, err = tx.Exec(ctx, "ANALYZE "+table(l.Name)); err != nil {
		return 0, err
	}
	return n, watch(ctx, tx, l.Name)
}

// copyFeatures sends the features while they are being made, so that the server
// and this process each keep a processor busy.
func copyFeatures(ctx context.Context, tx pgx.Tx, l *layers.Layer, features iter.Seq2[*layers.Feature, error]) (int64, error) {
	var index *layers.RegionIndex
	if !isRegion(l.Name) {
		// Features are placed here, by the database's own regions and rules;
		// its trigger would take longer than everything else together.
		if err := lockRegions(ctx, tx); err != nil {
			return 0, err
		}
		var err error
		if index, err = regionIndex(ctx, tx); err != nil {
			return 0, err
		}
		if _, err := tx.Exec(ctx, "SET LOCAL yiping.bulk = on"); err != nil {
			return 0, err
		}
	}
	r, w := io.Pipe()
	encoded := make(chan error, 1)
	go func() {
		err := encodeFeatures(w, l, index, features)
		w.CloseWithError(err) // nil ends the stream
		encoded <- err
	}()
	// Frozen rows need no second pass over the table before indexes alone can
	// answer. Whoever looks at an older snapshot sees them too; it would
	// otherwise see the layer empty, since it was truncated.
	sql := fmt.Sprintf("COPY %s (%s) FROM STDIN WITH (FORMAT binary, FREEZE)", table(l.Name), quoteAll(featureColumns(l)))
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, r, sql)
	r.CloseWithError(err) // an encoder that still writes must not wait for ever
	if broken := <-encoded; broken != nil && !errors.Is(broken, err) && !errors.Is(broken, io.ErrClosedPipe) {
		return 0, broken // the cause; the server only knows that the stream broke
	}
	if err != nil {
		return 0, err
	}
	if index != nil {
		if _, err := tx.Exec(ctx, "SET LOCAL yiping.bulk = off"); err != nil {
			return 0, err
		}
	}
	return tag.RowsAffected(), nil
}

// encodeFeatures writes a whole COPY stream.
func encodeFeatures(w io.Writer, l *layers.Layer, index *layers.RegionIndex, features iter.Seq2[*layers.Feature, error]) error {
	enc := newFeatureEncoder(l, "", 4326)
	b := rowBuffer{buf: append(make([]byte, 0, copyChunk+64<<10), copyHeader...)}
	var n int64
	for f, err := range features {
		if err != nil {
			return err
		}
		n++
		f.ID = n
		var regions layers.Regions
		if index != nil {
			regions = index.At(layers.Anchor(f.Geometry))
		}
		if err := enc.encode(&b, f, regions); err != nil {
			return fmt.Errorf("feature %d: %w", n, err)
		}
		if len(b.buf) >= copyChunk {
			if _, err := w.Write(b.buf); err != nil {
				return err
			}
			b.buf = b.buf[:0]
		}
	}
	b.buf = append(b.buf, copyTrailer...)
	_, err := w.Write(b.buf)
	return err
}

// noted passes features on and notes the sources that they name.
func noted(used map[string]bool, features iter.Seq2[*layers.Feature, error]) iter.Seq2[*layers.Feature, error] {
	return func(yield func(*layers.Feature, error) bool) {
		last := ""
		for f, err := range features {
			if f != nil && f.Source != last { // neighbours mostly share a source
				last = f.Source
				used[last] = true
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

// replaceSources notes where the layer's features come from; of the sources
// offered only those that features name, so that the layer makes no false claim.
func replaceSources(ctx context.Context, tx pgx.Tx, layer string, sources []layers.Source, used map[string]bool) error {
	if _, err := tx.Exec(ctx, "DELETE FROM yiping.layer_source WHERE layer = $1", layer); err != nil {
		return err
	}
	var errs []error
	for _, src := range sources {
		if used[src.Name] {
			errs = append(errs, putSource(ctx, tx, layer, src))
		}
	}
	return errors.Join(errs...)
}

// putSource notes where features of a layer come from.
func putSource(ctx context.Context, tx pgx.Tx, layer string, src layers.Source) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO yiping.layer_source (layer, name, title, licence, attribution, datum, synthetic, schematic)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (layer, name) DO UPDATE SET title = excluded.title, licence = excluded.licence,
			attribution = excluded.attribution, datum = excluded.datum, synthetic = excluded.synthetic,
			schematic = excluded.schematic, loaded_at = now()`,
		layer, src.Name, src.Title, src.Licence, src.Attribution, src.Datum, src.Synthetic, src.Schematic)
	if err != nil {
		return fmt.Errorf("note source %s: %w", src.Name, err)
	}
	return nil
}
