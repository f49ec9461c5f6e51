package fence

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"yiping/geo/cell"
	"yiping/layers"
)

// Config is how an Engine judges.
type Config struct {
	// Gone is how long after its last fix an object of a stream counts as gone; 0 is
	// never. Defaults to never, for all streams.
	Gone func(stream string) time.Duration
	// MaxGap is the longest time between two fixes of which the straight line says
	// something about the way. Defaults to two minutes.
	MaxGap time.Duration
	// Rows are what the fields of a stream's objects are like, for filters; nil without
	// any. Defaults to none.
	Rows func(stream string) *layers.Layer
}

// Engine decides what happens between objects and fences. Not safe for concurrent
// use.
type Engine struct {
	cfg     Config
	index   index
	fences  map[string]*watched
	streams map[string]*objects
	// late counts fixes that came too late to be heard.
	late int64
	// here and way are the entries of the fix under way.
	here, way []entry
}

// watched is a fence with those that stand in some relation to it.
type watched struct {
	shape *shape
	// streams are those whose objects it watches.
	streams []*objects
	// filters are those of its streams; nil watches all objects.
	filters map[*objects]*filter
	// crossings says that it tells of them.
	crossings bool
	stays     map[*stay]bool
}

// watches reports whether the fence is for a stream's objects.
func (w *watched) watches(st *objects) bool { return slices.Contains(w.streams, st) }

// objects are those of a stream.
type objects struct {
	name   string
	gone   time.Duration
	byKey  map[string]*object
	newest time.Time
	wheel  wheel
	// swept is when those that nothing is to be remembered of were last let go.
	swept time.Time
}

// object is one, at its last fix.
type object struct {
	stream    *objects
	key       string
	time      time.Time
	place     orb.Point
	cell      cell.Cell
	synthetic bool
	// alive is the time of the last sign of life: the last fix, or a restart.
	alive time.Time
	// fresh says that it was seen since the last restart: the way from a place that was
	// kept to the next fix is not known.
	fresh bool
	// heard is what time has decided up to: fixes before it are late.
	heard time.Time
	stays []*stay
}

// run is one call of an Engine for one stream.
type run struct {
	*Engine
	stream *objects
	out    Outcome
}

// New is an engine without fences.
func New(cfg Config) *Engine {
	cfg.MaxGap = cmp.Or(cfg.MaxGap, 2*time.Minute)
	if cfg.Gone == nil {
		cfg.Gone = func(string) time.Duration { return 0 }
	}
	if cfg.Rows == nil {
		cfg.Rows = func(string) *layers.Layer { return nil }
	}
	return &Engine{cfg: cfg, index: newIndex(), fences: map[string]*watched{}, streams: map[string]*objects{}}
}

// Late is how many fixes came too late to be heard.
func (e *Engine) Late() int64 { return e.late }

// Newest is the time of a stream's newest fix; zero without any.
func (e *Engine) Newest(stream string) time.Time {
	if st := e.streams[stream]; st != nil {
		return st.newest
	}
	return time.Time{}
}

func (e *Engine) run(stream string) *run {
	st := e.streams[stream]
	if st == nil {
		st = &objects{name: stream, gone: e.cfg.Gone(stream), byKey: map[string]*object{}}
		e.streams[stream] = st
	}
	return &run{Engine: e, stream: st}
}

// Observe takes fixes of a stream's objects. Those of one object come in the order
// of their times; one that is not newer than its object's last is counted and not
// heard.
func (e *Engine) Observe(stream string, fixes []Fix) Outcome {
	r := e.run(stream)
	for i := range fixes {
		r.observe(&fixes[i])
	}
	return r.out
}

func (e *run) observe(f *Fix) {
	o := e.stream.byKey[f.Key]
	// Transitions are numbered in ms, so no two of a pair may lie within one.
	at := f.Time.Truncate(time.Millisecond)
	switch {
	case o == nil:
		o = &object{stream: e.stream, key: f.Key}
		e.stream.byKey[f.Key] = o
	case !at.After(o.time) || !at.After(o.heard):
		e.late++
		// Told again by who knows its newest, it was there and nowhere else since.
		o.fresh = o.fresh || at.Equal(o.time)
		return
	}
	told := len(e.out.Transitions)
	for _, s := range o.stays {
		e.elapse(s, at)
	}
	from, fromCell, step := o.place, o.cell, o.fresh && at.Sub(o.time) <= e.cfg.MaxGap
	o.time, o.place, o.cell, o.synthetic, o.fresh = at, f.Place, cell.At(f.Place, finest), f.Synthetic, true
	if o.alive.Before(at) {
		o.alive = at
	}
	if e.stream.newest.Before(at) {
		e.stream.newest = at
	}
	e.locate(o, f.Values)
	if step {
		e.between(o, f.Values, from, fromCell)
	}
	for _, s := range o.stays {
		if s.unmatched {
			e.part(s, at)
		} else {
			e.move(s, s.zone, at)
		}
	}
	e.settle(o)
	slices.SortStableFunc(e.out.Transitions[told:], func(a, b Transition) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Fence, b.Fence))
	})
}

// locate finds the zones of an object's place, with a stay for each fence that it
// is in or near.
func (e *run) locate(o *object, v Values) {
	for _, s := range o.stays {
		s.zone, s.unmatched = outside, !s.fence.takes(e.stream, v)
	}
	e.here = e.index.appendAt(e.here[:0], o.cell)
	for _, at := range e.here {
		if !at.watches(e.stream) {
			continue
		}
		z := at.shape.zone(at.piece, o.place)
		s := o.stay(at.watched)
		if s == nil && (z == inside || z >= near && at.shape.def.Near > 0) && at.takes(e.stream, v) {
			s = &stay{fence: at.watched, entity: o}
			o.stays = append(o.stays, s)
			at.stays[s] = true
		}
		if s != nil {
			s.zone = z
		}
	}
}

// between tells of the fences that an object's last step led through. Who is in one
// at either end enters or leaves it instead.
func (e *run) between(o *object, v Values, from orb.Point, fromCell cell.Cell) {
	if from == o.place {
		return
	}
	way := e.here
	if fromCell != o.cell {
		e.way = e.index.appendBetween(e.way[:0], from, o.place, fromCell)
		way = e.way
	}
	var crossed []*watched
	for _, at := range way {
		s := o.stay(at.watched)
		waiting := s != nil && s.phase == Away
		switch {
		case !at.crossings && !waiting, slices.Contains(crossed, at.watched),
			!at.watches(e.stream),
			s != nil && (s.zone == inside || s.phase != Away && s.phase != None),
			!at.shape.passes(at.piece, from, o.place),
			!at.takes(e.stream, v),
			at.shape.holds(fromCell, from): // it was drawn around the object
			continue
		}
		crossed = append(crossed, at.watched)
		if s == nil {
			s = &stay{fence: at.watched, entity: o}
		}
		e.tell(s, Cross, Moved, o.time, o.place)
		if waiting { // it was there
			e.turn(s, None)
		}
	}
}

// settle forgets what has ended and puts the rest on the wheel.
func (e *run) settle(o *object) {
	o.stays = slices.DeleteFunc(o.stays, func(s *stay) bool {
		if s.over() {
			delete(s.fence.stays, s)
			return true
		}
		e.schedule(s)
		return false
	})
}

func (o *object) stay(w *watched) *stay {
	for _, s := range o.stays {
		if s.fence == w {
			return s
		}
	}
	return nil
}

// Advance lets a stream's time pass: no fix before it is expected any more. Fixes
// that come nevertheless are heard as long as time has decided nothing that they
// could contradict.
func (e *Engine) Advance(stream string, to time.Time) Outcome {
	r := e.run(stream)
	for _, a := range r.stream.wheel.turn(to) {
		s := a.stay
		if s.over() || !s.due.Equal(a.due) {
			continue
		}
		s.due = time.Time{}
		if last := r.elapse(s, to.Add(1)); last.After(s.entity.heard) {
			s.entity.heard = last
		}
		r.settle(s.entity)
	}
	if to.Sub(r.stream.swept) > e.cfg.MaxGap {
		r.stream.sweep(to.Add(-e.cfg.MaxGap))
		r.stream.swept = to
	}
	return r.out
}

// sweep lets go of objects whose last fix is too old to draw a line from.
func (st *objects) sweep(before time.Time) {
	for key, o := range st.byKey {
		if len(o.stays) == 0 && o.time.Before(before) && o.heard.Before(before) {
			delete(st.byKey, key)
		}
	}
}

// Put adds a fence, or replaces the one with its ID: who is where shows with the
// next fixes. The definition has passed Check.
func (e *Engine) Put(d Definition) (Outcome, error) {
	sh, err := newShape(d)
	if err != nil {
		return Outcome{}, fmt.Errorf("prepare: %w", err)
	}
	filters := map[*objects]*filter{}
	if d.Where != "" {
		for _, name := range d.Streams {
			if filters[e.run(name).stream], err = newFilter(e.cfg.Rows(name), d.Where); err != nil {
				return Outcome{}, fmt.Errorf("prepare fence %s: %w", d.ID, err)
			}
		}
	}
	w := e.fences[d.ID]
	if w == nil {
		w = &watched{stays: map[*stay]bool{}}
		e.fences[d.ID] = w
	} else {
		e.index.remove(w)
	}
	w.shape, w.streams, w.filters, w.crossings = sh, nil, filters, slices.Contains(d.Kinds, Cross)
	for _, name := range d.Streams {
		w.streams = append(w.streams, e.run(name).stream)
	}
	e.index.add(w)
	return e.end(w, func(st *objects) bool { return !w.watches(st) }), nil
}

// Remove forgets a fence. Who is in it leaves it at its stream's newest time.
func (e *Engine) Remove(id string) Outcome {
	w := e.fences[id]
	if w == nil {
		return Outcome{}
	}
	e.index.remove(w)
	delete(e.fences, id)
	return e.end(w, func(*objects) bool { return true })
}

// end ends the stays with a fence of some streams.
func (e *Engine) end(w *watched, which func(*objects) bool) Outcome {
	var out Outcome
	stays := slices.SortedFunc(maps.Keys(w.stays), func(a, b *stay) int {
		return cmp.Or(cmp.Compare(a.entity.stream.name, b.entity.stream.name), cmp.Compare(a.entity.key, b.entity.key))
	})
	for _, s := range stays {
		if !which(s.entity.stream) {
			continue
		}
		r := &run{Engine: e, stream: s.entity.stream}
		s.near = false
		if s.phase == In || s.phase == Leaving {
			s.turned = s.entity.place
			r.exit(s, r.stream.newest, Removed)
		} else {
			r.turn(s, None)
		}
		r.settle(s.entity)
		out.Transitions = append(out.Transitions, r.out.Transitions...)
		out.States = append(out.States, r.out.States...)
	}
	return out
}

// Versions are those of the fences by ID.
func (e *Engine) Versions() map[string]int32 {
	all := make(map[string]int32, len(e.fences))
	for id, w := range e.fences {
		all[id] = w.shape.def.Version
	}
	return all
}
