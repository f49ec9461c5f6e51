package image

import (
	"context"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"yiping/layers"
)

// Source is where a Set reads layers. A mark is a place in its history of changes.
type Source interface {
	// Catalog is the set of layers now.
	Catalog() *layers.Catalog
	// ReadImage reads all of a layer, as it is at one moment, into batches that
	// newBatch makes. All that was changed before the mark is in.
	ReadImage(ctx context.Context, l *layers.Layer, newBatch func() *Batch) (batches []*Batch, cut layers.Cut, mark string, err error)
	// ReadChanged reads features as they are now into a batch, and deletes there
	// those that are gone.
	ReadChanged(ctx context.Context, l *layers.Layer, ids []int64, b *Batch) error
	// Holds tells whether all that was changed after a mark can still be told.
	Holds(ctx context.Context, mark string) (bool, error)
}

// SetConfig is what a Set works with.
type SetConfig struct {
	Source Source
	// Directory is where snapshot files are kept; empty for none. It must exist.
	Directory string
	// Loads is how many layers are read at once. Defaults to DefaultLoads.
	Loads int
	// SaveEvery is how often snapshots of what has changed are written, beside the
	// ones at the end. Defaults to DefaultSaveEvery.
	SaveEvery time.Duration
	// Changed is told what changes did to tiles, after the new view is there; nil
	// tells nobody.
	Changed func(*layers.Layer, []Touch)
	// Replaced is told of layers that were read anew, or are gone, after that.
	Replaced func(*layers.Layer)
	Log      *slog.Logger
}

// The defaults of a Set.
const (
	DefaultLoads     = 2
	DefaultSaveEvery = 30 * time.Minute
)

const (
	// tick is how often a Set looks for segments to merge.
	tick = time.Second
	// retryAfter is how long a layer that could not be read waits.
	retryAfter = 10 * time.Second
	// refreshAfter is when a snapshot is written again though nothing has changed:
	// its mark would grow too old.
	refreshAfter = 24 * time.Hour
)

// Set is the images of all layers of a source. Open reads what has a snapshot file,
// Run everything else from the source; layers may come, go and be read anew.
//
// Changes are told from the earliest of Marks on, or from where the source stands
// before Run if that is earlier, by Changed and Advance.
type Set struct {
	SetConfig
	// views is replaced as a whole, so that readers need no lock.
	views atomic.Pointer[map[string]*Image]

	// mu guards the members. It is never held during input or output.
	mu      sync.Mutex
	wake    *sync.Cond // on mu: there may be something to read
	members map[string]*member
}

// member is a layer of a Set.
type member struct {
	image *Image
	// wanted asks for a read, reading is one at work. Changes that come meanwhile
	// wait in pending; those that come before are in what will be read.
	wanted, reading bool
	pending         map[int64]bool
	err             error
	failed          time.Time
	// cut and mark are the state of which the image has everything.
	cut  layers.Cut
	mark string
	// saved is the generation in the snapshot file.
	saved   uint64
	savedAt time.Time
}

// NewSet is a set that has read nothing yet; see Run.
func NewSet(c SetConfig) *Set {
	if c.Loads == 0 {
		c.Loads = DefaultLoads
	}
	if c.SaveEvery == 0 {
		c.SaveEvery = DefaultSaveEvery
	}
	s := &Set{SetConfig: c, members: make(map[string]*member)}
	s.wake = sync.NewCond(&s.mu)
	s.views.Store(&map[string]*Image{})
	s.learn()
	return s
}

// View is the image of a layer as it is now; nil if there is none, or none yet.
func (s *Set) View(layer string) *View {
	i := (*s.views.Load())[layer]
	if i == nil {
		return nil
	}
	return i.View()
}

// Reload has a layer read anew, whatever the state of its image, and takes notice of
// layers that are new or gone. It does not wait; until the layer has been read, its
// old view stays.
func (s *Set) Reload(layer string) { s.learn(layer) }

// learn brings the members in line with the catalog, and wants the named layers
// read: in one step, or a new layer could be read twice.
func (s *Set) learn(reload ...string) {
	var gone []*layers.Layer
	s.mu.Lock()
	catalog := s.Source.Catalog()
	for _, l := range catalog.Layers() {
		m := s.members[l.Name]
		if m != nil && reflect.DeepEqual(m.image.layer, l) {
			continue
		}
		if m == nil {
			m = &member{pending: make(map[int64]bool)}
			s.members[l.Name] = m
		}
		m.image, m.wanted = New(l), true // what is in views goes on serving
	}
	for name, m := range s.members {
		if _, err := catalog.Layer(name); err != nil {
			delete(s.members, name)
			gone = append(gone, m.image.layer)
		}
	}
	for _, name := range reload {
		if m := s.members[name]; m != nil {
			m.wanted = true
		}
	}
	for _, l := range gone {
		s.publish(l.Name, nil)
	}
	s.wake.Broadcast()
	s.mu.Unlock()
	for _, l := range gone {
		s.forget(l.Name)
		s.replaced(l)
	}
}

// publish shows an image, or none, under a name. The lock is held.
func (s *Set) publish(name string, i *Image) {
	views := maps.Clone(*s.views.Load())
	if i == nil {
		delete(views, name)
	} else {
		views[name] = i
	}
	s.views.Store(&views)
}

// Changed brings features up to date that have changed, and returns when the view
// shows them, or when they are sure to be in the read of their layer that is at
// work. The cut and the mark are those up to which all changes of the layer have
// been told. After an error the same changes may be told again.
func (s *Set) Changed(ctx context.Context, layer string, ids []int64, cut layers.Cut, mark string) error {
	s.mu.Lock()
	m := s.members[layer]
	if m == nil || m.wanted || m.reading {
		if m != nil && m.reading {
			for _, id := range ids {
				m.pending[id] = true
			}
		}
		s.mu.Unlock()
		return nil
	}
	i := m.image
	s.mu.Unlock()
	if err := s.apply(ctx, i, ids, cut, mark); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.image == i && !m.reading {
		m.cut, m.mark = cut, mark
	}
	return nil
}

func (s *Set) apply(ctx context.Context, i *Image, ids []int64, cut layers.Cut, mark string) error {
	b := i.NewBatch()
	if err := s.Source.ReadChanged(ctx, i.layer, ids, b); err != nil {
		return err
	}
	touches, err := i.Apply(b, cut, mark)
	if err == nil && s.SetConfig.Changed != nil {
		s.SetConfig.Changed(i.layer, touches)
	}
	return err
}

// Advance says that all changes up to a mark have been told, of all layers.
func (s *Set) Advance(cut layers.Cut, mark string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.members {
		if !m.wanted && !m.reading {
			m.cut, m.mark = cut, mark
		}
	}
}

// Marks are those of the layers that have been read, each once: changes must be
// told from the earliest on.
func (s *Set) Marks() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	marks := make(map[string]bool)
	for _, m := range s.members {
		if !m.wanted && !m.reading {
			marks[m.mark] = true
		}
	}
	return slices.Sorted(maps.Keys(marks))
}

// State says how far a layer is.
type State string

// The states.
const (
	Loading State = "loading" // being read, or waiting for it
	Ready   State = "ready"
	Failed  State = "failed" // will be tried again
)

// Status is a layer of a set as it stands.
type Status struct {
	Layer string
	State State
	// Serves tells whether there is a view, be it an old one.
	Serves bool
	// Err is why the last read failed.
	Err    error
	Memory Memory
}

// Status lists all layers by name.
func (s *Set) Status() []Status {
	s.mu.Lock()
	all := make([]Status, 0, len(s.members))
	images := make([]*Image, 0, len(s.members))
	for _, name := range slices.Sorted(maps.Keys(s.members)) {
		m := s.members[name]
		st := Status{Layer: name, State: Ready, Serves: s.View(name) != nil, Err: m.err}
		switch {
		case m.err != nil:
			st.State = Failed
		case m.wanted || m.reading:
			st.State = Loading
		}
		all = append(all, st)
		images = append(images, m.image)
	}
	s.mu.Unlock()
	for n := range all {
		all[n].Memory = images[n].Memory()
	}
	return all
}
