package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"yiping/cmd/yiping/internal/bench"
	"yiping/geo"
	"yiping/layers"
)

type benchTilesCommand struct {
	Engine      []string      `help:"Engines to measure one after another: image, postgis. Default: ${default}." enum:"image,postgis" default:"image,postgis" placeholder:"NAME"`
	Layers      []string      `help:"Layers of each tile. Default: ${default}." default:"component" placeholder:"NAME"`
	Filter      string        `help:"Only features for which this CQL2 filter is true. The PostGIS engine has no filters and is left out." placeholder:"CQL2"`
	Tiles       int           `help:"How many tiles, none twice. Default: ${default}." default:"1500" placeholder:"N"`
	Seed        uint64        `help:"Seed of the walk: the same seed over the same city asks for the same tiles. Default: ${default}." default:"1" placeholder:"N"`
	Connections int           `help:"How many connections ask at once. Default: ${default}." default:"4" placeholder:"N"`
	MinZoom     int           `help:"Least zoom. Default: ${default}." default:"9" placeholder:"ZOOM"`
	MaxZoom     int           `help:"Greatest zoom. Default: ${default}." default:"17" placeholder:"ZOOM"`
	Limit       time.Duration `help:"A phase asks for no more tiles after so long. Default: ${default}." default:"1m" placeholder:"TIME"`
	URL         string        `name:"url" help:"Measure this running server, as it is, instead of engines on a database." placeholder:"URL"`
	JSON        bool          `name:"json" help:"Print one array of JSON objects."`
}

// errBench says that requests of a benchmark had no good answer.
var errBench = errors.New("requests without a good answer")

// Run measures and prints.
func (c *benchTilesCommand) Run(ctx context.Context, g *Globals) error {
	return c.print(ctx, g, os.Stdout)
}

// print measures and writes the figures. An answer other than 200 and 204 makes it
// fail after that.
func (c *benchTilesCommand) print(ctx context.Context, g *Globals, out io.Writer) error {
	if err := c.validate(); err != nil {
		return err
	}
	run := &benchTiles{command: c, log: g.logger()}
	var err error
	if c.URL != "" {
		err = run.server(ctx, "server", c.URL)
	} else {
		err = withDatabase(ctx, g, func(db *database) error { return run.engines(ctx, db.store) })
	}
	if err != nil {
		return err
	}
	write := run.report.WriteTable
	if c.JSON {
		write = run.report.WriteJSON
	}
	if err := write(out); err != nil {
		return err
	}
	if run.failed > 0 {
		return fmt.Errorf("%d %w; the first: %w", run.failed, errBench, run.first)
	}
	return nil
}

func (c *benchTilesCommand) validate() error {
	switch {
	case c.Tiles < 1:
		return layers.InputErrorf("--tiles", "%d is not above 0", c.Tiles)
	case c.Connections < 1 || c.Connections > 1000:
		return layers.InputErrorf("--connections", "%d is not 1 to 1000", c.Connections)
	case c.MinZoom < 0 || c.MaxZoom > int(geo.MaxZoom) || c.MinZoom > c.MaxZoom:
		return layers.InputErrorf("--min-zoom", "%d to %d are no zooms; they go from 0 to %d", c.MinZoom, c.MaxZoom, geo.MaxZoom)
	case c.Limit <= 0:
		return layers.InputErrorf("--limit", "%v is not above 0", c.Limit)
	}
	return nil
}

// benchTiles is one run of the benchmark.
type benchTiles struct {
	command *benchTilesCommand
	log     *slog.Logger
	places  []orb.Point
	report  bench.Report
	// failed is how many requests had no good answer, and first why the first.
	failed int
	first  error
}

// server measures a server that runs: what it has cached before is its own
// affair, so that "cold" means not yet asked for by this run.
func (b *benchTiles) server(ctx context.Context, engine, address string) error {
	client := bench.NewClient(address, b.command.Connections)
	defer client.Close()
	if err := b.learn(ctx, client); err != nil {
		return err
	}
	walk := b.walk(b.command.Seed)
	for _, phase := range []string{"cold", "warm"} {
		if err := b.phase(ctx, client, engine, phase, walk); err != nil {
			return err
		}
	}
	if err := b.filtered(ctx, client, engine, walk); err != nil {
		return err
	}
	return b.statistics(ctx, client, engine)
}

// placesPerLayer is how many features of a layer the walk knows.
const placesPerLayer = 2000

// learn asks where the features are, once.
func (b *benchTiles) learn(ctx context.Context, client *bench.Client) error {
	if len(b.places) > 0 {
		return nil
	}
	for _, layer := range b.command.Layers {
		places, err := bench.Places(ctx, client, layer, placesPerLayer, b.command.Seed)
		if err != nil {
			return err
		}
		b.places = append(b.places, places...)
	}
	if len(b.places) == 0 {
		return fmt.Errorf("%w: a feature of %s", layers.ErrNotFound, strings.Join(b.command.Layers, ", "))
	}
	return nil
}

// walk makes the tiles of a seed.
func (b *benchTiles) walk(seed uint64) []geo.TileID {
	c := b.command
	return bench.Walk(b.places, bench.WalkConfig{Seed: seed, Tiles: c.Tiles, MinZoom: geo.Zoom(c.MinZoom), MaxZoom: geo.Zoom(c.MaxZoom)})
}

// phase measures the tiles of a walk and reports the results.
func (b *benchTiles) phase(ctx context.Context, client *bench.Client, engine, phase string, tiles []geo.TileID) error {
	requests := make([]bench.Request, len(tiles))
	for i, id := range tiles {
		requests[i] = bench.Request{Path: fmt.Sprintf("/tiles/%s/%v.mvt%s", url.PathEscape(strings.Join(b.command.Layers, ",")), id, b.query()), Zoom: id.Z}
	}
	return b.measure(ctx, client, engine, phase, requests)
}

// measure asks for tiles and reports the results.
func (b *benchTiles) measure(ctx context.Context, client *bench.Client, engine, phase string, requests []bench.Request) error {
	samples, took, err := bench.Run(ctx, client, requests, b.command.Connections, b.command.Limit)
	if err != nil {
		return err
	}
	b.check(samples)
	b.report.Results = append(b.report.Results, bench.Phase(engine, phase, samples, took)...)
	b.log.Info("measured", "engine", engine, "phase", phase, "tiles", len(samples), "of", len(requests), "seconds", took.Seconds())
	return nil
}

// check counts the faults.
func (b *benchTiles) check(samples []bench.Sample) {
	for _, s := range samples {
		if s.Err != nil {
			b.failed++
			b.first = cmp.Or(b.first, s.Err)
		}
	}
}

// query is the filter as a part of an address.
func (b *benchTiles) query() string {
	if b.command.Filter == "" {
		return ""
	}
	return "?" + url.Values{"filter": {b.command.Filter}}.Encode()
}
