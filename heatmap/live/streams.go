package live

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"yiping/heatmap"
	"yiping/stream"
)

// Hub is told what changes, after the tables have it.
type Hub interface {
	Touch(stream string, touches []stream.Touch, position string, made time.Time)
	Replace(stream, position string)
}

// Name is that of the stream of a run; now has none.
func Name(run string) string {
	if run == "" {
		return "heat"
	}
	return "heat@" + run
}

// Streams are the streams of the runs that are open.
type Streams struct {
	coarsest, finest int
	// wake says that a table has news.
	wake chan struct{}

	mu     sync.Mutex
	tables map[string]*table // by run
	// closed are those that the hub has not been told of.
	closed []*table
}

// New has no streams yet. Of the rules it needs the resolutions.
func New(r heatmap.Rules) *Streams {
	return &Streams{coarsest: r.Coarsest, finest: r.Finest, wake: make(chan struct{}, 1), tables: map[string]*table{}}
}

// Feed takes the frames of one run.
type Feed struct {
	streams *Streams
	run     string
	table   *table
}

// Open begins the stream of a run, in place of another feed of that run, from which
// nothing is taken any more. It is empty until the first frame.
func (s *Streams) Open(run string) *Feed {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tables[run]
	if t == nil {
		t = newTable(Name(run), s.coarsest, s.finest)
		s.tables[run] = t
	}
	f := &Feed{s, run, t}
	t.begin(f)
	s.awake()
	return f
}

// Observe takes a frame, in place of one that has not become rows yet.
func (f *Feed) Observe(frame *heatmap.Frame) {
	f.table.offer(f, frame)
	f.streams.awake()
}

// Close ends the stream, unless another feed has it.
func (f *Feed) Close() {
	s := f.streams
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.table.end(f) {
		delete(s.tables, f.run)
		s.closed = append(s.closed, f.table)
		s.awake()
	}
}

func (s *Streams) awake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Tables are the streams that there are now, by name.
func (s *Streams) Tables() []stream.Table {
	all := []stream.Table{}
	for _, t := range s.list() {
		all = append(all, t)
	}
	return all
}

func (s *Streams) list() []*table {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*table, 0, len(s.tables))
	for _, t := range s.tables {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *table) int { return strings.Compare(a.about.Name, b.about.Name) })
	return all
}

// Run makes rows of frames and tells the hub, until ctx is done. It returns nil.
func (s *Streams) Run(ctx context.Context, hub Hub) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		}
		s.mu.Lock()
		closed := s.closed
		s.closed = nil
		s.mu.Unlock()
		for _, t := range append(closed, s.list()...) {
			t.tell(hub)
		}
	}
}
