package alarm

import (
	"encoding/json"
	"time"

	"github.com/paulmach/orb"

	"yiping/heatmap"
)

// Kind is what happened to an alarm.
type Kind string

// The kinds of events.
const (
	Begun        Kind = "begun"
	Raised       Kind = "raised"       // to a higher level
	Lowered      Kind = "lowered"      // to a lower level
	Foreseen     Kind = "foreseen"     // the next level is foreseen, or for another time
	Unforeseen   Kind = "unforeseen"   // it is not foreseen any more
	Grown        Kind = "grown"        // the peak is higher
	Acknowledged Kind = "acknowledged" // by somebody
	Ended        Kind = "ended"
)

// Kinds are all kinds.
func Kinds() []Kind {
	return []Kind{Begun, Raised, Lowered, Foreseen, Unforeseen, Grown, Acknowledged, Ended}
}

// Cause is why an alarm ended.
type Cause string

// The causes of an end.
const (
	Calm    Cause = "calm"    // the place is calm again
	Rewound Cause = "rewound" // the evening went back to before it
	Stopped Cause = "stopped" // the evening is no longer played
	Removed Cause = "removed" // the place is no longer watched
)

// Alarm is a time in which a place was not calm.
type Alarm struct {
	// ID is given by the store and never used again; empty before that.
	ID string
	// Run is the crowd: empty for now, or an evening.
	Run string
	// Place is the place's, Name and NameEN what it was called when the alarm changed
	// last, At its centroid.
	Place, Name, NameEN string
	At                  orb.Point
	// Level is that of the ladder, Highest the highest it has reached.
	Level, Highest heatmap.Level
	// Foreseen is when the next level will be reached; zero if that is not foreseen.
	Foreseen time.Time
	// Begun is when it began, Changed when what happened last did but for
	// acknowledgements, Ended when it ended; zero while it goes on.
	Begun, Changed, Ended time.Time
	Cause                 Cause
	// PeakDensity and PeakDevices are the most so far.
	PeakDensity float64
	PeakDevices int
	// Acknowledgement is nil while there is none for the level.
	Acknowledgement *Acknowledgement
	Synthetic       bool
	// Version counts what happened.
	Version int64
}

// Acknowledgement says that somebody takes care.
type Acknowledgement struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Note string    `json:"note"`
	// Level is the highest of the alarm then: above it the alarm asks again.
	Level heatmap.Level `json:"level"`
}

// MarshalJSON writes the alarm as the API and the stream tell it.
func (a *Alarm) MarshalJSON() ([]byte, error) {
	row := struct {
		ID            string           `json:"id"`
		Run           string           `json:"run"`
		Place         string           `json:"place"`
		Name          string           `json:"name"`
		NameEN        string           `json:"name_en"`
		Level         heatmap.Level    `json:"level"`
		LevelName     string           `json:"level_name"`
		LevelNameEN   string           `json:"level_name_en"`
		Highest       heatmap.Level    `json:"highest"`
		Predicted     bool             `json:"predicted"`
		ForeseenFor   *time.Time       `json:"foreseen_for"`
		State         string           `json:"state"`
		Begun         time.Time        `json:"begun"`
		Changed       time.Time        `json:"changed"`
		Ended         *time.Time       `json:"ended"`
		Cause         *Cause           `json:"cause"`
		PeakDensity   float64          `json:"peak_density"`
		PeakDevices   int              `json:"peak_devices"`
		Acknowledged  *Acknowledgement `json:"acknowledged"`
		AcknowledgeBy *string          `json:"acknowledged_by"`
		Synthetic     bool             `json:"synthetic"`
		Version       int64            `json:"ver"`
	}{
		ID: a.ID, Run: a.Run, Place: a.Place, Name: a.Name, NameEN: a.NameEN, Level: a.Level, Highest: a.Highest,
		Predicted: !a.Foreseen.IsZero(), ForeseenFor: moment(a.Foreseen), State: "open",
		Begun: a.Begun.UTC(), Changed: a.Changed.UTC(), Ended: moment(a.Ended),
		PeakDensity: a.PeakDensity, PeakDevices: a.PeakDevices, Acknowledged: a.Acknowledgement,
		Synthetic: a.Synthetic, Version: a.Version,
	}
	row.LevelName, row.LevelNameEN = a.Level.Words()
	if !a.Open() {
		row.State, row.Cause = "closed", &a.Cause
	}
	if a.Acknowledgement != nil {
		row.AcknowledgeBy = &a.Acknowledgement.By
	}
	return json.Marshal(row)
}

// Open tells whether the alarm goes on.
func (a *Alarm) Open() bool { return a.Ended.IsZero() }

// moment is a time, or null for the zero time.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
