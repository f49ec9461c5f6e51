package stream

import (
	"context"
	"errors"
	"time"

	"yiping/geo"
	"yiping/layers"
	"yiping/layers/cql2"
)

// Description says what a stream is, as hello tells it.
type Description struct {
	// Name is the stream's: layer.component, vehicles, fences.
	Name string
	// Rows is the layer that the rows are of, or one made up for them; where is
	// checked against it.
	Rows *layers.Layer
	// Fields are what rows have beside key, version, time and place, and what where
	// may name of Rows; nil means all properties of Rows.
	Fields []layers.Property
	// Durable says that any replica can go on from a token.
	Durable bool
	// Aggregates says that rows may be counted by H3 cell instead.
	Aggregates bool
	// Schema is that of binary frames: 0 none, 1 movers, 2 cells.
	Schema int
	// Metrics are the columns of cells, with Schema 2: names of Fields that are numbers
	// or booleans, which are 0 and 1 there.
	Metrics []string
	// Coarsest and Finest are the resolutions that there are of cells, with Schema 2.
	Coarsest, Finest int
	// Lean names the fields that a slow connection goes without.
	Lean []string
}

// Table is the rows of a STATE stream.
type Table interface {
	Describe() Description
	// View is the rows as they are now; nil while they are being loaded.
	View() View
	// Since visits what has been changed after a position, some of it perhaps more
	// than once, at most limit changes: all that a view has which was taken before. The error is or wraps ErrExpired if not all
	// of it can be told, ErrEpoch if the position is of another count.
	Since(ctx context.Context, position string, limit int, visit func(Past)) error
}

// View is the rows of a Table at one moment. It never changes, and equals another (==)
// only if that is the same.
type View interface {
	// Position is the place in the table's history of which the view has everything.
	// It has at most 64 bytes.
	Position() string
	// Select prepares a filter; nil selects all.
	Select(f *cql2.Filter) (Selection, error)
	// Find is the row of an id. An id is never given to another key.
	Find(id int64) (Row, bool)
	ID(r Row) int64
	// Anchor is the place that decides about membership, Bounds all of the row. What
	// rows say of their place is PlaceOf the anchor, so that clients decide alike.
	Anchor(r Row) geo.Fixed
	Bounds(r Row) geo.FixedBox
	// AppendKey appends the key of an id as a JSON string. The id may be one that
	// is gone.
	AppendKey(b []byte, id int64) []byte
	// Writer appends rows as JSON objects, with some fields or, of nil, all.
	Writer(fields []string) func(b []byte, r Row) []byte
}

// Selection is the rows of a view that a filter takes.
type Selection interface {
	Has(r Row) bool
	// Within visits the rows whose anchor lies in the box, until visit returns false.
	Within(box geo.FixedBox, visit func(Row) bool)
}

// Row is a row of a View, which alone knows what the number means.
type Row uint64

// Mover is a row of a stream with schema 1, as binary frames have it.
type Mover struct {
	Handle   uint32 // also the id of the row
	Lon, Lat int32  // 1e-7 degrees
	Speed    uint16 // 0.01 m/s; 65535 unknown
	Heading  uint16 // 0.01 degrees clockwise from north; 65535 unknown
	State    uint8  // below 128
	Time     time.Time
	// Synthetic says that nobody has measured it.
	Synthetic bool
}

// Movers is a View of a stream with schema 1.
type Movers interface {
	View
	Mover(r Row) Mover
	// Key is the key of a handle.
	Key(handle uint32) string
}

// Levels is a Table with schema 2: its rows are H3 cells, whose ids they are, of several
// resolutions. A subscription is told those of one.
type Levels interface {
	Table
	// Level is the cells of one resolution as a table, whose views are Cells. It is the
	// same (==) for the same resolution. Positions are those of all resolutions.
	Level(resolution int) Table
}

// Cells is a View of a stream with schema 2.
type Cells interface {
	View
	// AppendMetrics appends what a row has of each of Description.Metrics.
	AppendMetrics(b []float32, r Row) []float32
}

// Keyed is a View whose rows are found by key as well.
type Keyed interface {
	View
	// Lookup is the id of a key; the row may be one that is gone.
	Lookup(key string) (id int64, ok bool)
}

// Touch is what a change did to a row: where it was and where it is. Was and Is say
// whether Old and New, its bounds, count.
type Touch struct {
	ID       int64
	Was, Is  bool
	Old, New geo.FixedBox
}

// Past is a change of a row some time ago.
type Past struct {
	ID int64
	// Was says whether the row was there before; Old covers it then.
	Was bool
	Old geo.FixedBox
}

// What a Table or a Log says if it cannot go on from a position.
var (
	// ErrExpired says that what came after it has been forgotten.
	ErrExpired = errors.New("what came after the position has been forgotten")
	// ErrEpoch says that it is of another count: that of another replica, or of a
	// time before a restart.
	ErrEpoch = errors.New("the position is of another count")
)
