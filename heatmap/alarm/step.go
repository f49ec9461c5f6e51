package alarm

import (
	"time"

	"github.com/paulmach/orb"

	"yiping/heatmap"
)

// sight is how a place stood in a frame, as far as alarms are concerned.
type sight struct {
	place, name, nameEN string
	at                  orb.Point
	time                time.Time
	level               heatmap.Level
	// foreseen is when the next level will be reached; zero if that is not foreseen.
	foreseen time.Time
	// density and devices are the most since the sight before.
	density float64
	devices int
	// counted is false while the count may lack people who are there: it cannot say
	// then that a place is calmer.
	counted   bool
	synthetic bool
	// gone is why the place is not watched any more; empty if it is.
	gone Cause
}

const (
	// grownBy is how much higher a peak must be to be told at once; one that is less
	// higher is told when nothing else was for grownIn.
	grownBy = 1.05
	grownIn = 10 * time.Minute
	// foreseenAnew is by how much the time of the next level must differ to be told.
	foreseenAnew = 3 * time.Minute
	// again is how far an evening goes back when it is taken up after a restart: what
	// comes then has been told.
	again = 5 * time.Minute
)

// step is what a sight makes of the newest alarm of its place, nil if there never was
// one. Nothing of a is changed. ok is false if nothing happens.
func step(run string, a *Alarm, s *sight) (next *Alarm, kind Kind, ok bool) {
	switch {
	case a == nil || !a.Open():
		return begin(run, a, s)
	case s.gone != "":
		return ended(a, s.time, s.gone), Ended, true
	case s.time.Before(a.Changed.Add(-again)):
		return ended(a, a.Changed, Rewound), Ended, true
	case !s.time.After(a.Changed): // it has been told
		return a, "", false
	}
	level := s.level
	if !s.counted {
		level = max(level, a.Level)
	}
	n := *a
	switch {
	case level == heatmap.Calm:
		n = *ended(a, s.time, Calm)
		kind = Ended
	case level > a.Level:
		kind = Raised
	case level < a.Level:
		kind = Lowered
	}
	if kind != Ended {
		n.Foreseen = foreseen(a, s, kind != "")
		if kind == "" && n.Foreseen != a.Foreseen {
			kind = Foreseen
			if n.Foreseen.IsZero() {
				kind = Unforeseen
			}
		}
	}
	if kind == "" && s.density > a.PeakDensity && (s.density > grownBy*a.PeakDensity || s.time.Sub(a.Changed) >= grownIn) {
		kind = Grown
	}
	if kind == "" {
		return a, "", false
	}
	n.Name, n.NameEN, n.At = s.name, s.nameEN, s.at
	n.Level, n.Highest = level, max(a.Highest, level)
	n.PeakDensity, n.PeakDevices = max(a.PeakDensity, s.density), max(a.PeakDevices, s.devices)
	n.Synthetic = a.Synthetic || s.synthetic
	if n.Acknowledgement != nil && level > n.Acknowledgement.Level {
		n.Acknowledgement = nil
	}
	n.Changed, n.Version = s.time, a.Version+1
	return &n, kind, true
}

// begin is the alarm that begins with a sight, after another or as the first of its
// place.
func begin(run string, before *Alarm, s *sight) (next *Alarm, kind Kind, ok bool) {
	if s.level == heatmap.Calm || s.gone != "" {
		return before, "", false
	}
	if before != nil && !s.time.After(before.Changed) && s.time.After(before.Changed.Add(-again)) {
		return before, "", false // it has been told
	}
	return &Alarm{
		Run: run, Place: s.place, Name: s.name, NameEN: s.nameEN, At: s.at, Level: s.level, Highest: s.level,
		Foreseen: s.foreseen, Begun: s.time, Changed: s.time,
		PeakDensity: s.density, PeakDevices: s.devices, Synthetic: s.synthetic, Version: 1,
	}, Begun, true
}

// foreseen is when the level above that of s will be reached; as before if that is
// about the same.
func foreseen(a *Alarm, s *sight, moved bool) time.Time {
	if moved || s.foreseen.IsZero() || a.Foreseen.IsZero() || s.foreseen.Sub(a.Foreseen).Abs() > foreseenAnew {
		return s.foreseen
	}
	return a.Foreseen
}

// ended is an alarm at its end, which is not before it changed last.
func ended(a *Alarm, at time.Time, cause Cause) *Alarm {
	n := *a
	if at.Before(a.Changed) {
		at = a.Changed
	}
	n.Level, n.Foreseen, n.Ended, n.Changed, n.Cause = heatmap.Calm, time.Time{}, at, at, cause
	n.Version++
	return &n
}
