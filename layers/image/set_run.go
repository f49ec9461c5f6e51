package image

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"yiping/layers"
)

// snapshotSuffix ends the names of snapshot files.
const snapshotSuffix = ".image"

// Open reads the snapshot files that are there and fit, and removes the others. A
// snapshot fits if the source can tell all that was changed after it.
func (s *Set) Open(ctx context.Context) {
	if s.Directory == "" {
		return
	}
	s.sweep()
	var g errgroup.Group
	g.SetLimit(s.Loads)
	s.mu.Lock()
	members := slices.Collect(maps.Values(s.members))
	s.mu.Unlock()
	for _, m := range members {
		g.Go(func() error {
			s.open(ctx, m)
			return nil
		})
	}
	_ = g.Wait() // none returns an error
}

func (s *Set) open(ctx context.Context, m *member) {
	begun := time.Now()
	i := m.image
	err := i.OpenSnapshot(s.file(i.layer.Name))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		var holds bool
		if holds, err = s.Source.Holds(ctx, i.View().Mark()); err == nil && !holds {
			err = errors.New("changes after it have been forgotten")
		}
	}
	if err != nil {
		if ctx.Err() == nil {
			s.Log.Warn("snapshot is of no use", "layer", i.layer.Name, "error", err)
		}
		return
	}
	v := i.View()
	s.mu.Lock()
	m.wanted = false
	m.cut, m.mark, m.saved, m.savedAt = v.Cut(), v.Mark(), v.Generation(), time.Now()
	s.publish(i.layer.Name, i)
	s.mu.Unlock()
	s.ready(i, "snapshot", begun)
}

// Run reads the layers that Open has not, merges segments and writes snapshots
// until ctx ends, then writes the last snapshots and returns nil. A layer that
// cannot be read is logged and tried again; the others do not wait for it.
func (s *Set) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.wake.Broadcast()
	})
	defer stop()
	var g errgroup.Group
	for range s.Loads {
		g.Go(func() error {
			s.readers(ctx)
			return nil
		})
	}
	g.Go(func() error {
		s.keep(ctx)
		return nil
	})
	_ = g.Wait() // none returns an error
	s.save()
	return nil
}

// readers reads one layer after another that is wanted.
func (s *Set) readers(ctx context.Context) {
	for {
		m := s.next(ctx)
		if m == nil {
			return
		}
		s.read(ctx, m)
	}
}

// next waits for a layer that is to be read; nil when ctx ends.
func (s *Set) next(ctx context.Context) *member {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ctx.Err() == nil {
		for _, l := range s.Source.Catalog().Layers() {
			m := s.members[l.Name]
			if m != nil && m.wanted && !m.reading && (m.err == nil || time.Since(m.failed) >= retryAfter) {
				m.wanted, m.reading = false, true
				clear(m.pending)
				return m
			}
		}
		s.wake.Wait()
	}
	return nil
}

// read fills the image of a member and shows it.
func (s *Set) read(ctx context.Context, m *member) {
	s.mu.Lock()
	i := m.image
	s.mu.Unlock()
	begun := time.Now()
	batches, cut, mark, err := s.Source.ReadImage(ctx, i.layer, i.NewBatch)
	if err == nil {
		err = i.Load(batches, cut, mark)
	}
	if err == nil {
		err = s.settle(ctx, m, i, cut, mark)
	}
	if err != nil {
		s.fail(ctx, m, i, err)
		return
	}
	s.ready(i, "source", begun)
}

func (s *Set) ready(i *Image, from string, begun time.Time) {
	s.Log.Info("image is ready", "layer", i.layer.Name, "from", from, "features", i.View().Len(),
		"took", time.Since(begun).Round(time.Millisecond))
	s.replaced(i.layer)
}

// settle applies what has changed while the image was read, and then shows it.
func (s *Set) settle(ctx context.Context, m *member, i *Image, cut layers.Cut, mark string) error {
	for {
		s.mu.Lock()
		ids := make([]int64, 0, len(m.pending))
		for id := range m.pending {
			ids = append(ids, id)
		}
		if len(ids) == 0 {
			defer s.mu.Unlock()
			m.reading, m.err = false, nil
			m.cut, m.mark = cut, mark
			if s.members[i.layer.Name] == m && m.image == i {
				s.publish(i.layer.Name, i)
			}
			s.wake.Broadcast() // it may be wanted again already
			return nil
		}
		clear(m.pending)
		s.mu.Unlock()
		slices.Sort(ids)
		if err := s.apply(ctx, i, ids, cut, mark); err != nil {
			return err // the next read will have them
		}
	}
}

func (s *Set) fail(ctx context.Context, m *member, i *Image, err error) {
	if ctx.Err() == nil {
		s.Log.Error("image cannot be read", "layer", i.layer.Name, "error", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m.reading, m.wanted, m.err, m.failed = false, true, err, time.Now()
}

func (s *Set) replaced(l *layers.Layer) {
	if s.Replaced != nil {
		s.Replaced(l)
	}
}

// keep merges and saves now and then, and wakes what waits to be tried again.
func (s *Set) keep(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	saved := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		for _, i := range *s.views.Load() {
			if _, err := i.Merge(false); err != nil {
				s.Log.Error("image cannot be merged", "layer", i.layer.Name, "error", err)
			}
		}
		if time.Since(saved) >= s.SaveEvery {
			s.save()
			saved = time.Now()
		}
		s.mu.Lock()
		s.wake.Broadcast()
		s.mu.Unlock()
	}
}

// save writes the snapshots of what has changed since the last time.
func (s *Set) save() {
	if s.Directory == "" {
		return
	}
	type job struct {
		member *member
		image  *Image
		mark   string
	}
	var jobs []job
	s.mu.Lock()
	for _, m := range s.members {
		if !m.wanted && !m.reading {
			jobs = append(jobs, job{m, m.image, m.mark})
		}
	}
	s.mu.Unlock()
	for _, j := range jobs {
		// The view has at least all up to the mark, which was read before it.
		generation := j.image.View().Generation()
		if j.member.saved == generation && time.Since(j.member.savedAt) < refreshAfter {
			continue
		}
		name := j.image.layer.Name
		if err := j.image.SaveSnapshot(s.file(name), j.mark); err != nil {
			s.Log.Error("snapshot cannot be written", "layer", name, "error", err)
			continue
		}
		j.member.saved, j.member.savedAt = generation, time.Now()
	}
}

func (s *Set) file(layer string) string { return filepath.Join(s.Directory, layer+snapshotSuffix) }

// forget removes the snapshot of a layer that is gone.
func (s *Set) forget(layer string) {
	if s.Directory == "" {
		return
	}
	if err := os.Remove(s.file(layer)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.Log.Warn("snapshot cannot be removed", "layer", layer, "error", err)
	}
}

// sweep removes files that a crash or an earlier catalog has left.
func (s *Set) sweep() {
	if s.Directory == "" {
		return
	}
	files, err := os.ReadDir(s.Directory)
	if err != nil {
		s.Log.Warn("snapshots cannot be listed", "error", fmt.Errorf("read %s: %w", s.Directory, err))
		return
	}
	for _, f := range files {
		name, _, found := strings.Cut(f.Name(), snapshotSuffix)
		_, err := s.Source.Catalog().Layer(name)
		if found && (err != nil || f.Name() != name+snapshotSuffix) {
			if err := os.Remove(filepath.Join(s.Directory, f.Name())); err != nil {
				s.Log.Warn("snapshot cannot be removed", "file", f.Name(), "error", err)
			}
		}
	}
}
