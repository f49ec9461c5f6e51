package cache

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"yiping/geo"
)

// LowZoom is the deepest zoom whose tiles are made at most once in Interval.
const LowZoom geo.Zoom = 11

// Interval is the least time between two beginnings of a tile of a low zoom.
const Interval = time.Second

// Key names one form of one tile.
type Key struct {
	Tile geo.TileID
	// Form is all that the bytes depend on beside the address: layers,
	// properties, filter, encoding.
	Form string
}

// Entry is a finished tile. It does not change.
type Entry struct {
	// Body are the bytes as they are sent; none for an empty tile.
	Body []byte
	// ETag is a strong one for these bytes.
	ETag string

	key    Key
	layers []string
	began  time.Time
	stale  atomic.Bool
}

// Stale reports whether a change can have altered the tile since it was begun.
func (e *Entry) Stale() bool { return e.stale.Load() }

// Age is the time since the making of the tile began.
func (e *Entry) Age() time.Duration { return time.Since(e.began) }

// usable reports whether the entry may answer a request that comes now.
func (e *Entry) usable() bool {
	return !e.Stale() || e.key.Tile.Z <= LowZoom && e.Age() < Interval
}

// overhead is what an entry takes beside its bytes and its form, in bytes:
// itself, the store's node and its places in the index.
const overhead = 400

func (e *Entry) weight() uint32 { return uint32(len(e.Body) + len(e.key.Form) + overhead) }

// Cache holds tiles.
type Cache struct {
	timeout time.Duration
	store   *otter.Cache[Key, *Entry]
	index   index

	mu      sync.Mutex
	flights map[Key]*flight

	hits, misses, stale atomic.Int64
}

// flight is a tile in the making. Its entry is complete when done is closed.
type flight struct {
	entry   *Entry
	err     error
	done    chan struct{}
	cancel  context.CancelFunc
	waiters int // under Cache.mu
}

// New makes a cache of at most that many bytes. timeout bounds the making of one
// tile.
func New(bytes uint64, timeout time.Duration) *Cache {
	c := &Cache{timeout: timeout, flights: map[Key]*flight{}}
	c.store = otter.Must(&otter.Options[Key, *Entry]{
		MaximumWeight:    bytes,
		Weigher:          func(_ Key, e *Entry) uint32 { return e.weight() },
		OnAtomicDeletion: func(d otter.DeletionEvent[Key, *Entry]) { c.index.remove(d.Value) },
	})
	return c
}

// Work makes the body and the tag of a tile.
type Work func(ctx context.Context) (body []byte, etag string, err error)

// Get returns a tile that holds the layers, and makes it if need be. The error
// is that of work, or ctx's.
func (c *Cache) Get(ctx context.Context, key Key, layers []string, work Work) (*Entry, error) {
	if e := c.stored(key); e != nil {
		c.hits.Add(1)
		return e, nil
	}
	f, e := c.join(ctx, key, layers, work)
	if e != nil {
		c.hits.Add(1)
		return e, nil
	}
	c.misses.Add(1)
	select {
	case <-f.done:
		return f.entry, f.err
	case <-ctx.Done():
		c.leave(f)
		return nil, context.Cause(ctx)
	}
}

// stored returns a tile that needs no work, nil if there is none.
func (c *Cache) stored(key Key) *Entry {
	e, ok := c.store.GetIfPresent(key)
	if !ok || !e.usable() {
		return nil
	}
	if e.Stale() {
		c.stale.Add(1)
	}
	return e
}

// join finds or begins the flight of a key, or finds that it has just landed.
func (c *Cache) join(ctx context.Context, key Key, layers []string, work Work) (*flight, *Entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.flights[key]; f != nil && f.entry.usable() {
		f.waiters++
		return f, nil
	}
	if e := c.stored(key); e != nil {
		return nil, e
	}
	f := &flight{
		entry: &Entry{key: key, layers: layers, began: time.Now()},
		done:  make(chan struct{}), waiters: 1,
	}
	// What is made serves all who wait, whoever asked first.
	ctx, f.cancel = context.WithTimeout(context.WithoutCancel(ctx), c.timeout)
	c.index.add(f.entry)
	c.flights[key] = f
	go c.fly(ctx, f, work)
	return f, nil
}

// fly makes the tile and keeps it if it is still true.
func (c *Cache) fly(ctx context.Context, f *flight, work Work) {
	defer f.cancel()
	e := f.entry
	e.Body, e.ETag, f.err = guarded(ctx, work)
	kept := f.err == nil && e.usable()
	if kept {
		c.store.Set(e.key, e)
	} else {
		c.index.remove(e)
	}
	c.mu.Lock()
	if c.flights[e.key] == f {
		delete(c.flights, e.key)
	}
	c.mu.Unlock()
	close(f.done)
	if kept && !e.usable() { // invalidated while it was stored
		c.drop(e)
	}
}

// guarded turns a panic into an error: on a goroutine of ours it would end the
// process, where net/http would have ended the request.
func guarded(ctx context.Context, work Work) (body []byte, etag string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return work(ctx)
}

// leave is called by a caller who no longer waits.
func (c *Cache) leave(f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.waiters--; f.waiters > 0 {
		return
	}
	f.cancel()
	if c.flights[f.entry.key] == f { // nobody may join what is being stopped
		delete(c.flights, f.entry.key)
	}
}

// drop removes the entry from the store, unless another has taken its place.
func (c *Cache) drop(e *Entry) {
	c.store.ComputeIfPresent(e.key, func(stored *Entry) (*Entry, otter.ComputeOp) {
		if stored == e {
			return nil, otter.InvalidateOp
		}
		return stored, otter.CancelOp
	})
}

// Invalidate marks the tiles of a layer that meet one of the boxes. A tile
// reaches beyond its edges by margin, in 4096ths of its side. What was marked
// and will not serve again is dropped.
func (c *Cache) Invalidate(layer string, boxes []geo.FixedBox, margin uint32) {
	c.discard(c.index.mark(layer, boxes, margin))
}

// Drop marks all tiles of a layer.
func (c *Cache) Drop(layer string) { c.discard(c.index.markAll(layer)) }

func (c *Cache) discard(marked []*Entry) {
	for _, e := range marked {
		if e.key.Tile.Z > LowZoom {
			c.drop(e)
		}
	}
}

// Stats are counts since the start, and what is held now.
type Stats struct {
	Hits, Misses int64
	// StaleHits are the hits that a stale tile of a low zoom answered.
	StaleHits int64
	Entries   int
	Bytes     uint64
}

// Stats reads the counts.
func (c *Cache) Stats() Stats {
	return Stats{
		Hits: c.hits.Load(), Misses: c.misses.Load(), StaleHits: c.stale.Load(),
		Entries: c.store.EstimatedSize(), Bytes: c.store.WeightedSize(),
	}
}
