package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"yiping/layers"
	"yiping/layers/postgis"
	"yiping/stream"
	"yiping/stream/fence"
	"yiping/stream/indicator"
)

// areas are the fences and regions that subscriptions name.
type areas struct {
	definitions fence.Store
	store       *postgis.Store
	// told hears that some are not what they were.
	told    func()
	log     *slog.Logger
	fences  atomic.Pointer[fenceAreas]
	regions atomic.Pointer[layers.RegionIndex]
	// districts are those of the same regions, as indicators know them.
	districts atomic.Pointer[indicator.Regions]
	// moved says that a border may have been.
	moved atomic.Bool
}

// fenceAreas are the fences after some number of edits.
type fenceAreas struct {
	edits int64
	by    map[string]*fence.Area
}

var _ stream.Shapes = (*areas)(nil)

// newAreas knows no area until it runs.
func newAreas(definitions fence.Store, store *postgis.Store, told func(), log *slog.Logger) *areas {
	a := &areas{definitions: definitions, store: store, told: told, log: log}
	a.moved.Store(true)
	return a
}

// Fence is the area of a fence.
func (a *areas) Fence(id string) (stream.Shape, error) {
	all := a.fences.Load()
	if all == nil {
		return nil, layers.ErrBusy
	}
	if f := all.by[id]; f != nil {
		return f, nil
	}
	return nil, layers.ErrNotFound
}

// Region is the area of a region.
func (a *areas) Region(code string) (stream.Shape, error) {
	index := a.regions.Load()
	if index == nil {
		return nil, layers.ErrBusy
	}
	if s, ok := index.Region(code); ok {
		return s, nil
	}
	return nil, layers.ErrNotFound
}

// changed notes a layer that was changed: borders may have been.
func (a *areas) changed(layer string) {
	if slices.Contains(layers.RegionColumns(), layer) {
		a.moved.Store(true)
	}
}

// areasEvery is how often edits are looked for.
const areasEvery = time.Second

// run follows what is edited until ctx is done. Without the database, areas stay what
// they were.
func (a *areas) run(ctx context.Context) error {
	tick := time.NewTicker(areasEvery)
	defer tick.Stop()
	failing := false
	for {
		err := a.look(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			a.log.Warn("areas wait for the database", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look reads what has been edited since the last time.
func (a *areas) look(ctx context.Context) error {
	edited, err := a.readFences(ctx)
	if err != nil {
		return err
	}
	moved, err := a.readRegions(ctx)
	if edited || moved {
		a.told()
	}
	return err
}

func (a *areas) readFences(ctx context.Context) (edited bool, err error) {
	edits, err := a.definitions.FenceEdits(ctx)
	if before := a.fences.Load(); err != nil || before != nil && before.edits == edits {
		return false, err
	}
	definitions, edits, err := a.definitions.Fences(ctx)
	if err != nil {
		return false, fmt.Errorf("read edited fences: %w", err)
	}
	next := &fenceAreas{edits: edits, by: make(map[string]*fence.Area, len(definitions))}
	for _, d := range definitions {
		area, err := fence.NewArea(d)
		if err != nil {
			a.log.Error("a fence is no area", "error", err)
			continue
		}
		next.by[d.ID] = area
	}
	a.fences.Store(next)
	return true, nil
}

func (a *areas) readRegions(ctx context.Context) (moved bool, err error) {
	if !a.moved.Swap(false) {
		return false, nil
	}
	index, names, err := a.store.NamedRegions(ctx)
	if err != nil {
		a.moved.Store(true)
		return false, err
	}
	a.regions.Store(index)
	a.districts.Store(indicator.NewRegions(index, names))
	return true, nil
}
