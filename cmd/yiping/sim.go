package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"yiping/cmd/yiping/internal/sim"
	"yiping/layers"
)

// simCommand lets things move in a city that is served: docs/sim.md.
type simCommand struct {
	Streams  []string      `arg:"" optional:"" help:"What lives: vehicles, patrols, sensors. Default: all." enum:"vehicles,patrols,sensors" placeholder:"STREAM"`
	URL      string        `name:"url" help:"The running service. Default: ${default}." default:"http://127.0.0.1:8080" placeholder:"URL"`
	Count    int           `help:"How many of each. Default: 6000 vehicles, 1000 patrols, 5000 sensors." placeholder:"N"`
	Hz       float64       `name:"hz" help:"How often each reports in a second. Default: 1, sensors 0.1." placeholder:"N"`
	Seed     uint64        `help:"The same seed in the same city moves alike. Default: ${default}." default:"1" placeholder:"N"`
	Duration time.Duration `help:"Stop after so long. Default: never." placeholder:"TIME"`
}

// Run reports until the context or the duration ends.
func (c *simCommand) Run(ctx context.Context, g *Globals) error {
	switch {
	case c.Count < 0 || c.Count > maxSimulated:
		return layers.InputErrorf("--count", "%d is not 1 to %d", c.Count, maxSimulated)
	case c.Hz < 0 || c.Hz > maxSimulatedHz:
		return layers.InputErrorf("--hz", "%v is not above 0 and at most %v", c.Hz, maxSimulatedHz)
	case c.Duration < 0:
		return layers.InputErrorf("--duration", "%v is not above 0", c.Duration)
	}
	poster := sim.NewPoster(c.URL)
	defer poster.Close()
	return c.simulate(ctx, c.URL, poster, tellEvery, g.logger())
}

const (
	maxSimulated   = 1_000_000
	maxSimulatedHz = 10
	// tellEvery is how often the command says what it has done.
	tellEvery = 10 * time.Second
)

// simulate populates the city at an address and reports what lives there. It tells
// what it has done so often, or, with 0, in the end.
func (c *simCommand) simulate(ctx context.Context, address string, to sim.Reporter, tell time.Duration, log *slog.Logger) error {
	city := sim.NewCity(address)
	crowds, err := c.populate(ctx, city, log)
	city.Close()
	if err != nil {
		return fmt.Errorf("populate the city at %s: %w", address, err)
	}
	return sim.Run(ctx, sim.Config{Crowds: crowds, Reporter: to, Duration: c.Duration, Log: log, Every: tell})
}

// populate makes what lives in a city.
func (c *simCommand) populate(ctx context.Context, city *sim.City, log *slog.Logger) ([]sim.Crowd, error) {
	var crowds []sim.Crowd
	if c.lives("vehicles") || c.lives("patrols") {
		roads, err := city.Roads(ctx)
		if err != nil {
			return nil, err
		}
		network, err := sim.NewNetwork(roads)
		if err != nil {
			return nil, err
		}
		var fleets []*sim.Fleet
		log.Info("streets joined", "roads", len(roads), "kilometres", int(network.Metres()/1000))
		if c.lives("vehicles") {
			fleets = append(fleets, sim.Vehicles(network, c.count(6000), c.Seed))
		}
		if c.lives("patrols") {
			fleets = append(fleets, sim.Patrols(network, c.count(1000), c.Seed))
		}
		for _, f := range fleets {
			objects, err := city.Objects(ctx, f.Stream())
			if err != nil {
				return nil, err
			}
			if n := f.Resume(objects); n > 0 {
				log.Info("going on where they were", "stream", f.Stream(), "count", n)
			}
			crowds = append(crowds, sim.Crowd{Population: f, Every: c.every(1)})
		}
	}
	if c.lives("sensors") {
		sites, err := city.Sites(ctx, c.count(5000), c.Seed)
		if err != nil {
			return nil, err
		}
		crowds = append(crowds, sim.Crowd{Population: sim.NewSensors(sites, c.Seed), Every: c.every(0.1)})
	}
	for _, crowd := range crowds {
		log.Info("simulating", "stream", crowd.Stream(), "count", crowd.Len(), "every", crowd.Every)
	}
	return crowds, nil
}

// lives reports whether a stream is simulated.
func (c *simCommand) lives(stream string) bool {
	return len(c.Streams) == 0 || slices.Contains(c.Streams, stream)
}

func (c *simCommand) count(usual int) int {
	if c.Count > 0 {
		return c.Count
	}
	return usual
}

// every is the time between two reports of one thing.
func (c *simCommand) every(usual float64) time.Duration {
	hz := usual
	if c.Hz > 0 {
		hz = c.Hz
	}
	return time.Duration(float64(time.Second) / hz)
}
