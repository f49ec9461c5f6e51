package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"yiping/layers"
	"yiping/layers/image"
	"yiping/layers/postgis"
	"yiping/stream/layertable"
	"yiping/tiles"
)

// images are the layers in memory and the tiles made of them, kept equal to the
// database by its change feed.
type images struct {
	store *postgis.Store
	set   *image.Set
	tiles *tiles.Engine
	// live tells screens what is changed here, and what moves.
	live *live
	log  *slog.Logger
	// at is how far the feed has been followed; nil before it was begun.
	at atomic.Pointer[postgis.Position]
	// goal is where the feed stood when it was begun, and reached says that all
	// before it was once in memory.
	goal    atomic.Pointer[postgis.Position]
	reached atomic.Bool
	// made is when the oldest of the changes that are being applied was made.
	made atomic.Pointer[time.Time]
	// news come when a layer was read or is gone, and when changes were applied.
	news news
}

// newImages prepares the images of a database; run fills them.
func newImages(db *database, log *slog.Logger) *images {
	m := &images{store: db.store, log: log}
	dir := db.snapshots
	if dir != "" {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			log.Warn("no snapshots of the layers; each start reads them from the database", "error", err)
			dir = ""
		}
	}
	m.set = image.NewSet(image.SetConfig{
		Source: db.store, Directory: dir, Log: log,
		Changed: m.changed, Replaced: m.replaced,
	})
	m.tiles = tiles.New(tiles.Config{Store: db.store, Images: m.set})
	m.live = newLive(db, m.set, log)
	return m
}

// changed tells of changes that a view has: the tiles first, so that who hears of
// them fetches new ones.
func (m *images) changed(l *layers.Layer, touches []image.Touch) {
	m.tiles.Invalidate(l, touches)
	made := m.made.Load()
	if made == nil { // of a layer that was read while the feed began
		now := time.Now()
		made = &now
	}
	m.live.areas.changed(l.Name)
	m.live.hub.Touch(layertable.Name(l.Name), layertable.Touches(touches), m.mark(l.Name), *made)
}

// replaced tells of a layer that was read anew or is gone.
func (m *images) replaced(l *layers.Layer) {
	m.tiles.Drop(l.Name)
	m.live.areas.changed(l.Name)
	m.live.hub.Replace(layertable.Name(l.Name), m.mark(l.Name))
	m.news.tell()
}

// mark is that of the view of a layer; empty without one.
func (m *images) mark(layer string) string {
	if v := m.set.View(layer); v != nil {
		return v.Mark()
	}
	return ""
}

// reload has a layer read anew. Its changes are not told until then.
func (m *images) reload(layer string) {
	m.live.hub.Hold(layertable.Name(layer))
	m.set.Reload(layer)
}

// run loads the layers and follows the feed until ctx is done; then it writes
// the snapshots and returns nil.
func (m *images) run(ctx context.Context) error {
	m.set.Open(ctx)
	// Asked before any layer is read, so that no change is between the two.
	from, ok := m.start(ctx)
	if !ok {
		return nil
	}
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return m.set.Run(running) })
	group.Go(func() error { return m.follow(running, from) })
	group.Go(func() error { return m.live.tailer.Run(running) })
	group.Go(func() error { return m.store.PruneHistories(running) })
	return group.Wait()
}

// follow follows the feed. After a gap it has every layer read anew.
func (m *images) follow(ctx context.Context, from postgis.Position) error {
	for {
		m.at.Store(&from)
		m.news.tell()
		err := m.store.Follow(ctx, from, m.apply)
		if !errors.Is(err, postgis.ErrGap) {
			return err
		}
		m.log.Warn("all layers are read anew", "error", err)
		var ok bool
		if from, ok = m.here(ctx); !ok {
			return nil
		}
		for _, l := range m.store.Catalog().Layers() {
			m.reload(l.Name)
		}
	}
}

// apply makes changes of the feed in the images and the tiles.
func (m *images) apply(ctx context.Context, changes postgis.Changes) error {
	m.made.Store(&changes.Oldest)
	cut, mark := layers.Cut{Time: changes.Time, Xmin: changes.Position.Xid}, changes.Position.String()
	for _, l := range changes.Layers {
		if l.Reset {
			m.reload(l.Layer)
			continue
		}
		if err := m.set.Changed(ctx, l.Layer, l.IDs(), cut, mark); err != nil {
			return err
		}
	}
	m.set.Advance(cut, mark)
	m.at.Store(&changes.Position)
	m.news.tell()
	return nil
}

// start is where the feed must be followed from: where it stands, or where the
// oldest snapshot was written.
func (m *images) start(ctx context.Context) (postgis.Position, bool) {
	from, ok := m.here(ctx)
	goal := from
	m.goal.Store(&goal)
	for _, mark := range m.set.Marks() {
		// Set has asked whether the feed holds the mark: it is of this history.
		if p, err := postgis.ParsePosition(mark); err == nil && p.Xid < from.Xid {
			from = p
		}
	}
	return from, ok
}

// feedRetry is how often the database is asked again where the feed stands.
const feedRetry = 2 * time.Second

// here is where the feed stands. It waits until the database answers; false if
// ctx is done before.
func (m *images) here(ctx context.Context) (postgis.Position, bool) {
	for {
		p, err := m.store.Position(ctx)
		if err == nil {
			return p, true
		}
		if ctx.Err() == nil {
			m.log.Warn("layers wait for the database", "error", err)
		}
		select {
		case <-ctx.Done():
			return p, false
		case <-time.After(feedRetry):
		}
	}
}

// missing names the layers that have no image yet.
func (m *images) missing() []string {
	var names []string
	for _, l := range m.store.Catalog().Layers() {
		if m.set.View(l.Name) == nil {
			names = append(names, l.Name)
		}
	}
	return names
}

// caughtUp tells whether the layers have once had all that lay behind the feed's
// position at the start. Snapshots lack what was changed after them.
func (m *images) caughtUp(ctx context.Context) (bool, error) {
	if m.reached.Load() {
		return true, nil
	}
	at := m.at.Load()
	if at == nil {
		return false, nil
	}
	behind, err := m.store.Changed(ctx, *at, *m.goal.Load())
	if err == nil && !behind {
		m.reached.Store(true)
	}
	return err == nil && !behind, err
}

// lag is the age of the oldest committed change that has not been applied; 0 if
// there is none. Before the feed was begun nobody can tell.
func (m *images) lag(ctx context.Context) (age time.Duration, known bool, err error) {
	at := m.at.Load()
	if at == nil {
		return 0, false, nil
	}
	age, err = m.store.Lag(ctx, *at)
	return age, err == nil, err
}
