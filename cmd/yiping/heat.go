package main

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"yiping/heatmap"
	"yiping/heatmap/alarm"
	heatapi "yiping/heatmap/api"
	"yiping/heatmap/history"
	heatlive "yiping/heatmap/live"
	heatstore "yiping/heatmap/postgis"
	heatrelay "yiping/heatmap/relay"
	"yiping/heatmap/replay"
	"yiping/stream/bus"
	streamstore "yiping/stream/postgis"
)

// heat is where people are now, and in the evenings that are played.
type heat struct {
	now   *heatapi.Run
	maker *runMaker
	// stage plays evenings, each of which has a run among runs.
	stage *replay.Stage
	runs  *heatapi.Runs
	// streams are live/1's of now and of what is played.
	streams *heatlive.Streams
	// relay tells the other replicas of the devices that are here now; nil without any.
	relay *heatrelay.Relay
	// places are those of now, alarms of all runs; events keeps both.
	places *heatPlaces
	alarms *alarm.Keeper
	events *streamstore.Store
	// store has the minutes that the recorder writes.
	store    *heatstore.Store
	recorder *history.Recorder
	// rememberer tells forecasts what is kept of their places.
	rememberer *rememberer
}

// newHeat has heard of nobody, and plays nothing; run goes on with what was played.
func newHeat(db *database, events *streamstore.Store, log *slog.Logger) *heat {
	bund, err := replay.Bund2019()
	if err != nil { // it is a part of the program, and tested
		panic(err)
	}
	rules := heatmap.DefaultRules()
	h := &heat{
		runs: &heatapi.Runs{}, streams: heatlive.New(rules),
		events: events, store: heatstore.New(db.store.Pool(), db.minutes),
	}
	h.recorder = history.NewRecorder(history.RecorderConfig{Store: h.store, Log: log})
	h.alarms = alarm.NewKeeper(alarm.KeeperConfig{Store: events, Settle: rules.TTL, Log: log})
	h.rememberer = newRememberer(h.store, log)
	h.maker = newRunMaker(rules, h.recorder, h.rememberer, h.alarms, h.streams)
	h.now, _ = h.maker.run("", heatmap.EngineConfig{Rules: rules, Warming: rules.TTL, Heard: h.heard}) // it never ends
	h.places = newHeatPlaces(events, h.now.Engine, bund, log)
	h.stage = replay.NewStage(replay.StageConfig{
		Scenarios: []*replay.Scenario{bund}, Open: h.open, Book: heatstore.NewBook(h.store, h.recorder), Room: h.recorder.Room, Log: log,
	})
	return h
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
	run, end := h.maker.run(s.ID, c)
	remove := h.runs.Add(s.ID, run)
	return run.Engine, func() {
		remove()
		end()
	}
}

// config is what answers /heat.
func (h *heat) config() heatapi.Config {
	return heatapi.Config{Now: h.now, Stage: h.stage, Runs: h.runs, History: h.store, Places: h.events, Alarms: h.events}
}

// run makes frames, plays, and tells the hub of both, until ctx is done.
func (h *heat) run(ctx context.Context, hub heatlive.Hub) error {
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return h.now.Engine.Run(running) })
	group.Go(func() error { return h.stage.Run(running) })
	group.Go(func() error { return h.places.run(running) })
	group.Go(func() error { return h.alarms.Run(running) })
	group.Go(func() error { return h.rememberer.run(running) })
	group.Go(func() error { return h.streams.Run(running, hub) })
	if h.relay != nil {
		group.Go(func() error { return h.relay.Run(running) })
	}
	return group.Wait()
}

// minutesTimeout is how long what is left of the minutes may take in the end.
const minutesTimeout = 10 * time.Second

// record writes minutes until ctx is done, when no more frames are made, and then what is
// left of them, unless the database dies.
func (h *heat) record(ctx context.Context, died <-chan struct{}) error {
	h.recorder.Run(ctx)
	return finish(ctx, minutesTimeout, died, h.recorder.Finish)
}
