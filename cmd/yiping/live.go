package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"yiping/geo"
	"yiping/heatmap/alarm"
	"yiping/layers"
	"yiping/layers/image"
	"yiping/layers/postgis"
	"yiping/stream"
	"yiping/stream/fence"
	"yiping/stream/indicator"
	"yiping/stream/layertable"
	streamstore "yiping/stream/postgis"
	"yiping/stream/track"
	"yiping/tiles"
)

// live is the hub of live/1, and what it tells of beside the layers.
type live struct {
	hub     *stream.Hub
	streams *streams
	// fences watch the streams.
	fences *fences
	// areas are those that subscriptions name.
	areas *areas
	heat  *heat
	// indicators are counted of the streams, by district.
	indicators *indicator.Table
	// replicas are told what moves here; nil without any.
	replicas *replicas
	// tailer tells the hub of events.
	tailer *streamstore.Tailer
}

// newLive tells of the layers of a set, and of streams without objects; run fills
// them.
func newLive(db *database, set *image.Set, log *slog.Logger) *live {
	l := &live{}
	l.streams = newStreams(db, l.moved, log)
	l.heat = newHeat(db, l.streams.store, log)
	l.fences = newFences(l.streams, log)
	l.areas = newAreas(l.streams.store, db.store, func() { l.hub.Reshaped() }, log)
	l.indicators = newIndicators(l.streams, l.areas)
	ofLayers := &liveSource{store: db.store, set: set}
	l.hub = stream.New(stream.Config{
		Tables: func() []stream.Table {
			return slices.Concat(ofLayers.tables(), l.streams.tables(), l.heat.streams.Tables(), []stream.Table{l.indicators})
		},
		Logs:   []stream.Log{l.streams.store.Log(fence.Describe()), l.streams.store.Log(alarm.Describe())},
		Shapes: l.areas, Tiling: liveTiling(), Secret: db.liveSecret, Log: log,
	})
	l.tailer = newTailer(l.streams.store, l.hub, log)
	return l
}

// newIndicators are those of the standard streams.
func newIndicators(s *streams, a *areas) *indicator.Table {
	table, err := indicator.New(indicator.Config{Indicators: indicator.Standard(), Tables: s.tables(), Regions: a.districts.Load})
	if err != nil { // both are parts of the program, and tested
		panic(err)
	}
	return table
}

// moved tells of objects that have reported, or have been silent.
func (l *live) moved(b track.Batch) {
	l.hub.Touch(b.Stream, b.Touches, b.Position, b.Made)
	l.fences.observe(b)
	if l.replicas != nil {
		l.replicas.replica.Tell(b)
	}
}

// run lets time pass for what moves until ctx is done. The tailer is run by images.
func (l *live) run(ctx context.Context) error {
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return l.streams.run(running) })
	group.Go(func() error { return l.fences.keeper.Run(running) })
	group.Go(func() error { return l.areas.run(running) })
	group.Go(func() error { return l.heat.run(running, l.hub) })
	group.Go(func() error { return l.indicators.Run(running, l.hub) })
	if l.replicas != nil {
		group.Go(func() error { return l.replicas.run(running) })
	}
	return group.Wait()
}

// record writes what moved, and the minutes of the heat, until ctx is done, when nobody
// reports any more; then what is left of both.
func (l *live) record(ctx context.Context, died <-chan struct{}) error {
	heat := make(chan error, 1)
	go func() { heat <- l.heat.record(ctx, died) }()
	return errors.Join(l.streams.record(ctx, died), <-heat)
}

// close tells clients that the service ends.
func (l *live) close(ctx context.Context) {
	l.hub.Close(ctx)
	l.streams.feeds.Close(ctx)
}

// liveTiling is what the hub must know of the tiles.
func liveTiling() stream.Tiling {
	return stream.Tiling{SlowZoom: tiles.SlowZoom, SlowFor: tiles.SlowFor, Margin: tiles.Margin}
}

// liveSource is the layers as their streams read them: the images, and the change
// feed behind them.
type liveSource struct {
	store *postgis.Store
	set   *image.Set
	known atomic.Pointer[liveTables]
}

// liveTables are the streams of the layers of one catalog.
type liveTables struct {
	layers []*layers.Layer
	tables []stream.Table
}

var _ layertable.Source = (*liveSource)(nil)

// tables are the streams of the layers that there are now.
func (s *liveSource) tables() []stream.Table {
	all := s.store.Catalog().Layers()
	if k := s.known.Load(); k != nil && slices.Equal(k.layers, all) {
		return k.tables
	}
	tables := make([]stream.Table, len(all))
	for i, l := range all {
		tables[i] = layertable.New(l, s)
	}
	s.known.Store(&liveTables{slices.Clone(all), tables})
	return tables
}

// View is the image of a layer as it is now; nil while there is none.
func (s *liveSource) View(layer string) *image.View { return s.set.View(layer) }

// Since visits what has been changed in a layer after a position.
func (s *liveSource) Since(ctx context.Context, layer, position string, limit int, visit func(stream.Past)) error {
	changes, err := s.store.Since(ctx, layer, position, limit)
	if errors.Is(err, postgis.ErrGap) {
		return stream.ErrExpired
	}
	for _, c := range changes {
		past := stream.Past{ID: c.ID, Was: !c.Old.IsEmpty()}
		if past.Was {
			past.Old = geo.FixedBox{Min: geo.FixedAt(c.Old.LeftTop()), Max: geo.FixedAt(c.Old.RightBottom())}
		}
		visit(past)
	}
	return err
}
