package layers

import (
	"fmt"

	"github.com/paulmach/orb"
)

// WriteOp is what a write does to a feature.
type WriteOp string

// The writes. Replace sets all that a client may set; Patch only what it names.
const (
	Insert  WriteOp = "insert"
	Replace WriteOp = "replace"
	Patch   WriteOp = "patch"
	Delete  WriteOp = "delete"
)

// Write is one wanted change of a feature. Its values have been checked against
// the layer, so that they fit its columns.
type Write struct {
	Op WriteOp
	// ID is the feature's; an Insert has none, the database gives it.
	ID int64
	// Match says which versions may be changed; an Insert has none.
	Match Match
	// Columns are set to Values, in the Go types that PropertyType lists. They
	// are among WritableColumns; the others keep what they have, or in an Insert
	// get the table's defaults.
	Columns []Property
	Values  []any
	// Geometry is lon, lat on WGS 84, of the layer's type or its single form;
	// nil leaves that of a patched feature as it is.
	Geometry orb.Geometry
}

// Match is the precondition of a write: the feature still has one of these
// versions. The zero value matches nothing.
type Match struct {
	// Any version will do.
	Any      bool
	Versions []int32
}

// Written is what became of one write of a batch.
type Written struct {
	// ID and Version are those of the feature after the write; a deleted one has
	// the version that it had last.
	ID      int64
	Version int32
	// Err says why it was refused; nil if it was not.
	Err error
}

// BatchError says which writes kept a batch from being written. None of it was.
type BatchError struct {
	// Faults are in the order of the batch, never none of them.
	Faults []BatchFault
}

// BatchFault is one write of a batch that was refused.
type BatchFault struct {
	// Index counts the writes from 0.
	Index int
	Err   error
}

// Error tells the first fault.
func (e *BatchError) Error() string {
	return fmt.Sprintf("nothing was written; operation %d: %v", e.Faults[0].Index, e.Faults[0].Err)
}

// Unwrap leads to the first fault.
func (e *BatchError) Unwrap() error { return e.Faults[0].Err }

// StaleError says that a feature has another version than a write expects.
type StaleError struct {
	Layer string
	ID    int64
	// Key is what names a thing that has no number; empty for features.
	Key string
	// Version is the feature's version now.
	Version int32
}

// Error names the version that a client needs to know.
func (e *StaleError) Error() string {
	if e.Key != "" {
		return fmt.Sprintf("%s %s has version %d by now; read it again", e.Layer, e.Key, e.Version)
	}
	return fmt.Sprintf("feature %d of %s has version %d by now; read it again", e.ID, e.Layer, e.Version)
}

// DefaultSource names the source of features whose writer names none.
const DefaultSource = "api"

// MaxKeyLength bounds a code, a source and a source id that are written one by
// one, in characters: they are indexed, and an index row holds 2704 bytes.
const MaxKeyLength = 200

// WritableColumns are what a client may set: the columns that name a feature and
// its origin, then the layer's own properties. The database fills the others.
func (l *Layer) WritableColumns() []Property {
	var all []Property
	for _, c := range l.Columns() {
		switch c.Name {
		case "version", "updated_at", "district", "street", "village":
			continue
		case "code", "source", "source_id":
			c.MaxLength = MaxKeyLength
		}
		all = append(all, c)
	}
	return all
}

// IdentityColumns name what tells a feature from all others and where it came
// from. A Replace that does not name them leaves them as they are.
func IdentityColumns() []string { return []string{"code", "source", "source_id", "synthetic"} }
