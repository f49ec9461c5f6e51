// Package postgis keeps in PostGIS what is known of crowds: their minutes, by cell and by
// place, and how replays stand.
//
//	store := postgis.New(pool, postgis.Config{})
//	recorder := history.NewRecorder(history.RecorderConfig{Store: store, Log: log})
//	stage := replay.NewStage(replay.StageConfig{Book: postgis.NewBook(store, recorder), …})
//
// Writing is idempotent: a minute that is there stays as it is. The minutes of a replay
// and where it goes on are written in one transaction, so that it goes on with the minute
// after the last that is there.
//
// # Concurrency
//
// Store and Book are safe for concurrent use.
//
// # Lifecycle
//
// New on the pool of layers/postgis, whose migrations make the tables; nothing to close.
//
// # Units
//
// Times are instants; those of minutes are their beginnings. Densities are devices per m²,
// flows devices a second.
package postgis
