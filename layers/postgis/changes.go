package postgis

import (
	"slices"
	"time"

	"github.com/paulmach/orb"
)

// Op is what a change did.
type Op byte

// The operations of the feed.
const (
	Insert Op = 'i'
	Update Op = 'u'
	Delete Op = 'd'
	reset  Op = 'r' // of a layer
)

// Change is a committed change of one feature.
type Change struct {
	ID int64
	Op Op
	// Old is what the feature covered before, in degrees; the empty bound if it
	// was not there, or had an empty geometry.
	Old orb.Bound
}

// LayerChanges are the changes of one layer, in the order of the feed: that of a
// transaction's own changes is kept, and transactions follow by number, which
// need not be the order of their commits. So the operation of a change is only a
// hint; what a feature is now, ReadChanged tells.
type LayerChanges struct {
	Layer string
	// Reset says that the layer must be read anew; Changes is then empty.
	Reset   bool
	Changes []Change
}

// IDs are the features that changed, each once, ascending.
func (c LayerChanges) IDs() []int64 {
	ids := make([]int64, len(c.Changes))
	for i, one := range c.Changes {
		ids[i] = one.ID
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Changes is what one look at the feed brought.
type Changes struct {
	// Position is the place after them.
	Position Position
	// Time is when the feed was read. What a transaction that was open then has
	// kept back is not in; Position says so exactly.
	Time time.Time
	// Oldest is when the first of the changes was made.
	Oldest time.Time
	// Layers are those that changed, by name.
	Layers []LayerChanges
}
