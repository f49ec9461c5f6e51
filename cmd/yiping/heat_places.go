package main

import (
	"context"
	"log/slog"
	"time"

	"yiping/heatmap"
	"yiping/heatmap/place"
	"yiping/heatmap/replay"
	streamstore "yiping/stream/postgis"
)

// heatPlaces are the places of now: those of the database.
type heatPlaces struct {
	store *streamstore.Store
	// first are put into a new database.
	first    []heatmap.Place
	follower place.Follower
	log      *slog.Logger
}

// newHeatPlaces has an engine watch the places; a new database begins with those of an
// evening and some more.
func newHeatPlaces(store *streamstore.Store, e *heatmap.Engine, evening *replay.Scenario, log *slog.Logger) *heatPlaces {
	first, err := place.First(e.Rules().Bound)
	if err != nil { // it is a part of the program, and tested
		panic(err)
	}
	for _, p := range evening.Places() {
		p.Source = "示意 schematic: as in the replay " + evening.ID
		first = append(first, p)
	}
	return &heatPlaces{
		store: store, first: first, log: log,
		follower: place.Follower{Store: store, Set: e.SetPlaces, Log: log},
	}
}

// seedWait is how long it may take to put in the first places.
const seedWait = 10 * time.Second

// run puts in the first places of a new database, and has the engine watch all until
// ctx is done.
func (p *heatPlaces) run(ctx context.Context) error {
	seeding, cancel := context.WithTimeout(ctx, seedWait)
	defer cancel()
	if err := p.store.SeedPlaces(seeding, p.first); err != nil && ctx.Err() == nil {
		p.log.Warn("the first places come with the next start", "error", err)
	}
	return p.follower.Run(ctx)
}
