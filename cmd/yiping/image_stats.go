package main

import (
	"context"
	"errors"
	"sync/atomic"

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

func newImageStats(store api.StatsStore, images tiles.Images) *imageStats {
	return &imageStats{StatsStore: store, images: images}
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
