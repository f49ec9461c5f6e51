package main

import (
	"log/slog"
	"math"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/stream"
	"yiping/stream/fence"
	"yiping/stream/track"
)

// fences are the areas that the streams are watched for.
type fences struct {
	streams *streams
	keeper  *fence.Keeper
}

// newFences are the fences of the database, watched as soon as the keeper runs.
func newFences(s *streams, log *slog.Logger) *fences {
	gone := map[string]time.Duration{}
	for _, t := range s.trackers {
		gone[t.Definition().Name] = t.Definition().TTL
	}
	return &fences{streams: s, keeper: fence.NewKeeper(fence.KeeperConfig{
		Store: s.store, Current: s.current, Log: log,
		Engine: fence.Config{Gone: func(stream string) time.Duration { return gone[stream] }},
	})}
}

// service answers /fences.
func (f *fences) service() *fence.Service {
	return &fence.Service{Store: f.streams.store, Streams: func() []string {
		names := make([]string, len(f.streams.trackers))
		for i, t := range f.streams.trackers {
			names[i] = t.Definition().Name
		}
		return names
	}}
}

// observe hands on what a stream has applied, wherever it came in.
func (f *fences) observe(b track.Batch) {
	fixes := make([]fence.Fix, len(b.Applied))
	for i := range b.Applied {
		r := &b.Applied[i].Report
		fixes[i] = fence.Fix{Key: r.Key, Time: r.Time, Place: r.Place, Synthetic: r.Synthetic}
	}
	f.keeper.Observe(b.Stream, fixes)
}

// current tells where the objects of all streams are.
func (s *streams) current(tell func(stream string, fixes []fence.Fix)) {
	world := geo.FixedBox{Max: geo.Fixed{X: math.MaxUint32, Y: math.MaxUint32}}
	for _, t := range s.trackers {
		view, ok := t.Table().View().(stream.Movers)
		if !ok {
			continue
		}
		all, err := view.Select(nil)
		if err != nil { // only a filter can be wrong
			continue
		}
		var fixes []fence.Fix
		all.Within(world, func(r stream.Row) bool {
			m := view.Mover(r)
			fixes = append(fixes, fence.Fix{
				Key: view.Key(m.Handle), Time: m.Time, Synthetic: m.Synthetic,
				Place: orb.Point{float64(m.Lon) / 1e7, float64(m.Lat) / 1e7},
			})
			return true
		})
		tell(t.Definition().Name, fixes)
	}
}
