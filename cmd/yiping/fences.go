package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"math"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
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
		Engine: fence.Config{Gone: func(stream string) time.Duration { return gone[stream] }, Rows: s.rows},
	})}
}

// service answers /fences.
func (f *fences) service() *fence.Service {
	return &fence.Service{Store: f.streams.store, Rows: f.streams.rows, Streams: func() []string {
		names := make([]string, len(f.streams.trackers))
		for i, t := range f.streams.trackers {
			names[i] = t.Definition().Name
		}
		return names
	}}
}

// observe hands on what a stream has applied, wherever it came in.
func (f *fences) observe(b track.Batch) {
	fixes, values := make([]fence.Fix, len(b.Applied)), make([]reported, len(b.Applied))
	d := f.streams.definition(b.Stream)
	for i := range b.Applied {
		r := &b.Applied[i].Report
		values[i] = reported{d, r}
		fixes[i] = fence.Fix{Key: r.Key, Time: r.Time, Place: r.Place, Synthetic: r.Synthetic, Values: &values[i]}
	}
	f.keeper.Observe(b.Stream, fixes)
}

// definition is that of a stream; nil if there is none.
func (s *streams) definition(stream string) *track.Definition {
	for _, t := range s.trackers {
		if t.Definition().Name == stream {
			return t.Definition()
		}
	}
	return nil
}

// rows are what the fields of a stream's objects are like; nil if there is none.
func (s *streams) rows(stream string) *layers.Layer {
	for _, t := range s.trackers {
		if t.Definition().Name == stream {
			return t.Table().Describe().Rows
		}
	}
	return nil
}

// reported are the values of a report.
type reported struct {
	d *track.Definition
	r *track.Report
}

func (v *reported) Value(field string) any { return v.d.Value(v.r, field) }

// written are the values of a row, which are read when they are first asked for.
type written struct {
	rows   *layers.Layer
	view   stream.View
	row    stream.Row
	values map[string]any
}

func (v *written) Value(field string) any {
	if v.values == nil {
		decoder := json.NewDecoder(bytes.NewReader(v.view.Writer(nil)(nil, v.row)))
		decoder.UseNumber()
		if err := decoder.Decode(&v.values); err != nil { // rows are JSON objects
			panic(err)
		}
	}
	p, _, ok := v.rows.Property(field)
	if !ok {
		return nil
	}
	value, err := p.CoerceJSON(v.values[field])
	if err != nil { // of null, where it must not be
		return nil
	}
	return value
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
		rows := t.Table().Describe().Rows
		all.Within(world, func(r stream.Row) bool {
			m := view.Mover(r)
			fixes = append(fixes, fence.Fix{
				Key: view.Key(m.Handle), Time: m.Time, Synthetic: m.Synthetic,
				Place: orb.Point{float64(m.Lon) / 1e7, float64(m.Lat) / 1e7}, Values: &written{rows: rows, view: view, row: r},
			})
			return true
		})
		tell(t.Definition().Name, fixes)
	}
}
