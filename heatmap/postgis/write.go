package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"yiping/heatmap/history"
)

// Write keeps minutes, and has their replays go on after them. Minutes of replays that are
// not this service's are left out.
func (s *Store) Write(ctx context.Context, minutes []*history.Minute) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		mine, err := s.mine(ctx, tx, minutes)
		if err != nil {
			return err
		}
		var batch pgx.Batch
		queueCells(&batch, mine)
		queuePlaces(&batch, mine)
		for _, m := range mine {
			batch.Queue("UPDATE yiping.heat_replay SET at = $2 WHERE id = $1", m.Run, m.Start.Add(time.Minute))
		}
		return tx.SendBatch(ctx, &batch).Close()
	})
	var fault *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &fault) && fault.Code[:2] == "22": // data exception
		return fmt.Errorf("%w: write %d minutes: %w", history.ErrRefused, len(minutes), err)
	default:
		return fmt.Errorf("write %d minutes: %w", len(minutes), err)
	}
}

// mine are the minutes that this service may keep. Nobody else can take their replays over
// until the transaction ends.
func (s *Store) mine(ctx context.Context, tx pgx.Tx, minutes []*history.Minute) ([]*history.Minute, error) {
	rows, err := tx.Query(ctx, "SELECT id FROM yiping.heat_replay WHERE owner = $1 ORDER BY id FOR UPDATE", s.owner)
	if err != nil {
		return nil, err
	}
	own, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	var mine []*history.Minute
	for _, m := range minutes {
		if m.Run == "" || slices.Contains(own, m.Run) {
			mine = append(mine, m)
		}
	}
	return mine, nil
}

func queueCells(batch *pgx.Batch, minutes []*history.Minute) {
	var runs []string
	var starts, told []time.Time
	var resolutions []int16
	var devices []*int32
	var synthetic []bool
	var warming []*time.Time
	var cells [][]byte
	for _, m := range minutes {
		for _, l := range m.Levels {
			runs, starts, told = append(runs, m.Run), append(starts, m.Start), append(told, m.Told)
			resolutions, cells = append(resolutions, int16(l.Resolution)), append(cells, l.Packed)
			synthetic, devices, warming = append(synthetic, m.Synthetic), append(devices, known(m.Devices)), append(warming, set(m.WarmingUntil))
		}
	}
	batch.Queue(`
		INSERT INTO yiping.heat_minute (run, minute, resolution, told, devices, synthetic, warming_until, cells)
		SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::smallint[], $4::timestamptz[], $5::int[], $6::bool[], $7::timestamptz[], $8::bytea[])
		ON CONFLICT DO NOTHING`, runs, starts, resolutions, told, devices, synthetic, warming, cells)
}

func queuePlaces(batch *pgx.Batch, minutes []*history.Minute) {
	var runs, places []string
	var starts []time.Time
	var devices, visits []int32
	var density, in, out []float64
	var levels []int16
	var synthetic, warming []bool
	for _, m := range minutes {
		for _, p := range m.Places {
			runs, places, starts = append(runs, m.Run), append(places, p.ID), append(starts, m.Start)
			devices, visits = append(devices, int32(p.Devices)), append(visits, int32(p.Visits))
			density, in, out = append(density, p.Density), append(in, p.In), append(out, p.Out)
			levels, synthetic, warming = append(levels, int16(p.Level)), append(synthetic, m.Synthetic), append(warming, !m.WarmingUntil.IsZero())
		}
	}
	batch.Queue(`
		INSERT INTO yiping.heat_place_minute (run, place, minute, devices, visits, density, in_per_s, out_per_s, level, synthetic, warming)
		SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::int[], $5::int[], $6::float8[], $7::float8[], $8::float8[],
			$9::smallint[], $10::bool[], $11::bool[])
		ON CONFLICT DO NOTHING`, runs, places, starts, devices, visits, density, in, out, levels, synthetic, warming)
}

// known is null for a number that is too small to be told.
func known(devices int) *int32 {
	if devices < 0 {
		return nil
	}
	n := int32(devices)
	return &n
}

// set is null for no time.
func set(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
