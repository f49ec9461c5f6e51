package main

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"yiping/stream"
	streamstore "yiping/stream/postgis"
	"yiping/stream/track"
)

// streams are the moving objects and sensors: where they are now, and the history
// behind them.
type streams struct {
	trackers []*track.Tracker
	store    *streamstore.Store
	recorder *streamstore.Recorder
	feeds    *stream.Feeds
	log      *slog.Logger
}

// newStreams are the standard streams, without objects. applied hears of what changes
// in each, in order.
func newStreams(db *database, applied func(track.Batch), log *slog.Logger) *streams {
	definitions, err := track.Standard()
	if err != nil { // they are embedded, and tested
		panic(err)
	}
	store := streamstore.New(db.store.Pool())
	s := &streams{store: store, recorder: store.NewRecorder(streamstore.RecorderConfig{Log: log}), feeds: &stream.Feeds{}, log: log}
	var recorder track.Recorder = s.recorder
	if db.historyEvery > 0 {
		recorder = newSparse(recorder, db.historyEvery)
	}
	for _, d := range definitions {
		s.trackers = append(s.trackers, track.New(d, track.Config{Applied: applied, Recorder: recorder}))
	}
	return s
}

// service answers /streams.
func (s *streams) service() *track.Service {
	return &track.Service{Trackers: s.trackers, History: s.store, Feeds: s.feeds}
}

// tables are the streams as the hub reads them.
func (s *streams) tables() []stream.Table {
	tables := make([]stream.Table, len(s.trackers))
	for i, t := range s.trackers {
		tables[i] = t.Table()
	}
	return tables
}

// run ages objects until ctx is done.
func (s *streams) run(ctx context.Context) error {
	group, running := errgroup.WithContext(ctx)
	for _, t := range s.trackers {
		group.Go(func() error {
			s.restore(running, t)
			return t.Run(running)
		})
	}
	return group.Wait()
}

// historyTimeout is how long what is left of the history may take in the end.
const historyTimeout = time.Minute

// record writes history until ctx is done, when nobody reports any more, and then
// what is left of it, unless the database dies.
func (s *streams) record(ctx context.Context, died <-chan struct{}) error {
	s.recorder.Run(ctx)
	return finish(ctx, historyTimeout, died, s.recorder.Finish)
}

// finish does what is left to be done after ctx, within a time and unless the database
// dies.
func finish(ctx context.Context, within time.Duration, died <-chan struct{}, rest func(context.Context) error) error {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
	defer cancel()
	go func() {
		select {
		case <-died:
			cancel()
		case <-last.Done():
		}
	}()
	return rest(last)
}

// restore gives a stream what the history has of objects that are not stale yet.
// Without it a sensor that reports every quarter of an hour would be missing for so
// long. What is older is not worth reading: objects in motion have reported again
// before it is read.
func (s *streams) restore(ctx context.Context, t *track.Tracker) {
	d := t.Definition()
	if !d.History {
		return
	}
	newest, err := s.store.Newest(ctx, d, time.Now().Add(-d.StaleAfter))
	if err != nil {
		if ctx.Err() == nil {
			s.log.Warn("a stream begins empty", "stream", d.Name, "error", err)
		}
		return
	}
	t.Replicate(newest)
}
