package main

import (
	"context"
	"errors"

	"yiping/geo"
	"yiping/layers/image"
	"yiping/layers/postgis"
	"yiping/stream"
	"yiping/stream/layertable"
	"yiping/tiles"
)

// liveTiling is what the hub must know of the tiles.
func liveTiling() stream.Tiling {
	return stream.Tiling{SlowZoom: tiles.SlowZoom, SlowFor: tiles.SlowFor, Margin: tiles.Margin}
}

// liveSource is the layers as their streams read them: the images, and the change
// feed behind them.
type liveSource struct {
	store *postgis.Store
	set   *image.Set
}

var _ layertable.Source = (*liveSource)(nil)

// tables are the streams of the layers that there are now.
func (s *liveSource) tables() []stream.Table {
	all := s.store.Catalog().Layers()
	tables := make([]stream.Table, len(all))
	for i, l := range all {
		tables[i] = layertable.New(l, s)
	}
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
