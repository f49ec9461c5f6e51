package main

// benchCommand measures, and says what it measured: docs/bench.md.
type benchCommand struct {
	Tiles benchTilesCommand `cmd:"" help:"Measure tiles over HTTP: cold, warm and after changes."`
}
