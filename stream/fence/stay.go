package fence

import (
	"slices"
	"time"

	"github.com/paulmach/orb"
)

// stay is how an object stands to a fence while there is anything to remember.
type stay struct {
	fence  *watched
	entity *object
	phase  Phase
	// entered is when the stay began, left when the object went outside; turned is
	// where it was when the phase began.
	entered, left time.Time
	turned        orb.Point
	dwelt         bool
	// near says that the object is within near_m, or was and has not gone far since.
	near bool
	// number and told are those of the last transition.
	number int64
	told   *orb.Point
	// due is the deadline on the wheel; zero if there is none.
	due time.Time
	// zone is that of the fix under way; unmatched says that the fence does not watch the
	// object any more, by its values there.
	zone      zone
	unmatched bool
}

// over reports whether there is nothing to be remembered.
func (s *stay) over() bool { return s.phase == None && !s.near }

// move is what a fix in a zone does.
func (e *run) move(s *stay, z zone, t time.Time) {
	e.shift(s, z, t)
	if s.fence.shape.def.Near == 0 {
		return
	}
	switch {
	case z >= near && !s.near:
		s.near = true
		if z != inside {
			e.tell(s, Near, Moved, t, s.entity.place)
		}
		e.keep(s)
	case z == outside && s.near:
		s.near = false
		e.keep(s)
	}
}

// part is what a fix does whose values the fence's filter does not take.
func (e *run) part(s *stay, t time.Time) {
	s.near = false
	switch s.phase {
	case None, Entering, Away:
		e.turn(s, None)
	case In:
		s.turned = s.entity.place
		e.exit(s, t, Unmatched)
	case Leaving:
		e.exit(s, s.left, Unmatched)
	}
}

// shift has the phase follow a fix in a zone.
func (e *run) shift(s *stay, z zone, t time.Time) {
	settled := s.fence.shape.def.Settle == 0
	switch {
	case s.phase == None || s.phase == Away:
		if z != inside {
			return
		}
		s.entered, s.dwelt = t, false
		e.turn(s, Entering)
		if settled {
			e.enter(s, Moved)
		}
	case s.phase == Entering && z < band:
		e.tell(s, Cross, Moved, t, s.entity.place)
		e.turn(s, None)
	case s.phase == In && z < band:
		s.left = t
		e.turn(s, Leaving)
		if settled {
			e.exit(s, t, Moved)
		}
	case s.phase == Leaving && z >= band:
		e.turn(s, In)
	}
}

func (e *run) enter(s *stay, why Cause) {
	e.tell(s, Enter, why, s.entered, s.turned)
	e.turn(s, In)
}

func (e *run) exit(s *stay, t time.Time, why Cause) {
	e.tell(s, Exit, why, t, s.turned)
	s.left = t
	if s.fence.shape.def.Absence > 0 && why == Moved {
		e.turn(s, Away)
	} else {
		e.turn(s, None)
	}
}

// deadline is when time itself will change something; false if it will not.
func (e *run) deadline(s *stay) (time.Time, bool) {
	d := &s.fence.shape.def
	var at time.Time
	switch s.phase {
	case None:
		if !s.near {
			return time.Time{}, false
		}
	case Entering:
		at = s.entered.Add(d.Settle)
	case In:
		if d.Dwell > 0 && !s.dwelt {
			at = s.entered.Add(d.Dwell)
		}
	case Leaving:
		return s.left.Add(d.Settle), true
	case Away:
		return s.left.Add(d.Absence), d.Absence > 0
	}
	if e.stream.gone > 0 {
		if gone := s.entity.alive.Add(e.stream.gone); at.IsZero() || gone.Before(at) {
			at = gone
		}
	}
	return at, !at.IsZero()
}

// elapse lets the deadlines before a time pass, one after another, and reports the
// last of them.
func (e *run) elapse(s *stay, before time.Time) (last time.Time) {
	for {
		at, ok := e.deadline(s)
		if !ok || !at.Before(before) {
			return last
		}
		last = at
		e.pass(s, at)
	}
}

// pass is what a stay's deadline does when it is reached.
func (e *run) pass(s *stay, at time.Time) {
	d := &s.fence.shape.def
	switch s.phase {
	case None: // near, and gone
		s.near = false
		e.keep(s)
	case Entering:
		if at.Equal(s.entered.Add(d.Settle)) {
			e.enter(s, Moved)
		} else { // gone before it counted
			s.near = false
			e.turn(s, None)
		}
	case In:
		if d.Dwell > 0 && !s.dwelt && at.Equal(s.entered.Add(d.Dwell)) {
			s.dwelt = true
			e.tell(s, Dwell, Waited, at, s.entity.place)
			e.turn(s, In)
		} else {
			s.turned, s.near = s.entity.place, false
			e.exit(s, at, Gone)
		}
	case Leaving:
		e.exit(s, s.left, Moved)
	case Away:
		e.tell(s, Absent, Waited, at, s.entity.place)
		e.turn(s, None)
	}
}

// tell adds a transition, of which the definition may not want to hear.
func (e *run) tell(s *stay, k Kind, why Cause, t time.Time, place orb.Point) {
	d := &s.fence.shape.def
	if !slices.Contains(d.Kinds, k) {
		return
	}
	s.number = max(t.UnixMilli(), s.number+1)
	tr := Transition{
		Fence: d.ID, Title: d.Title, Stream: e.stream.name, Entity: s.entity.key,
		Kind: k, Cause: why, Number: s.number, Time: t, Place: place, Was: s.told,
		WasInside: s.told != nil && (s.phase == In || s.phase == Leaving),
		Inside:    k == Enter || k == Dwell,
		Final:     k == Cross || k == Absent || k == Near && s.phase == None || k == Exit && (d.Absence == 0 || why != Moved),
		Synthetic: s.entity.synthetic || d.Synthetic,
	}
	if k != Cross && k != Near {
		tr.Entered = s.entered
	}
	if s.told = &place; k == Near && s.phase == None {
		s.told = nil // nothing follows from it
	}
	e.out.Transitions = append(e.out.Transitions, tr)
}

// turn begins a phase and notes it for the store.
func (e *run) turn(s *stay, p Phase) {
	// A phase that is told of when it ends begins where the object is now.
	switch p {
	case Entering, Leaving:
		s.turned = s.entity.place
	case None:
		s.told = nil
	case In, Away:
	}
	s.phase = p
	e.keep(s)
}

// keep notes a stay for the store.
func (e *run) keep(s *stay) {
	e.out.States = append(e.out.States, State{
		Fence: s.fence.shape.def.ID, Stream: e.stream.name, Entity: s.entity.key, Phase: s.phase, Near: s.near,
		Entered: s.entered, Left: s.left, Dwelt: s.dwelt, Seen: s.entity.time, Last: s.entity.place,
		Turned: s.turned, Number: s.number, Told: s.told, Synthetic: s.entity.synthetic,
	})
}

// schedule puts the deadline of a stay on the wheel, unless an earlier one is
// there, which will ask again.
func (e *run) schedule(s *stay) {
	at, ok := e.deadline(s)
	if ok && (s.due.IsZero() || at.Before(s.due)) {
		s.due = at
		e.stream.wheel.set(at, s)
	}
}
