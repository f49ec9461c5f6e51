package main

// benchCommand measures, and says what it measured: docs/bench.md.
type benchCommand struct {
	Tiles benchTilesCommand `cmd:"" help:"Measure tiles over HTTP: cold, warm and after changes."`
	Live  benchLiveCommand  `cmd:"" help:"Measure live subscriptions: from a commit to a screen, slow and idle clients, resuming."`
	Heat  benchHeatCommand  `cmd:"" help:"Measure the heatmap: pings, frames, memory, beside sets and SQL."`
}
