package main

import (
	"context"
	"net/url"
	"slices"

	"yiping/cmd/yiping/internal/bench"
)

// statsFilters divide the components by state: each is a filter over the city.
func statsFilters() []string {
	var all []string
	for _, state := range []string{"完好", "破损", "丢失", "废弃", "移除"} {
		all = append(all, "state = '"+state+"'")
	}
	return all
}

// statistics measures the components by street and class, if they are among the
// layers, with one filter after another, for the first and for the second time.
// It asks through one connection.
func (b *benchTiles) statistics(ctx context.Context, client *bench.Client, engine string) error {
	if !slices.Contains(b.command.Layers, "component") {
		return nil
	}
	var requests []bench.Request
	for _, filter := range statsFilters() {
		requests = append(requests, bench.Request{Path: "/stats/component?" + url.Values{"by": {"street,class"}, "filter": {filter}}.Encode()})
	}
	for _, phase := range []string{"stats_cold", "stats_warm"} {
		samples, took, err := bench.Run(ctx, client, requests, 1, b.command.Limit)
		if err != nil {
			return err
		}
		r := bench.Phase(engine, phase, samples, took)[0]
		b.report.Figures = append(
			b.report.Figures,
			bench.Figure{Engine: engine, Figure: phase + "_p50", Layer: "component", Value: r.P50, Unit: "ms"},
			bench.Figure{Engine: engine, Figure: phase + "_max", Layer: "component", Value: r.Max, Unit: "ms"},
		)
		b.check(samples)
	}
	return nil
}
