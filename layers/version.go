package layers

import "time"

// Version is a feature as it was for a time: from From on, until before To. It
// holds still if To is zero.
//
// Times are those of the statements that wrote, by the database's clock. So a
// transaction that stays open for a minute changes the past by that minute when it
// commits.
type Version struct {
	Item     *Item
	From, To time.Time
}

// VersionQuery asks for versions of one feature, the newest first.
type VersionQuery struct {
	Layer *Layer
	ID    int64
	// From and To are the time in which the versions wanted held, both included;
	// nil is open. The version of one moment has both.
	From, To *time.Time
	// Before leaves out the versions that did not begin before it; nil leaves out
	// none.
	Before *time.Time
	// Limit bounds the number of versions.
	Limit int
	// CRS is that of the geometries wanted.
	CRS CRS
}

// VersionColumns are what a layer's table of earlier versions has beside the
// columns of the layer.
func VersionColumns() []string { return []string{"valid_from", "valid_to"} }
