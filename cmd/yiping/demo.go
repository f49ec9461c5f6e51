package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math"
	"net"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"yiping/layers"
	"yiping/layers/city"
	"yiping/layers/postgis"
)

type demoCommand struct {
	serving
	Scale   float64 `help:"Part of the full city to generate, above 0 and at most 1. Default: ${default}." default:"1" placeholder:"PART"`
	Seed    uint32  `help:"Seed of the generator: the same seed gives the same city. Default: ${default}." default:"2020"`
	City    string  `help:"Generate on this base map: a manifest file, or a directory with a city.yaml (docs/city-manifest.md). Default: the schematic map inside the binary." placeholder:"PATH"`
	Root    string  `help:"Directory that the manifest's paths start from. Default: its own." type:"path" placeholder:"DIR"`
	Fresh   bool    `help:"Replace whatever the standard layers hold."`
	NoServe bool    `help:"Stop after the city is loaded."`
	NoSim   bool    `help:"Serve the city without synthetic vehicles, patrols and sensors."`
	JSON    bool    `name:"json" help:"Print the summary of the load as JSON."`
}

// Run loads the city unless the database already holds it, and serves it.
func (c *demoCommand) Run(ctx context.Context, g *Globals) (err error) {
	if !(c.Scale > 0 && c.Scale <= 1) {
		return layers.InputErrorf("--scale", "%v is not above 0 and at most 1", c.Scale)
	}
	log := g.logger()
	var listener net.Listener
	if !c.NoServe {
		if listener, err = c.listen(ctx); err != nil {
			return err
		}
		defer listener.Close() //nolint:errcheck // the server closes it before
	}
	start := time.Now()
	db, err := openDatabase(ctx, g, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	if err := c.prepare(ctx, g, db, log, start); err != nil || c.NoServe {
		return err
	}
	if !c.NoSim {
		c.simulation = &simulation{simCommand{Seed: uint64(c.Seed)}, log}
		db.historyEvery = demoHistory
	}
	return c.serve(ctx, listener, db, log)
}

// prepare sees to it that the database holds the city that was asked for.
func (c *demoCommand) prepare(ctx context.Context, g *Globals, db *database, log *slog.Logger, start time.Time) error {
	base, err := c.base()
	if err != nil {
		return err
	}
	wanted := postgis.Demonstration{Title: base.Title, Scale: c.Scale, Seed: int64(c.Seed)}
	have, err := db.store.Demonstration(ctx)
	if err != nil {
		return err
	}
	switch {
	case c.Fresh || have == nil:
	case !have.Finished:
		log.Info("an earlier load was interrupted; loading the city anew")
	case have.Title == wanted.Title && have.Scale == wanted.Scale && have.Seed == wanted.Seed:
		log.Info("the city is already loaded", "title", have.Title, "scale", have.Scale)
		return nil
	default:
		return fmt.Errorf("%w: %s holds the city %q at scale %v, seed %d; serve it with: yiping serve, or replace it with --fresh", layers.ErrConflict, g.Data, have.Title, have.Scale, have.Seed)
	}
	if db.cluster != nil {
		if err := checkSpace(g.Data, c.Scale); err != nil {
			return err
		}
	}
	if err := db.store.BeginDemonstration(ctx, wanted, c.Fresh); err != nil {
		return err
	}
	return c.load(ctx, db.store, base, log, start)
}

// base reads the base map.
func (c *demoCommand) base() (*city.Base, error) {
	if c.City == "" {
		return city.Schematic()
	}
	return city.Open(c.City, c.Root)
}

// fullCityBytes is the disk that the full city may take while it is loaded: its
// tables and indexes (6.2 GB, measured after a load) and room for the sort files
// of an index.
const fullCityBytes = 8 << 30

// checkSpace says early that a disk is too small.
func checkSpace(dir string, scale float64) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return fmt.Errorf("look for free space in %s: %w", dir, err)
	}
	need := uint64(math.Ceil(fullCityBytes*scale)) + 1<<30
	if free := fs.Bavail * uint64(fs.Bsize); free < need {
		return layers.InputErrorf("--data", "%s has %.1f GB free and a city of scale %v needs %.1f GB; make room, choose another directory, or a smaller --scale", dir, float64(free)/1e9, scale, float64(need)/1e9)
	}
	return nil
}

// loadSummary is what a load did, for people and for scripts.
type loadSummary struct {
	Title   string        `json:"title"`
	Scale   float64       `json:"scale"`
	Seed    uint32        `json:"seed"`
	Seconds float64       `json:"seconds"`
	Layers  []loadedLayer `json:"layers"`
}

type loadedLayer struct {
	Layer        string   `json:"layer"`
	Features     int64    `json:"features"`
	Seconds      float64  `json:"seconds"`
	LengthMetres *float64 `json:"length_metres,omitempty"`
}

// load generates and writes all layers. Components are as much work as all the
// rest together, so they have a lane of their own beside it.
func (c *demoCommand) load(ctx context.Context, store *postgis.Store, base *city.Base, log *slog.Logger, start time.Time) error {
	generated, err := city.New(base, city.Config{Scale: c.Scale, Seed: uint64(c.Seed)})
	if err != nil {
		return fmt.Errorf("generate city: %w", err)
	}
	var total int64
	for _, name := range generated.Layers() {
		total += int64(generated.Expected(name))
	}
	bar := newProgress(total, "loading the city", "features")
	defer bar.Close() //nolint:errcheck // a picture on a terminal

	var regions, components, others []string
	for _, name := range generated.Layers() {
		switch name {
		case "district", "street", "village":
			regions = append(regions, name)
		case "component":
			components = append(components, name)
		default:
			others = append(others, name)
		}
	}
	loaded := make(chan loadedLayer, len(generated.Layers()))
	lane := func(ctx context.Context, names []string) error {
		for _, name := range names {
			begun := time.Now()
			n, err := store.ReplaceLayer(ctx, name, generated.Sources(), counted(bar, generated.Features(name)))
			if err != nil {
				return err
			}
			l := loadedLayer{Layer: name, Features: n, Seconds: time.Since(begun).Seconds()}
			quietly(log, func(log *slog.Logger) { log.Info("layer loaded", "layer", name, "features", n, "seconds", l.Seconds) })
			loaded <- l
		}
		return nil
	}
	if err := lane(ctx, regions); err != nil {
		return err
	}
	group, both := errgroup.WithContext(ctx)
	group.Go(func() error { return lane(both, components) })
	group.Go(func() error { return lane(both, others) })
	if err := group.Wait(); err != nil {
		return err
	}
	close(loaded)
	if err := store.FinishDemonstration(ctx); err != nil {
		return err
	}
	summary := loadSummary{Title: base.Title, Scale: c.Scale, Seed: c.Seed}
	for l := range loaded {
		summary.Layers = append(summary.Layers, l)
	}
	return c.report(ctx, store, summary, start)
}

// counted passes features on and moves the bar.
func counted(bar *progressbar.ProgressBar, features iter.Seq2[*layers.Feature, error]) iter.Seq2[*layers.Feature, error] {
	const step = 4096
	return func(yield func(*layers.Feature, error) bool) {
		n := 0
		for f, err := range features {
			if n++; n%step == 0 {
				_ = bar.Add(step)
			}
			if !yield(f, err) {
				return
			}
		}
		_ = bar.Add(n % step)
	}
}

// report counts what is in the database and prints it.
func (c *demoCommand) report(ctx context.Context, store *postgis.Store, summary loadSummary, start time.Time) error {
	for _, l := range summary.Layers {
		if err := store.Count(ctx, l.Layer); err != nil {
			return err
		}
	}
	sums, err := store.Summaries(ctx)
	if err != nil {
		return err
	}
	for i := range summary.Layers {
		l := &summary.Layers[i]
		l.Features, l.LengthMetres = sums[l.Layer].Features, sums[l.Layer].LengthMetres
	}
	summary.Seconds = time.Since(start).Seconds()
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(summary)
	}
	fmt.Printf("%s, scale %v, loaded in %.1f s:\n", summary.Title, summary.Scale, summary.Seconds)
	for _, l := range summary.Layers {
		fmt.Printf("  %-18s %11d features", l.Layer, l.Features)
		if l.LengthMetres != nil {
			fmt.Printf(", %.1f km", *l.LengthMetres/1000)
		}
		fmt.Println()
	}
	return nil
}
