package history

import "time"

// Cells are the cells of a run in a minute.
type Cells struct {
	Run          string
	Start, Told  time.Time
	Resolution   int
	Devices      int // -1 if they were too few to be told
	Synthetic    bool
	WarmingUntil time.Time // as in Minute
	Counts       []Count
}

// Places are the places of a run in a minute, by their ids.
type Places struct {
	Run          string
	Start, Told  time.Time
	Synthetic    bool
	WarmingUntil time.Time
	Places       map[string]Place
}

// PlaceMinute is how a place stood, and when.
type PlaceMinute struct {
	Start time.Time
	Place
	Synthetic bool
	// Warming says that not all who were there had been heard of.
	Warming bool
}

// Span is which minutes of a run are kept. First and Last are zero if none is.
type Span struct {
	First, Last time.Time
	Count       int
	// Synthetic says that some of them may tell of devices that were made up.
	Synthetic bool
	// Gaps are the minutes between that are missing, in order; if they are more than
	// MaxGaps, the newest.
	Gaps []Gap
}

// MaxGaps bounds Span.Gaps.
const MaxGaps = 1000

// Gap is minutes that are missing, From and To included.
type Gap struct{ From, To time.Time }
