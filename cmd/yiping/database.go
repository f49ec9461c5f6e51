package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	heatstore "yiping/heatmap/postgis"
	"yiping/layers/postgis"
)

// database is the store with the embedded cluster below it, if there is one.
type database struct {
	store   *postgis.Store
	cluster *postgis.Cluster // nil with --db
	url     string
	// snapshots is the directory of the images' snapshot files; none if empty.
	snapshots string
	// historyEvery is how often the history keeps where a synthetic object was; 0 is
	// always.
	historyEvery time.Duration
	// minutes says how long minutes of the heat are kept.
	minutes heatstore.Config
	// liveSecret signs the tokens of live subscriptions.
	liveSecret []byte
}

// openDatabase starts the embedded cluster, or takes --db, and connects.
func openDatabase(ctx context.Context, g *Globals, log *slog.Logger) (_ *database, err error) {
	d := &database{snapshots: filepath.Join(g.Data, "images")}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	d.url = g.DB
	if d.url == "" {
		if d.cluster, err = openCluster(ctx, g, log); err != nil {
			return nil, err
		}
		d.url = d.cluster.URL()
	}
	if d.store, err = postgis.Open(ctx, postgis.Config{URL: d.url, Log: log}); err != nil {
		return d, err
	}
	d.liveSecret, err = d.store.LiveSecret(ctx)
	return d, err
}

func openCluster(ctx context.Context, g *Globals, log *slog.Logger) (*postgis.Cluster, error) {
	return postgis.OpenCluster(ctx, postgis.ClusterConfig{Dir: g.Data, BinDir: g.PGBin, Log: log})
}

// close ends connections first, then the server.
func (d *database) close() error {
	if d.store != nil {
		d.store.Close()
	}
	if d.cluster != nil {
		return d.cluster.Close()
	}
	return nil
}

// died is closed when the embedded server has ended for good; never with --db.
func (d *database) died() <-chan struct{} {
	if d.cluster == nil {
		return nil
	}
	return d.cluster.Done()
}
