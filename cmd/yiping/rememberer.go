package main

import (
	"context"
	"log/slog"
	"time"

	"yiping/heatmap"
	"yiping/heatmap/forecast"
	heatstore "yiping/heatmap/postgis"
)

// rememberer gives forecasts the past of their places from the minutes that are kept.
type rememberer struct {
	store *heatstore.Store
	log   *slog.Logger
	pasts chan past
}

// past is what a run's forecasts are to know of a place until a time.
type past struct {
	run       string
	forecasts *forecast.Forecaster
	place     *heatmap.Place
	until     time.Time
}

// maxPasts is how many places may wait for their past. One more begins without it.
const maxPasts = 1000

func newRememberer(store *heatstore.Store, log *slog.Logger) *rememberer {
	return &rememberer{store: store, log: log, pasts: make(chan past, maxPasts)}
}

// remember has run give a past to forecasts, and returns at once.
func (r *rememberer) remember(p past) {
	select {
	case r.pasts <- p:
	default:
		r.log.Warn("a place's forecasts begin without its past: too many wait", "run", p.run, "place", p.place.ID)
	}
}

// run gives pasts until ctx is done, and returns nil.
func (r *rememberer) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case p := <-r.pasts:
			if err := r.give(ctx, p); err != nil && ctx.Err() == nil {
				r.log.Warn("a place's forecasts begin without its past", "run", p.run, "place", p.place.ID, "error", err)
			}
		}
	}
}

// give reads the minutes of a place at which all who were there had been heard of.
func (r *rememberer) give(ctx context.Context, p past) error {
	kept, err := r.store.PlaceMinutes(ctx, p.run, p.place.ID, p.until.Add(-forecast.Memory), p.until)
	if err != nil {
		return err
	}
	minutes := make([]forecast.Minute, 0, len(kept))
	for _, m := range kept {
		if !m.Warming {
			minutes = append(minutes, forecast.Minute{Time: m.Start, Devices: m.Devices, Synthetic: m.Synthetic})
		}
	}
	p.forecasts.Warm(p.place, minutes)
	return nil
}
