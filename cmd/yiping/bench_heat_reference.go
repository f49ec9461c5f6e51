package main

import (
	"context"
	"time"

	"yiping/cmd/yiping/internal/bench"
	"yiping/geo/cell"
	"yiping/heatmap"
	"yiping/heatmap/window"
)

// The most devices of references: they would take all day, or all memory.
const (
	mostInSets = 1_000_000
	mostInSQL  = 100_000
)

// windows measures pings whose distinct devices of an hour, an evening and a day are
// counted too.
func (c *benchHeatCommand) windows(ctx context.Context) ([]bench.LiveResult, error) {
	crowd, err := newHeatCity(min(c.Devices, mostInSets), c.Seed)
	if err != nil {
		return nil, err
	}
	w := window.New(window.Config{})
	e, err := crowd.engine(w.Hear)
	if err != nil {
		return nil, err
	}
	crowd.play(ctx, e, 0, crowd.devices)
	takes, frames := crowd.play(ctx, e, c.Duration, 0)
	return []bench.LiveResult{rated("pings_windows", len(takes)*heatBatch, sum(takes)+sum(frames))}, ctx.Err()
}

// mapOfSets measures what a set of devices for each cell costs, at one resolution and
// without forgetting anybody: a reference.
func (c *benchHeatCommand) mapOfSets(ctx context.Context) ([]bench.LiveResult, error) {
	crowd, err := newHeatCity(min(c.Devices, mostInSets), c.Seed)
	if err != nil {
		return nil, err
	}
	before := heapInUse()
	sets, last := map[cell.Cell]map[string]struct{}{}, map[string]cell.Cell{}
	var busy time.Duration
	var batch []heatmap.Ping
	n := 0
	for ; (n < crowd.devices || busy < c.Duration) && ctx.Err() == nil; n += len(batch) {
		batch = crowd.batch(batch)
		start := time.Now()
		for i := range batch {
			name, at := batch[i].Device, cell.At(batch[i].Place, 11)
			if was, ok := last[name]; ok && was != at {
				delete(sets[was], name)
			}
			if sets[at] == nil {
				sets[at] = map[string]struct{}{}
			}
			sets[at][name] = struct{}{}
			last[name] = at
		}
		busy += time.Since(start)
	}
	memory := heapInUse() - before
	return []bench.LiveResult{
		rated("map_of_sets", n, busy), sized("map_of_sets_memory", len(last), memory),
		sized("map_of_sets_device", len(last), memory/int64(len(last))),
	}, ctx.Err()
}

// sql measures a table of devices with their newest cells, and the count of its distinct
// devices by cell of one resolution: a reference.
func (c *benchHeatCommand) sql(ctx context.Context, db *database) ([]bench.LiveResult, error) {
	crowd, err := newHeatCity(min(c.Devices, mostInSQL), c.Seed)
	if err != nil {
		return nil, err
	}
	conn, err := db.store.Pool().Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	_, err = conn.Exec(ctx, `CREATE TEMPORARY TABLE bench_heat (device text PRIMARY KEY, cell bigint NOT NULL, at timestamptz NOT NULL)`)
	if err != nil {
		return nil, err
	}
	var busy time.Duration
	var batch []heatmap.Ping
	n := 0
	for ; n < crowd.devices || busy < c.Duration; n += len(batch) {
		batch = crowd.batch(batch)
		// A statement writes no row twice.
		names, cells, times := make([]string, len(batch)), make([]int64, len(batch)), make([]time.Time, len(batch))
		for i := range batch {
			names[i], cells[i], times[i] = batch[i].Device, int64(cell.At(batch[i].Place, 9)), batch[i].Time
		}
		start := time.Now()
		_, err := conn.Exec(ctx, `INSERT INTO bench_heat SELECT * FROM unnest($1::text[], $2::bigint[], $3::timestamptz[])
			ON CONFLICT (device) DO UPDATE SET cell = EXCLUDED.cell, at = EXCLUDED.at WHERE bench_heat.at <= EXCLUDED.at`, names, cells, times)
		busy += time.Since(start)
		if err != nil {
			return nil, err
		}
	}
	var counts []time.Duration
	told := 0
	for begun := time.Now(); len(counts) < 3 || time.Since(begun) < c.Duration/3; {
		start := time.Now()
		err := conn.QueryRow(ctx, `SELECT count(*) FROM (SELECT cell, count(DISTINCT device) FROM bench_heat WHERE at > $1
			GROUP BY cell HAVING count(DISTINCT device) >= 10) AS told`, crowd.now().Add(-heatTTL)).Scan(&told)
		if err != nil {
			return nil, err
		}
		counts = append(counts, time.Since(start))
	}
	if _, err := conn.Exec(ctx, `DROP TABLE bench_heat`); err != nil {
		return nil, err
	}
	frame := bench.Timed("sql_frame_r9", counts, 0)
	frame.N = crowd.devices
	return []bench.LiveResult{rated("sql", n, busy), frame}, nil
}
