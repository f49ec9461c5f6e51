package main

import (
	"errors"
	"time"

	"yiping/heatmap"
	"yiping/heatmap/alarm"
	heatapi "yiping/heatmap/api"
	"yiping/heatmap/counter"
	"yiping/heatmap/forecast"
	"yiping/heatmap/history"
	"yiping/heatmap/hotspot"
	heatlive "yiping/heatmap/live"
	"yiping/heatmap/window"
)

// runMaker makes runs: crowds, each heard by all who make something of it.
type runMaker struct {
	// area is where hot spots are looked for, profiles are the events that forecasts
	// know.
	area     *hotspot.Area
	profiles []forecast.Profile
	recorder *history.Recorder
	memory   *rememberer
	alarms   *alarm.Keeper
	streams  *heatlive.Streams
}

func newRunMaker(r heatmap.Rules, recorder *history.Recorder, memory *rememberer, alarms *alarm.Keeper, streams *heatlive.Streams) *runMaker {
	profiles, err := forecast.Profiles()
	area, large := hotspot.NewArea(r.Bound, r.Coarsest)
	if err := errors.Join(err, large); err != nil { // they are parts of the program, and tested
		panic(err)
	}
	return &runMaker{area: area, profiles: profiles, recorder: recorder, memory: memory, alarms: alarms, streams: streams}
}

// run counts a crowd, until closed is called; id is that of an evening, or empty for
// now.
func (m *runMaker) run(id string, c heatmap.EngineConfig) (run *heatapi.Run, closed func()) {
	run = &heatapi.Run{
		Windows:  window.New(window.Config{Least: c.Rules.Least}),
		Counters: counter.New(counter.Config{Least: c.Rules.Least}),
		Hotspots: hotspot.NewFinder(m.area),
		Alarms:   m.alarms.Open(id),
	}
	run.Forecasts = forecast.New(forecast.Config{
		Profiles: m.profiles,
		Appeared: func(p *heatmap.Place, at time.Time) { m.memory.remember(past{id, run.Forecasts, p, at}) },
	})
	minutes, feed := m.recorder.Observer(id), m.streams.Open(id)
	others := c.Heard
	c.Heard = func(h *heatmap.Heard) {
		run.Windows.Hear(h)
		if others != nil {
			others(h)
		}
	}
	c.Tallied = run.Counters.Hear
	c.Told = func(f *heatmap.Frame) {
		feed.Observe(f)
		minutes.Observe(f)
		run.Alarms.Observe(f)
		run.Counters.Observe(f)
		run.Forecasts.Observe(f)
	}
	run.Engine = heatmap.New(c)
	return run, func() {
		feed.Close()
		run.Alarms.Close()
	}
}
