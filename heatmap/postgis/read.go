package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"yiping/heatmap"
	"yiping/heatmap/history"
	"yiping/layers"
)

// Cells are the cells of a run in a minute, at one of history.Resolutions. The error wraps
// layers.ErrNotFound, and names the nearest minute that is kept, if there is none.
func (s *Store) Cells(ctx context.Context, run string, resolution int, minute time.Time) (*history.Cells, error) {
	c := &history.Cells{Run: run, Start: minute, Resolution: resolution}
	var devices *int
	var warming *time.Time
	var packed []byte
	err := s.pool.QueryRow(ctx, `
		SELECT told, devices, synthetic, warming_until, cells FROM yiping.heat_minute
		WHERE run = $1 AND resolution = $2 AND minute = $3`, run, resolution, minute).
		Scan(&c.Told, &devices, &c.Synthetic, &warming, &packed)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, s.missing(ctx, run, minute)
	case err != nil:
		return nil, fmt.Errorf("read cells of %q at %s: %w", run, minute, err)
	}
	c.Told, c.Devices = c.Told.UTC(), -1
	if devices != nil {
		c.Devices = *devices
	}
	if warming != nil {
		c.WarmingUntil = warming.UTC()
	}
	if c.Counts, err = s.codec.Unpack(packed, resolution); err != nil {
		return nil, fmt.Errorf("cells of %q at %s: %w", run, minute, err)
	}
	return c, nil
}

// missing says that a minute is not kept, and which is the nearest.
func (s *Store) missing(ctx context.Context, run string, minute time.Time) error {
	var nearest *time.Time
	err := s.pool.QueryRow(ctx, `
		SELECT minute FROM (
			(SELECT minute FROM yiping.heat_minute WHERE run = $1 AND resolution = $2 AND minute < $3 ORDER BY minute DESC LIMIT 1)
			UNION ALL
			(SELECT minute FROM yiping.heat_minute WHERE run = $1 AND resolution = $2 AND minute > $3 ORDER BY minute LIMIT 1)
		) AS beside ORDER BY abs(extract(epoch FROM minute - $3)) LIMIT 1`, run, listed(), minute).Scan(&nearest)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("%w: no minute is kept yet", layers.ErrNotFound)
	case err != nil:
		return fmt.Errorf("look for a minute of %q near %s: %w", run, minute, err)
	default:
		return fmt.Errorf("%w: the minute %s is not kept; the nearest is %s", layers.ErrNotFound,
			minute.UTC().Format(time.RFC3339), nearest.UTC().Format(time.RFC3339))
	}
}

// listed is the resolution whose rows stand for the minutes: the one with the fewest
// bytes.
func listed() int { return history.Resolutions()[0] }

// Places are how the places of a run stood in a minute, by their ids. The error is that
// of Cells.
func (s *Store) Places(ctx context.Context, run string, minute time.Time) (*history.Places, error) {
	p := &history.Places{Run: run, Start: minute, Places: map[string]history.Place{}}
	var warming *time.Time
	err := s.pool.QueryRow(ctx, `
		SELECT told, synthetic, warming_until FROM yiping.heat_minute
		WHERE run = $1 AND resolution = $2 AND minute = $3`, run, listed(), minute).Scan(&p.Told, &p.Synthetic, &warming)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, s.missing(ctx, run, minute)
	case err != nil:
		return nil, fmt.Errorf("read the minute %s of %q: %w", minute, run, err)
	}
	p.Told = p.Told.UTC()
	if warming != nil {
		p.WarmingUntil = warming.UTC()
	}
	rows, err := s.pool.Query(ctx, `
		SELECT `+placeColumns+` FROM yiping.heat_place_minute WHERE run = $1 AND minute = $2`, run, minute)
	if err != nil {
		return nil, fmt.Errorf("read places of %q at %s: %w", run, minute, err)
	}
	all, err := pgx.CollectRows(rows, placeMinute)
	if err != nil {
		return nil, fmt.Errorf("read places of %q at %s: %w", run, minute, err)
	}
	for _, m := range all {
		p.Places[m.ID] = m.Place
	}
	return p, nil
}

// PlaceMinutes are how a place stood from one minute to another, both included, in order.
func (s *Store) PlaceMinutes(ctx context.Context, run, place string, from, to time.Time) ([]history.PlaceMinute, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT `+placeColumns+` FROM yiping.heat_place_minute
		WHERE run = $1 AND place = $2 AND minute BETWEEN $3 AND $4 ORDER BY minute`, run, place, from, to)
	if err != nil {
		return nil, fmt.Errorf("read minutes of %s of %q: %w", place, run, err)
	}
	all, err := pgx.CollectRows(rows, placeMinute)
	if err != nil {
		return nil, fmt.Errorf("read minutes of %s of %q: %w", place, run, err)
	}
	return all, nil
}

const placeColumns = "place, minute, devices, visits, density, in_per_s, out_per_s, level, synthetic, warming"

func placeMinute(row pgx.CollectableRow) (history.PlaceMinute, error) {
	var m history.PlaceMinute
	var level int16
	err := row.Scan(&m.ID, &m.Start, &m.Devices, &m.Visits, &m.Density, &m.In, &m.Out, &level, &m.Synthetic, &m.Warming)
	m.Start, m.Level = m.Start.UTC(), heatmap.Level(level)
	return m, err
}

// Span is which minutes of a run are kept.
func (s *Store) Span(ctx context.Context, run string) (*history.Span, error) {
	p := &history.Span{}
	var first, last *time.Time
	err := s.pool.QueryRow(ctx, `
		SELECT min(minute), max(minute), count(*), coalesce(bool_or(synthetic), false) FROM yiping.heat_minute
		WHERE run = $1 AND resolution = $2`, run, listed()).Scan(&first, &last, &p.Count, &p.Synthetic)
	if err != nil {
		return nil, fmt.Errorf("read which minutes of %q are kept: %w", run, err)
	}
	if first == nil {
		return p, nil
	}
	p.First, p.Last = first.UTC(), last.UTC()
	rows, err := s.pool.Query(ctx, `
		SELECT minute + interval '1 minute', after - interval '1 minute' FROM (
			SELECT minute, lead(minute) OVER (ORDER BY minute) AS after FROM yiping.heat_minute
			WHERE run = $1 AND resolution = $2
		) AS pairs WHERE after > minute + interval '1 minute' ORDER BY minute DESC LIMIT $3`, run, listed(), history.MaxGaps)
	if err != nil {
		return nil, fmt.Errorf("read which minutes of %q are missing: %w", run, err)
	}
	p.Gaps, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (history.Gap, error) {
		var g history.Gap
		err := row.Scan(&g.From, &g.To)
		return history.Gap{From: g.From.UTC(), To: g.To.UTC()}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read which minutes of %q are missing: %w", run, err)
	}
	slices.Reverse(p.Gaps)
	return p, nil
}
