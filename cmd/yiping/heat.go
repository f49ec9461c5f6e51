package main

import (
	"context"
	"log/slog"

	"golang.org/x/sync/errgroup"

	"yiping/heatmap"
	heatapi "yiping/heatmap/api"
	"yiping/heatmap/counter"
	heatrelay "yiping/heatmap/relay"
	"yiping/heatmap/replay"
	"yiping/heatmap/window"
	"yiping/stream/bus"
)

// heat is where people are now, and in the evenings that are played.
type heat struct {
	now *heatapi.Run
	// stage plays evenings, each of which has a run among runs.
	stage *replay.Stage
	runs  *heatapi.Runs
	// relay tells the other replicas of the devices that are here now; nil without any.
	relay *heatrelay.Relay
}

// newHeat has heard of nobody, and plays nothing.
func newHeat() *heat {
	bund, err := replay.Bund2019()
	if err != nil { // it is a part of the program, and tested
		panic(err)
	}
	h := &heat{runs: &heatapi.Runs{}}
	h.now = newRun(heatmap.EngineConfig{Rules: heatmap.DefaultRules(), Heard: h.heard})
	h.stage = replay.NewStage(replay.StageConfig{Scenarios: []*replay.Scenario{bund}, Open: h.open})
	return h
}

// newRun counts a crowd.
func newRun(c heatmap.EngineConfig) *heatapi.Run {
	r := &heatapi.Run{
		Windows:  window.New(window.Config{Least: c.Rules.Least}),
		Counters: counter.New(counter.Config{Least: c.Rules.Least}),
	}
	others := c.Heard
	c.Heard = func(h *heatmap.Heard) {
		r.Windows.Hear(h)
		if others != nil {
			others(h)
		}
	}
	c.Tallied, c.Told = r.Counters.Hear, r.Counters.Observe
	r.Engine = heatmap.New(c)
	return r
}

// heard tells the other replicas of the devices that are here now.
func (h *heat) heard(all *heatmap.Heard) {
	if h.relay != nil {
		h.relay.Hear(all)
	}
}

// join counts with the other replicas from run on.
func (h *heat) join(b *bus.Bus, secret []byte, log *slog.Logger) (err error) {
	h.relay, err = heatrelay.New(heatrelay.Config{
		Bus: b, Engine: h.now.Engine, Secret: secret, Log: log,
		Take:    func(_ string, data []byte) error { return h.now.TakeMessage(data) },
		Tallied: func(all []heatmap.Tally) { h.now.Counters.Hear(h.now.Engine.Now(), all) },
	})
	h.now.Tallied = h.relay.Tally
	return err
}

// open makes the run of an evening known until it is closed.
func (h *heat) open(s *replay.Scenario, c heatmap.EngineConfig) (e *heatmap.Engine, closed func()) {
	run := newRun(c)
	return run.Engine, h.runs.Add(s.ID, run)
}

// config is what answers /heat.
func (h *heat) config() heatapi.Config {
	return heatapi.Config{Now: h.now, Stage: h.stage, Runs: h.runs}
}

// run makes frames and plays until ctx is done.
func (h *heat) run(ctx context.Context) error {
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return h.now.Engine.Run(running) })
	group.Go(func() error { return h.stage.Run(running) })
	if h.relay != nil {
		group.Go(func() error { return h.relay.Run(running) })
	}
	return group.Wait()
}
