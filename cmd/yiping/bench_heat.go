package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"yiping/cmd/yiping/internal/bench"
	"yiping/layers"
)

type benchHeatCommand struct {
	Cases    []string      `arg:"" optional:"" name:"case" help:"What to measure: ${enum}. Default: all." enum:"city,windows,map_of_sets,sql,pings_http,ping_to_frame,place_day" placeholder:"CASE"`
	Devices  int           `help:"Devices in the city. Default: ${default}." default:"25000000" placeholder:"N"`
	Duration time.Duration `help:"How long each phase takes. Default: ${default}." default:"15s" placeholder:"TIME"`
	Seed     uint64        `help:"Seed of where the devices are. Default: ${default}." default:"1" placeholder:"N"`
	JSON     bool          `name:"json" help:"Print one array of JSON objects."`
}

// Run measures and prints. What was wrong makes it fail, after the figures have been
// printed.
func (c *benchHeatCommand) Run(ctx context.Context, g *Globals) error {
	if err := c.validate(); err != nil {
		return err
	}
	report, err := c.measure(ctx, g)
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

func (c *benchHeatCommand) validate() error {
	const fewest, most = 1000, 30_000_000
	if c.Devices < fewest || c.Devices > most {
		return layers.InputErrorf("--devices", "%d is not %d to %d", c.Devices, fewest, most)
	}
	if c.Duration <= 0 {
		return layers.InputErrorf("--duration", "%v is not above 0", c.Duration)
	}
	return nil
}

// measure measures the cases that were asked for, one after another.
func (c *benchHeatCommand) measure(ctx context.Context, g *Globals) (bench.LiveReport, error) {
	log := g.logger()
	var report bench.LiveReport
	for _, one := range c.cases(g) {
		if len(c.Cases) > 0 && !slices.Contains(c.Cases, one.name) {
			continue
		}
		log.Info("measuring", "case", one.name)
		results, err := one.measure(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", one.name, err)
		}
		report = append(report, results...)
	}
	return report, nil
}

// cases are all. Only some need a database, and open it.
func (c *benchHeatCommand) cases(g *Globals) []liveCase {
	stored := func(measure func(context.Context, *database) ([]bench.LiveResult, error)) func(context.Context) ([]bench.LiveResult, error) {
		return func(ctx context.Context) (results []bench.LiveResult, err error) {
			err = withDatabase(ctx, g, func(db *database) error {
				results, err = measure(ctx, db)
				return err
			})
			return results, err
		}
	}
	return []liveCase{
		{"city", false, c.city},
		{"windows", false, c.windows},
		{"map_of_sets", false, c.mapOfSets},
		{"sql", true, stored(c.sql)},
		{"pings_http", false, c.pingsHTTP},
		{"ping_to_frame", false, c.pingToFrame},
		{"place_day", true, stored(c.placeDay)},
	}
}

// rated is a result of n in a time.
func rated(name string, n int, took time.Duration) bench.LiveResult {
	rate := float64(n) / took.Seconds()
	return bench.LiveResult{Case: name, N: n, PerSecond: &rate}
}

// sized is a result in bytes.
func sized(name string, n int, bytes int64) bench.LiveResult {
	return bench.LiveResult{Case: name, N: n, Bytes: &bytes}
}
