package heatmap

import "time"

// Level is a step of the alert ladder.
type Level int

// The levels, from none up.
const (
	Calm Level = iota
	Watch
	Warn
	Alarm
	Critical
)

// String is the level's name in answers.
func (l Level) String() string {
	return [...]string{"calm", "watch", "warn", "alarm", "critical"}[l]
}

// Words are the level's names for people, in Chinese and English.
func (l Level) Words() (zh, en string) {
	words := [...][2]string{{"平稳", "Calm"}, {"关注", "Watch"}, {"预警", "Warning"}, {"警报", "Alarm"}, {"危急", "Critical"}}
	return words[l][0], words[l][1]
}

// MarshalText writes the level as String does.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// Flow says how people use a place.
type Flow string

// The flows: people walk through streets, stairs and gates, and stand on squares and
// platforms, where they bear more.
const (
	Moving   Flow = "moving"
	Standing Flow = "standing"
)

// Enter is the density in people per m² at which a level begins. Watch is the density
// to plan for (Stockton, Crowd safety guide), above which the flow falls (Weidmann
// 1993: 1.75). Warn is involuntary contact (Fruin 1987: 3.57). From alarm on there is
// danger (Still 2000: 5; Wirz et al. 2013, Table 1: dangerous forces 5.55), critical
// is near the static limit (ibid.: 7.1).
func Enter(l Level, f Flow) float64 {
	if l == Warn && f == Standing {
		return 4
	}
	return [...]float64{0, 2, 3.5, 5, 6.5}[l]
}

const (
	// leaveShare is how far below a level's density it ends, calmAfter for how long
	// the density must stay there: five per cent of noise never make a level flap.
	leaveShare = 0.85
	calmAfter  = time.Minute
	// foresee is how far ahead the next level is announced: so far that ten minutes are
	// left to act when growth has shown for the five that it is measured over.
	foresee = 15 * time.Minute
)

// Ladder is the level of a place. The zero Ladder is calm.
type Ladder struct {
	level Level
	// below is since when the density is below the level's end; zero if it is not.
	below time.Time
}

// Level is where the ladder stands.
func (l *Ladder) Level() Level { return l.level }

// Step tells the ladder of a density in people per m². It goes up at once, as far as
// it must, and down when the density has been low for a minute.
func (l *Ladder) Step(now time.Time, density float64, f Flow) Level {
	for l.level < Critical && density >= Enter(l.level+1, f) {
		l.level++
		l.below = time.Time{}
	}
	switch {
	case l.level == Calm || density >= leaveShare*Enter(l.level, f):
		l.below = time.Time{}
	case l.below.IsZero():
		l.below = now
	case now.Sub(l.below) >= calmAfter:
		for l.level > Calm && density < leaveShare*Enter(l.level, f) {
			l.level--
		}
		l.below = time.Time{}
	}
	return l.level
}

// Ahead is when the next level will begin, if people go on to come and go at rates a
// second; ok is false if that is not within ten minutes. area is in m².
func (l *Ladder) Ahead(people, area, in, out float64, f Flow) (next Level, after time.Duration, ok bool) {
	if l.level == Critical || in <= out {
		return l.level, 0, false
	}
	next = l.level + 1
	seconds := (Enter(next, f)*area - people) / (in - out)
	if seconds <= 0 || seconds > foresee.Seconds() {
		return l.level, 0, false
	}
	return next, time.Duration(seconds * float64(time.Second)), true
}
