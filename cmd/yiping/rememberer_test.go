package main

import (
	"log/slog"
	"testing"
	"time"

	"yiping/heatmap"
	"yiping/heatmap/forecast"
	"yiping/heatmap/history"
	heatstore "yiping/heatmap/postgis"
	"yiping/layers/postgis/postgistest"
)

// Forecasts of a place that has been counted before begin from its minutes: but for
// those when counting had just begun, and those of other runs.
func TestForecastsRemember(t *testing.T) {
	t.Parallel()
	store := heatstore.New(postgistest.Open(t, postgistest.URL(t)).Pool(), heatstore.Config{})
	begin := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	const minutes = 120
	var kept []*history.Minute
	for i := range minutes {
		at := begin.Add(time.Duration(i) * time.Minute)
		m := &history.Minute{Start: at, Told: at.Add(58 * time.Second), Places: []history.Place{{ID: "square", Devices: 100 + 10*i}}}
		if i < 10 {
			m.WarmingUntil = begin.Add(10 * time.Minute)
		}
		kept = append(kept, m, &history.Minute{Run: "bund-2019", Start: at, Told: m.Told, Synthetic: true, Places: []history.Place{{ID: "square", Devices: 7}}})
	}
	if err := store.Write(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	r := newRememberer(store, slog.New(slog.DiscardHandler))
	var forecasts *forecast.Forecaster
	forecasts = forecast.New(forecast.Config{Appeared: func(p *heatmap.Place, at time.Time) { r.remember(past{"", forecasts, p, at}) }})
	now := begin.Add(minutes * time.Minute)
	forecasts.Observe(&heatmap.Frame{Time: now, Places: []heatmap.PlaceState{{Place: &heatmap.Place{ID: "square"}, Devices: 1300}}})
	if err := r.give(t.Context(), <-r.pasts); err != nil {
		t.Fatal(err)
	}
	got, err := forecasts.Past("square", forecast.Step)
	if err != nil || got.Synthetic {
		t.Fatalf("%+v, %v", got, err)
	}
	// The forecasts of 10:10, 10:15 … 12:00; what came is known but of the last.
	if n := len(got.Points); n != 23 || got.Points[n-1].Actual != nil || got.Points[n-2].Actual == nil || *got.Points[n-2].Actual != 1300 || *got.Points[0].Actual != 250 {
		t.Errorf("%d points: %+v", n, got.Points)
	}
}
