package fence

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/paulmach/orb"
)

// Fix is where an object was at a time.
type Fix struct {
	Key  string
	Time time.Time
	// Place is lon, lat in degrees (WGS 84).
	Place     orb.Point
	Synthetic bool
	// Values are for fences with a filter; nil is an object that says nothing of itself.
	Values Values
}

// Cause is why a transition happened.
type Cause string

// The causes of transitions.
const (
	Moved   Cause = "moved"   // the object's own way
	Waited  Cause = "waited"  // time went by
	Gone    Cause = "gone"    // the object sends nothing any more
	Removed Cause = "removed" // the fence was deleted or no longer watches the stream
	// Unmatched is that the fence's filter does not take the object any more.
	Unmatched Cause = "unmatched"
)

// Transition is something that happened between an object and a fence.
type Transition struct {
	Fence, Title   string
	Stream, Entity string
	Kind           Kind
	Cause          Cause
	// Number is Time in ms, or a little more where two of a pair would have the same.
	Number int64
	Time   time.Time
	// Place is where the object was then. Was is where it was at the pair's
	// transition before this one; nil if there is none that matters any more.
	Place orb.Point
	Was   *orb.Point
	// Inside tells whether the object is in the fence after this, and WasInside
	// before.
	Inside, WasInside bool
	// Entered is when the stay began; zero if there was none.
	Entered time.Time
	// Final says that nothing follows from this one.
	Final     bool
	Synthetic bool
}

// Key is that of the event's item: the pair of a fence and an object, whose key is
// its own only in its stream.
func (t *Transition) Key() string { return t.Fence + "|" + t.Stream + "." + t.Entity }

// ID is that of the event.
func (t *Transition) ID() string { return t.Key() + "/" + strconv.FormatInt(t.Number, 10) }

// Body is the item's row after the transition, without key, version, time and place.
func (t *Transition) Body() json.RawMessage { return t.body(t.Inside) }

// Before is the item's row before it; nil if there was none.
func (t *Transition) Before() json.RawMessage {
	if t.Was == nil {
		return nil
	}
	return t.body(t.WasInside)
}

func (t *Transition) body(in bool) json.RawMessage {
	row := struct {
		Fence     string `json:"fence"`
		Title     string `json:"title"`
		Entity    string `json:"entity"`
		Stream    string `json:"stream"`
		Inside    bool   `json:"inside"`
		Entered   int64  `json:"entered,omitempty"`
		Cause     Cause  `json:"cause"`
		Synthetic bool   `json:"synthetic"`
	}{t.Fence, t.Title, t.Entity, t.Stream, in, 0, t.Cause, t.Synthetic}
	if !t.Entered.IsZero() {
		row.Entered = t.Entered.UnixMilli()
	}
	b, err := json.Marshal(row)
	if err != nil {
		panic("fence: texts and numbers are always JSON: " + err.Error())
	}
	return b
}

// Phase is how an object stands to a fence.
type Phase int8

// The phases. What is none of them is not kept.
const (
	// None is outside, with nothing to wait for.
	None Phase = iota
	// Entering is inside, not yet for long enough to count.
	Entering
	// In is inside.
	In
	// Leaving is outside, not yet for long enough to count.
	Leaving
	// Away is outside after a stay, and expected back.
	Away
)

// State is what must be known of an object and a fence to go on after a restart.
// With Phase None, and not Near, it only says up to which fix that is: enough to hear
// the last ones again. It may be forgotten after a while.
type State struct {
	Fence, Stream, Entity string
	Phase                 Phase
	// Near says that the object is within near_m, or was and has not gone far since.
	Near bool
	// Entered is when the stay began, Left when the object went outside.
	Entered, Left time.Time
	// Dwelt says that dwell was told.
	Dwelt bool
	// Seen is the time of the object's last fix, Last its place.
	Seen time.Time
	Last orb.Point
	// Turned is where the object was when the phase began.
	Turned orb.Point
	// Number is that of the last transition, Told its place; 0 and nil without one.
	Number    int64
	Told      *orb.Point
	Synthetic bool
}

// Outcome is what some fixes or some time have led to. A state replaces the one
// before of its fence, stream and entity; there may be several, the last holds.
type Outcome struct {
	Transitions []Transition
	States      []State
}
