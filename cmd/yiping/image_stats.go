package main

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"yiping/layers"
	"yiping/layers/api"
	"yiping/layers/image"
	"yiping/tiles"
)

// imageStats answers statistics from the images where they keep what is asked
// for, and from the database otherwise.
type imageStats struct {
	api.StatsStore
	images tiles.Images
	log    *slog.Logger

	// regions as they were when they were last asked for; nil before.
	regions atomic.Pointer[regionList]
}

// regionList is the regions at a state of the images of their layers.
type regionList struct {
	state regionState
	all   []layers.Region
}

// regionState is the generations of the images of the region layers.
type regionState [3]uint64

func newImageStats(store api.StatsStore, images tiles.Images, log *slog.Logger) *imageStats {
	return &imageStats{StatsStore: store, images: images, log: log}
}

// regionsPause is how often the regions are read ahead, however often they change; a
// request reads them all the same.
const regionsPause = time.Second

// run reads the regions when they are there and when they have changed, until ctx is
// done, so that hardly a request must wait for them.
func (s *imageStats) run(ctx context.Context, n *news) error {
	ticks := time.NewTicker(regionsPause)
	defer ticks.Stop()
	for {
		next := n.wait()
		if _, known := s.regionState(); known {
			if _, err := s.namedRegions(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("regions are not read ahead", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-next:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
	}
}

// Stats works out the cells of a query.
func (s *imageStats) Stats(ctx context.Context, q *layers.StatsQuery) (*layers.StatsCells, error) {
	v := s.images.View(q.Layer.Name)
	if v == nil {
		return s.StatsStore.Stats(ctx, q)
	}
	cells, err := v.Stats(ctx, q)
	if _, ok := errors.AsType[*image.ColumnError](err); ok {
		return s.StatsStore.Stats(ctx, q)
	}
	if err != nil {
		return nil, err
	}
	cells.Regions, err = s.namedRegions(ctx)
	return cells, err
}

// namedRegions lists the regions. Their areas take the database a while, so they
// are asked for again only when a region has changed, or if nobody can tell.
func (s *imageStats) namedRegions(ctx context.Context) ([]layers.Region, error) {
	state, known := s.regionState()
	if last := s.regions.Load(); known && last != nil && last.state == state {
		return last.all, nil
	}
	// Read after the state: what the database has more, the images will have too.
	all, err := s.Regions(ctx)
	if err == nil && known {
		s.regions.Store(&regionList{state, all})
	}
	return all, err
}

func (s *imageStats) regionState() (state regionState, known bool) {
	for i, level := range layers.RegionColumns() {
		v := s.images.View(level)
		if v == nil {
			return state, false
		}
		state[i] = v.Generation()
	}
	return state, true
}
