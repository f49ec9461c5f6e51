package main

import (
	"context"
	"net/url"
	"slices"

	"yiping/cmd/yiping/internal/bench"
)

// statsFilters is how many filters there are beside those of the states.
const statsFilters = 15

// statistics measures the components by street and class, if they are among the
// layers, with one filter over the city after another, for the first and for the
// second time. It asks through one connection.
func (b *benchTiles) statistics(ctx context.Context, client *bench.Client, engine string) error {
	if !slices.Contains(b.command.Layers, filteredLayer) {
		return nil
	}
	var filters []string
	for _, state := range benchStates() {
		filters = append(filters, "state = '"+state+"'")
	}
	for n := range statsFilters {
		filters = append(filters, benchFilter(b.command.Seed, filteredTiles+n)) // tiles have asked for those before
	}
	var requests []bench.Request
	for _, filter := range filters {
		requests = append(requests, bench.Request{Path: "/stats/" + filteredLayer + "?" + url.Values{"by": {"street,class"}, "filter": {filter}}.Encode()})
	}
	for _, phase := range []string{"stats_cold", "stats_warm"} {
		samples, took, err := bench.Run(ctx, client, requests, 1, b.command.Limit)
		if err != nil {
			return err
		}
		r := bench.Phase(engine, phase, samples, took)[0]
		b.report.Figures = append(
			b.report.Figures,
			bench.Figure{Engine: engine, Figure: phase + "_p50", Layer: filteredLayer, Value: r.P50, Unit: "ms"},
			bench.Figure{Engine: engine, Figure: phase + "_max", Layer: filteredLayer, Value: r.Max, Unit: "ms"},
		)
		b.check(samples)
	}
	return nil
}
