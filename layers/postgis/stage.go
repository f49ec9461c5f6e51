package postgis

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"yiping/layers"
)

// stage is the temporary table that an import gathers one layer's features in.
type stage struct {
	layer  *layers.Layer
	cfg    ImportConfig
	enc    *featureEncoder
	rows   rowBuffer
	coded  bool // some feature brings a code of its own
	report ImportReport
}

func newStage(l *layers.Layer, cfg ImportConfig) *stage {
	srid := wgs84
	if cfg.foreign() {
		srid = cfg.SRID
	}
	s := &stage{layer: l, cfg: cfg, enc: newFeatureEncoder(l, cfg.Source.Name, srid), report: ImportReport{Layer: l.Name}}
	s.enc.columns += len(stageColumns())
	return s
}

// stageColumns say where a staged feature stood in its file; they come first.
func stageColumns() []string { return []string{"stage_ord", "stage_line", "stage_thing"} }

func (s *stage) table() string { return quote("stage_" + s.layer.Name) }

// create makes the table. Nothing is checked here that could end the import:
// columns take nulls, and the geometry any type and system.
func (s *stage) create(ctx context.Context, tx pgx.Tx) error {
	columns := []string{
		"stage_ord bigint", "stage_line bigint", "stage_thing text", "id bigint", "code text COLLATE \"C\"", "source text COLLATE \"C\"",
		"source_id text COLLATE \"C\"", "synthetic boolean", "district text", "street text", "village text",
	}
	for _, p := range s.layer.Properties {
		columns = append(columns, quote(p.Name)+" "+columnType(p))
	}
	columns = append(columns, "geom public.geometry")
	sql := fmt.Sprintf("CREATE TEMP TABLE %s (%s) ON COMMIT DROP", s.table(), strings.Join(columns, ", "))
	if _, err := tx.Exec(ctx, sql); err != nil {
		return fmt.Errorf("make staging table: %w", err)
	}
	return nil
}

// add encodes a feature; it waits until it is sent.
func (s *stage) add(f *layers.Feature, r layers.Regions) error {
	if len(s.rows.buf) == 0 {
		s.rows.buf = append(s.rows.buf, copyHeader...)
	}
	start := len(s.rows.buf)
	s.coded = s.coded || f.Code != ""
	s.report.Read++
	s.rows.startRow(s.enc.columns)
	s.rows.int64(s.report.Read)
	s.rows.int64(f.At.Line)
	s.rows.text(f.At.Thing)
	if err := s.enc.appendFields(&s.rows, f, r); err != nil {
		s.rows.buf = s.rows.buf[:start]
		return fmt.Errorf("stage feature %s: %w", f.SourceID, err)
	}
	return nil
}

// full tells whether the waiting rows are worth sending.
func (s *stage) full() bool { return len(s.rows.buf) >= copyChunk }

// take hands the waiting rows over as a COPY stream and goes on with the spare
// buffer.
func (s *stage) take(spare []byte) []byte {
	rows := append(s.rows.buf, copyTrailer...)
	s.rows.buf = spare[:0]
	return rows
}

// send writes rows that take gave.
func (s *stage) send(ctx context.Context, tx pgx.Tx, rows []byte) error {
	sql := fmt.Sprintf("COPY %s (%s) FROM STDIN BINARY", s.table(), quoteAll(append(stageColumns(), featureColumns(s.layer)...)))
	if _, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(rows), sql); err != nil {
		return fmt.Errorf("stage features for layer %s: %w", s.layer.Name, explained(err))
	}
	return nil
}

// check converts, mends, and rejects what must not get into the layer.
func (s *stage) check(ctx context.Context, tx pgx.Tx) error {
	steps := []func(context.Context, pgx.Tx) error{}
	if s.cfg.foreign() {
		steps = append(steps, s.convert)
	}
	if s.layer.Geometry != layers.Point {
		steps = append(steps, s.mend)
	}
	steps = append(steps, s.rejectDuplicates, s.rejectTakenCodes)
	for _, step := range steps {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// convert brings the geometries to WGS 84.
func (s *stage) convert(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, "UPDATE "+s.table()+" SET geom = yiping.to_wgs84(geom)"); err != nil {
		return err
	}
	err := s.reject(ctx, tx, "SELECT stage_ord, $1 FROM "+s.table()+" WHERE geom IS NULL",
		fmt.Sprintf("its coordinates cannot be converted from EPSG:%d; is that the system of the file, and its axis order east, north?", s.cfg.SRID))
	if err != nil {
		return err
	}
	return s.reject(ctx, tx, `
		SELECT stage_ord, $1 FROM `+s.table()+`
		WHERE NOT geom OPERATOR(public.@) public.ST_MakeEnvelope(-180, -90, 180, 90, 4326)`,
		fmt.Sprintf("outside the world after conversion from EPSG:%d", s.cfg.SRID))
}

// mend repairs invalid geometries where that leaves their type as it is.
func (s *stage) mend(ctx context.Context, tx pgx.Tx) error {
	const invalid = "NOT public.ST_IsValid(geom)"
	// Nearly all files are valid throughout; one scan says so.
	var any bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+s.table()+" WHERE "+invalid+")").Scan(&any); err != nil || !any {
		return err
	}
	suits := "public.GeometryType(mended) = public.GeometryType(geom)"
	if strings.HasPrefix(string(s.layer.Geometry), "Multi") || s.layer.Geometry == layers.AnyGeometry {
		suits += " OR public.GeometryType(mended) = 'MULTI' || public.GeometryType(geom) OR 'MULTI' || public.GeometryType(mended) = public.GeometryType(geom)"
	}
	multi := "mended"
	if strings.HasPrefix(string(s.layer.Geometry), "Multi") {
		multi = "public.ST_Multi(mended)"
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(`
		CREATE TEMP TABLE stage_mended ON COMMIT DROP AS
		SELECT stage_ord, public.ST_IsValidReason(geom) AS reason, %s AS mended, %s AS suits
		FROM (SELECT stage_ord, geom, public.ST_MakeValid(geom) AS mended FROM %s WHERE %s) invalid`,
		multi, suits, s.table(), invalid))
	if err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, "UPDATE "+s.table()+" t SET geom = m.mended FROM stage_mended m WHERE t.stage_ord = m.stage_ord AND m.suits")
	if err != nil {
		return err
	}
	s.report.Mended = tag.RowsAffected()
	err = s.reject(ctx, tx, `
		SELECT stage_ord, $1 || reason || ' (mending it would make it a ' || public.ST_GeometryType(mended) || ')'
		FROM stage_mended WHERE NOT suits`, "invalid geometry: ")
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "DROP TABLE stage_mended")
	return err
}

// rejectDuplicates keeps the first of several features with one key.
func (s *stage) rejectDuplicates(ctx context.Context, tx pgx.Tx) error {
	columns := []string{"source_id"}
	if s.coded { // codes made of source ids repeat only where those do
		columns = append(columns, "code")
	}
	for _, column := range columns {
		// Nearly all files have none, and hashing the keys says so soonest.
		var any bool
		err := tx.QueryRow(ctx, fmt.Sprintf("SELECT EXISTS (SELECT FROM %s WHERE %[2]s IS NOT NULL GROUP BY source, %[2]s HAVING count(*) > 1)",
			s.table(), column)).Scan(&any)
		if err != nil {
			return err
		}
		if !any {
			continue
		}
		err = s.reject(ctx, tx, fmt.Sprintf(`
			SELECT stage_ord, $1 || d.key || ', as line ' || d.line
			FROM (SELECT %[1]s AS key, min(stage_ord) AS first, (array_agg(stage_line ORDER BY stage_ord))[1] AS line
			      FROM %[2]s WHERE %[1]s IS NOT NULL GROUP BY source, %[1]s HAVING count(*) > 1) d
			JOIN %[2]s t ON t.%[1]s = d.key AND t.stage_ord > d.first`, column, s.table()),
			"duplicate "+column+" ")
		if err != nil {
			return err
		}
	}
	return nil
}

// rejectTakenCodes refuses codes that a feature of another identity has.
func (s *stage) rejectTakenCodes(ctx context.Context, tx pgx.Tx) error {
	return s.reject(ctx, tx, fmt.Sprintf(`
		SELECT s.stage_ord, $1 || s.code || ' is taken by a feature of source ' || t.source
		FROM %s s JOIN %s t ON t.code = s.code
		WHERE (t.source, t.source_id) IS DISTINCT FROM (s.source, s.source_id)`, s.table(), table(s.layer.Name)),
		"code ")
}

// reject takes rows out of the stage. The query returns stage_ord and reason;
// its one parameter is the text that reasons begin with.
func (s *stage) reject(ctx context.Context, tx pgx.Tx, query, text string) error {
	rows, err := tx.Query(ctx, `
		WITH bad AS (`+query+`)
		DELETE FROM `+s.table()+` t USING (SELECT DISTINCT ON (stage_ord) * FROM bad AS b (stage_ord, reason)) b
		WHERE t.stage_ord = b.stage_ord
		RETURNING t.stage_line, t.stage_thing, coalesce(t.source_id, t.code, ''), b.reason`, text)
	if err != nil {
		return err
	}
	rejections, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (layers.Rejection, error) {
		r := layers.Rejection{Layer: s.layer.Name}
		return r, row.Scan(&r.At.Line, &r.At.Thing, &r.ID, &r.Reason)
	})
	if err != nil {
		return err
	}
	for _, r := range rejections {
		s.report.Rejected++
		if err := s.cfg.Reject(r); err != nil {
			return err
		}
	}
	return nil
}
