package postgis

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// rebuildFrom is the number of new rows from which building a layer's indexes
// anew beats keeping them up row by row, if they outnumber the old ones.
const rebuildFrom = 50_000

// move writes the staged features into the layer: known ones are updated where
// they differ, the others inserted. With placed, their regions are known.
func (s *stage) move(ctx context.Context, tx pgx.Tx, placed bool) error {
	// One writer at a time, so that what was just checked stays so.
	if _, err := tx.Exec(ctx, "LOCK TABLE "+table(s.layer.Name)+" IN SHARE ROW EXCLUSIVE MODE"); err != nil {
		return err
	}
	var old int64
	if err := tx.QueryRow(ctx, "SELECT count(*) FROM "+table(s.layer.Name)+" WHERE source = $1", s.cfg.Source.Name).Scan(&old); err != nil {
		return err
	}
	staged := s.report.Read - s.report.Rejected
	var known int64
	if old > 0 {
		if err := s.update(ctx, tx, &known); err != nil {
			return err
		}
	}
	s.report.Unchanged = known - s.report.Updated
	if staged == known {
		return nil
	}
	return s.insert(ctx, tx, placed, staged-known)
}

// update changes the features that the layer has under the same source id and
// that differ, and takes all known ones out of the stage.
func (s *stage) update(ctx context.Context, tx pgx.Tx, known *int64) error {
	columns := []string{"code", "synthetic"}
	for _, p := range s.layer.Properties {
		columns = append(columns, p.Name)
	}
	columns = append(columns, "geom")
	var set, theirs, ours []string
	for _, c := range columns {
		value := "s." + quote(c)
		set = append(set, quote(c)+" = "+value)
		theirs = append(theirs, value)
		ours = append(ours, "t."+quote(c))
	}
	const match = "t.source = s.source AND t.source_id = s.source_id"
	tag, err := tx.Exec(ctx, fmt.Sprintf("UPDATE %s t SET %s FROM %s s WHERE %s AND (%s) IS DISTINCT FROM (%s)",
		table(s.layer.Name), strings.Join(set, ", "), s.table(), match, strings.Join(ours, ", "), strings.Join(theirs, ", ")))
	if err != nil {
		return err
	}
	s.report.Updated = tag.RowsAffected()
	tag, err = tx.Exec(ctx, fmt.Sprintf("DELETE FROM %s s USING %s t WHERE %s", s.table(), table(s.layer.Name), match))
	*known = tag.RowsAffected()
	return err
}

// insert adds what is left in the stage.
func (s *stage) insert(ctx context.Context, tx pgx.Tx, placed bool, rows int64) error {
	var before int64
	if err := tx.QueryRow(ctx, "SELECT count(*) FROM (SELECT FROM "+table(s.layer.Name)+" LIMIT $1) AS few", rows).Scan(&before); err != nil {
		return err
	}
	rebuild := rows >= rebuildFrom && before < rows
	if rebuild {
		if err := unwatch(ctx, tx, s.layer.Name); err != nil {
			return err
		}
		for _, x := range tableIndexes(s.layer) {
			if _, err := tx.Exec(ctx, x.drop(s.layer.Name)); err != nil {
				return err
			}
		}
	}
	if placed && s.report.Mended == 0 {
		if _, err := tx.Exec(ctx, "SET LOCAL yiping.bulk = on"); err != nil {
			return err
		}
	}
	columns := featureColumns(s.layer)[1:] // ids come from the layer's sequence
	// Unsorted: a staging table is read in the order of the file as it is.
	tag, err := tx.Exec(ctx, fmt.Sprintf("INSERT INTO %[1]s (%[2]s) SELECT %[2]s FROM %[3]s",
		table(s.layer.Name), quoteAll(columns), s.table()))
	if err != nil {
		return err
	}
	s.report.Inserted = tag.RowsAffected()
	if _, err := tx.Exec(ctx, "SET LOCAL yiping.bulk = off"); err != nil {
		return err
	}
	if !rebuild {
		return nil
	}
	for _, x := range tableIndexes(s.layer) {
		if _, err := tx.Exec(ctx, x.create); err != nil {
			return err
		}
	}
	if _, err = tx.Exec(ctx, "ANALYZE "+table(s.layer.Name)); err != nil {
		return err
	}
	return watch(ctx, tx, s.layer.Name)
}
