package tiles

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/cql2"
	"yiping/layers/image"
	"yiping/tiles/internal/cache"
	"yiping/tiles/internal/plane"
)

// Store tells what there is, and finds what images cannot.
type Store interface {
	// Catalog is the set of layers now.
	Catalog() *layers.Catalog
	// Sources tells where the features of each layer come from.
	Sources(ctx context.Context) (map[string][]layers.Source, error)
	// Summaries tells what each layer holds.
	Summaries(ctx context.Context) (map[string]layers.Summary, error)
	// MatchingIDs are the ids of the features that pass a filter, and the state
	// of the database that they are of. It serves filters on properties that
	// the image of the layer does not keep.
	MatchingIDs(ctx context.Context, l *layers.Layer, f *cql2.Filter) ([]int64, layers.Cut, error)
}

// Images has the layers in memory.
type Images interface {
	// View is the image of a layer as it is now; nil while there is none.
	View(layer string) *image.View
}

// Config is what an Engine works with.
type Config struct {
	Store  Store
	Images Images
	// CacheBytes bounds the finished tiles that are kept. Defaults to
	// DefaultCacheBytes.
	CacheBytes uint64
}

// DefaultCacheBytes is room for some thousands of full tiles.
const DefaultCacheBytes = 256 << 20

// timeout bounds the making of one tile; the client gets a 504 then.
const timeout = 30 * time.Second

// Engine makes tiles and keeps them.
type Engine struct {
	store    Store
	images   Images
	cache    *cache.Cache
	finds    chan struct{}
	turns    chan struct{}
	encoders sync.Pool
	packers  sync.Pool
	told     told
}

// New makes an Engine.
func New(c Config) *Engine {
	if c.CacheBytes == 0 {
		c.CacheBytes = DefaultCacheBytes
	}
	e := &Engine{
		store: c.Store, images: c.Images,
		cache: cache.New(c.CacheBytes, timeout),
		finds: make(chan struct{}, 1),
		turns: make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	e.encoders.New = func() any { return new(encoder) }
	e.packers.New = func() any { return newPacker() }
	return e
}

// Tile makes a tile, uncompressed and past the cache; no bytes for an empty one.
// The error is a *layers.LoadingError while the image of a layer is not there.
func (e *Engine) Tile(ctx context.Context, q *Query, id geo.TileID) (data []byte, err error) {
	err = e.encode(ctx, q, id, func(tile []byte) error {
		data = slices.Clone(tile)
		return nil
	})
	return data, err
}

// encode makes a tile and hands it to use, which must not keep it. Selecting may
// wait for the database; the work after it takes a turn at a processor.
func (e *Engine) encode(ctx context.Context, q *Query, id geo.TileID, use func(tile []byte) error) error {
	selections, err := e.selections(ctx, q, id.Z)
	if err != nil {
		return err
	}
	if err := take(ctx, e.turns); err != nil {
		return err
	}
	defer func() { <-e.turns }()
	enc := e.encoders.Get().(*encoder)
	defer e.encoders.Put(enc)
	enc.reset(q, id)
	for _, s := range selections {
		if err := s.Prepare(ctx, id, bufferUnits(id.Z)); err != nil {
			return fmt.Errorf("layer %s of tile %v: %w", s.View().Layer().Name, id, err)
		}
		enc.layer(s)
	}
	enc.finish()
	return use(enc.mvt.Bytes())
}

// selections are those of the layers that have the zoom.
func (e *Engine) selections(ctx context.Context, q *Query, z geo.Zoom) ([]*image.Selection, error) {
	var all []*image.Selection
	for i, l := range q.Layers {
		if int(z) < l.Zoom.Min || int(z) > l.Zoom.Max {
			continue
		}
		v := e.view(l.Name)
		if v == nil {
			return nil, &layers.LoadingError{Layer: l.Name}
		}
		s, err := e.selection(ctx, v, q.Filters[i])
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// view is the image of a layer, of which a tile is to be made; nil for none.
func (e *Engine) view(layer string) *image.View {
	for v := e.images.View(layer); v != nil; {
		e.told.say(layer, v.Synthetic() > 0)
		// A change since then may have been told to Invalidate before this was said.
		now := e.images.View(layer)
		if now == nil || now.Synthetic() > 0 == (v.Synthetic() > 0) {
			return v
		}
		v = now
	}
	return nil
}

// selection is what a filter takes of a view. A filter on a property that the image
// does not keep is answered by the database.
func (e *Engine) selection(ctx context.Context, v *image.View, f *cql2.Filter) (*image.Selection, error) {
	s, err := v.Select(f)
	if _, unkept := errors.AsType[*image.ColumnError](err); !unkept {
		return s, err
	}
	known := func(context.Context) ([]int64, error) { return nil, errUnknown }
	if s, err := v.SelectIDs(ctx, f.Canonical(), known); !errors.Is(err, errUnknown) {
		return s, err
	}
	// One after another: who asks the same next finds the answer here.
	if err := take(ctx, e.finds); err != nil {
		return nil, err
	}
	defer func() { <-e.finds }()
	return v.SelectIDs(ctx, f.Canonical(), func(ctx context.Context) ([]int64, error) {
		ids, _, err := e.store.MatchingIDs(ctx, v.Layer(), f)
		return ids, err
	})
}

// errUnknown says that the answer of a filter has to be asked for.
var errUnknown = errors.New("the answer of the filter is not known yet")

// take waits for one of the turns.
func take(ctx context.Context, turns chan struct{}) error {
	select {
	case turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// bufferUnits is the buffer of a tile in fixed units.
func bufferUnits(z geo.Zoom) uint32 { return uint32(uint64(plane.Buffer) << 20 >> z) }

// Invalidate drops the finished tiles that the changes of a layer can have
// altered, after the image has them. Tiles of low zooms serve up to a second
// longer, see package cache.
func (e *Engine) Invalidate(l *layers.Layer, touches []image.Touch) {
	if v := e.images.View(l.Name); v != nil && e.told.wrong(l.Name, v.Synthetic() > 0) {
		e.cache.Drop(l.Name)
		return
	}
	boxes := make([]geo.FixedBox, 0, 2*len(touches))
	for _, t := range touches {
		if t.Was {
			boxes = append(boxes, t.Old)
		}
		if t.Is {
			boxes = append(boxes, t.New)
		}
	}
	margin := uint32(Margin)
	if l.Geometry == layers.Point {
		margin = 0
	}
	e.cache.Invalidate(l.Name, boxes, margin)
}

// Drop drops all finished tiles of a layer, after it was loaded anew or removed.
func (e *Engine) Drop(layer string) { e.cache.Drop(layer) }

// Stats are the counts of the cache.
type Stats = cache.Stats

// Stats reads the counts of the cache of finished tiles.
func (e *Engine) Stats() Stats { return e.cache.Stats() }
