package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"yiping/cmd/yiping/internal/bench"
	"yiping/layers"
	"yiping/layers/postgis"
)

type benchLiveCommand struct {
	Cases       []string      `arg:"" optional:"" name:"case" help:"What to measure: ${enum}. Default: all that can be." enum:"commit_to_frame,tile_refetch,slow_client,idle_connections,resume,fanout,ingest_http,ingest_process,ingest_fences" placeholder:"CASE"`
	URL         string        `name:"url" help:"Measure this running service. Cases that change features by SQL need --db too: its database." placeholder:"URL"`
	Rate        int           `help:"Changes in a second. Default: ${default}." default:"1000" placeholder:"N"`
	Duration    time.Duration `help:"How long each phase takes. Default: ${default}." default:"15s" placeholder:"TIME"`
	Connections int           `help:"Idle connections. Default: ${default}." default:"1000" placeholder:"N"`
	Slow        int           `help:"Clients that read nothing. Default: ${default}." default:"10" placeholder:"N"`
	Stall       time.Duration `help:"How long they read nothing. Default: --duration." placeholder:"TIME"`
	Objects     int           `help:"Moving objects. Default: ${default}." default:"10000" placeholder:"N"`
	Subscribers int           `help:"Subscribers of distinct views of the objects. Default: ${default}." default:"300" placeholder:"N"`
	Fences      int           `help:"Fences that watch the objects. Default: ${default}." default:"10000" placeholder:"N"`
	Seed        uint64        `help:"Seed of what is changed. Default: ${default}." default:"1" placeholder:"N"`
	JSON        bool          `name:"json" help:"Print one array of JSON objects."`
}

// Run measures and prints. What was wrong makes it fail, after the figures have
// been printed.
func (c *benchLiveCommand) Run(ctx context.Context, g *Globals) error {
	if err := c.validate(); err != nil {
		return err
	}
	log := g.logger()
	var report bench.LiveReport
	measure := func(url string, store *postgis.Store) (err error) {
		report, err = c.measure(ctx, url, store, log)
		return err
	}
	var err error
	switch {
	case c.URL != "" && g.DB == "":
		err = measure(c.URL, nil)
	default:
		err = withDatabase(ctx, g, func(db *database) error {
			if c.URL != "" {
				return measure(c.URL, db.store)
			}
			return besideService(ctx, g, db, log, func(url string) error { return measure(url, db.store) })
		})
	}
	if err != nil {
		return err
	}
	write := report.WriteTable
	if c.JSON {
		write = report.WriteJSON
	}
	if err := write(os.Stdout); err != nil {
		return err
	}
	if n := report.Errors(); n > 0 {
		return fmt.Errorf("%d %w", n, errBench)
	}
	return nil
}

func (c *benchLiveCommand) validate() error {
	for _, n := range []struct {
		flag       string
		value, max int
	}{{"--rate", c.Rate, 100_000}, {"--connections", c.Connections, 10_000}, {"--slow", c.Slow, 1000}, {"--objects", c.Objects, 100_000}, {"--subscribers", c.Subscribers, 2000}, {"--fences", c.Fences, 100_000}} {
		if n.value < 1 || n.value > n.max {
			return layers.InputErrorf(n.flag, "%d is not 1 to %d", n.value, n.max)
		}
	}
	if c.Duration <= 0 {
		return layers.InputErrorf("--duration", "%v is not above 0", c.Duration)
	}
	if c.Stall < 0 {
		return layers.InputErrorf("--stall", "%v is below 0", c.Stall)
	}
	return nil
}

// liveBox is where objects move: some 45 by 45 km in the middle of Shanghai.
func liveBox() orb.Bound {
	return orb.Bound{Min: orb.Point{121.25, 31.03}, Max: orb.Point{121.72, 31.43}}
}

// liveLayer is the layer whose features are changed.
const liveLayer = "component"

// measure measures the cases that were asked for, one after another. Without a
// store, those that need one are left out.
func (c *benchLiveCommand) measure(ctx context.Context, url string, store *postgis.Store, log *slog.Logger) (bench.LiveReport, error) {
	client := bench.NewClient(url, 4)
	defer client.Close()
	l := &bench.Live{URL: url, HTTP: client, Layer: liveLayer, Rate: c.Rate, Duration: c.Duration, Seed: c.Seed}
	area, err := l.Area(ctx)
	if err != nil {
		return nil, err
	}
	log.Info("measuring", "url", url, "features", len(area.IDs), "bbox", area.BBox)
	var to bench.Toucher
	if store != nil {
		layer, err := store.Catalog().Layer(liveLayer)
		if err != nil {
			return nil, err
		}
		to = toucher{store, layer}
	}
	var report bench.LiveReport
	for _, one := range c.cases(l, area, to) {
		if len(c.Cases) > 0 && !slices.Contains(c.Cases, one.name) {
			continue
		}
		if one.sql && store == nil {
			log.Warn("left out: it changes features by SQL; give --db", "case", one.name)
			continue
		}
		limited, done := context.WithTimeout(ctx, caseLimit+4*c.Duration+c.Stall)
		results, err := one.measure(limited)
		done()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", one.name, err)
		}
		report = append(report, results...)
		log.Info("measured", "case", one.name)
	}
	return report, nil
}

// caseLimit is how long a case may take beside its phases: a server that leaves
// something out must not be waited for for ever.
const caseLimit = 2 * time.Minute

// liveCase is something to measure.
type liveCase struct {
	name string
	// sql says that it changes features by SQL.
	sql     bool
	measure func(context.Context) ([]bench.LiveResult, error)
}

// cases are all. Those that leave memory behind come last.
func (c *benchLiveCommand) cases(l *bench.Live, area bench.Area, to bench.Toucher) []liveCase {
	one := func(r bench.LiveResult, err error) ([]bench.LiveResult, error) { return []bench.LiveResult{r}, err }
	return []liveCase{
		{"idle_connections", false, func(ctx context.Context) ([]bench.LiveResult, error) {
			return one(l.IdleConnections(ctx, area, c.Connections))
		}},
		{"commit_to_frame", true, func(ctx context.Context) ([]bench.LiveResult, error) {
			return one(l.CommitToFrame(ctx, area, to))
		}},
		{"tile_refetch", false, func(ctx context.Context) ([]bench.LiveResult, error) {
			return one(l.TileRefetch(ctx, area))
		}},
		{"resume", true, func(ctx context.Context) ([]bench.LiveResult, error) { return l.Resume(ctx, area, to) }},
		{"ingest_process", false, func(ctx context.Context) ([]bench.LiveResult, error) {
			return one(c.ingestProcess(ctx, "ingest_process", liveBox(), 0))
		}},
		{"ingest_fences", false, func(ctx context.Context) ([]bench.LiveResult, error) {
			return one(c.ingestProcess(ctx, "ingest_fences", liveBox(), c.Fences))
		}},
		{"fanout", false, func(ctx context.Context) ([]bench.LiveResult, error) {
			return one(l.Fanout(ctx, liveBox(), c.Objects, c.Subscribers))
		}},
		{"ingest_http", false, func(ctx context.Context) ([]bench.LiveResult, error) {
			return one(l.IngestHTTP(ctx, liveBox(), c.Objects))
		}},
		{"slow_client", true, func(ctx context.Context) ([]bench.LiveResult, error) {
			return l.SlowClients(ctx, area, to, c.Slow, cmp.Or(c.Stall, c.Duration))
		}},
	}
}

// toucher writes features of a layer as they are.
type toucher struct {
	store *postgis.Store
	layer *layers.Layer
}

// Touch writes features.
func (t toucher) Touch(ctx context.Context, ids []int64) error {
	return t.store.Touch(ctx, t.layer, ids)
}
