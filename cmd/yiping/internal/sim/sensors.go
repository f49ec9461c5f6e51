package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/paulmach/orb"
)

// Site is a place where a sensor can stand.
type Site struct {
	Place orb.Point
	// Medium is that of a pipeline; empty elsewhere.
	Medium string
}

// Sensors are fixed instruments along pipelines and beside components. Each
// follows the day, with noise, and now and then for some minutes something is the
// matter and its limit is crossed.
type Sensors struct{ members []sensor }

type sensor struct {
	random *rand.Rand
	key    string
	place  orb.Point
	gauge  gauge
	// phase is how much later than others its day is, in hours.
	phase float64
	// noise is what it shows beside the day, in parts of the gauge's.
	noise float64
	// trouble is what is added because something is the matter, and goes towards
	// wanted as time goes by, in parts of the way from the day's peak beyond the
	// limit.
	trouble, wanted float64
}

// gauge is what a kind of sensor shows.
type gauge struct {
	kind, unit string
	// mean is that of a day, swing how far its peaks are from it, noise how far
	// single readings scatter about that.
	mean, swing, noise float64
	// limit is what readings should not exceed. Readings are not below 0.
	limit float64
	// decimals are those that are reported, as parts of one.
	parts float64
}

// gaugeOf is what is measured at a site. The limits are made up for the
// demonstration, in the order of what is usual: for gas, a fifth of the lower
// explosive limit; for noise at night and day, 70 dB beside main streets (GB
// 3096-2008, class 4a); pressure in mains is 0.2 to 0.4 MPa.
func gaugeOf(medium string) gauge {
	switch medium {
	case "rain", "sewage":
		return gauge{"water_level", "m", 0.6, 0.2, 0.03, 1.5, 1000}
	case "gas":
		return gauge{"gas", "%LEL", 1.5, 0.5, 0.4, 20, 100}
	case "water":
		return gauge{"pressure", "MPa", 0.28, 0.04, 0.005, 0.45, 1000}
	case "heat", "power":
		return gauge{"temperature", "°C", 32, 6, 0.5, 60, 10}
	default:
		return gauge{"noise", "dB", 54, 7, 1.5, 70, 10}
	}
}

// NewSensors puts a sensor at each site.
func NewSensors(sites []Site, seed uint64) *Sensors {
	s := &Sensors{members: make([]sensor, len(sites))}
	for i, at := range sites {
		r := random(seed, "sensors", i)
		s.members[i] = sensor{
			random: r, key: fmt.Sprintf("s-%05d", i+1), place: at.Place, gauge: gaugeOf(at.Medium),
			phase: 3 * r.Float64(), noise: r.NormFloat64(),
		}
	}
	return s
}

var _ Population = (*Sensors)(nil)

// Stream is sensors.
func (s *Sensors) Stream() string { return "sensors" }

// Len is how many there are.
func (s *Sensors) Len() int { return len(s.members) }

const (
	// troubleSeconds is how long a sensor is well on average: with 5,000 sensors
	// there is trouble somewhere every 17 s.
	troubleSeconds = 86_400
	// cureSeconds is how long something is the matter on average.
	cureSeconds = 300
	// drift is how fast trouble comes and goes: nine tenths in 2.3 times as many
	// seconds.
	driftSeconds = 40
	// noiseSeconds is how long noise remembers.
	noiseSeconds = 20
)

// Advance lets one of them see what comes. Noise is an Ornstein-Uhlenbeck process,
// so that readings taken often do not jump.
func (s *Sensors) Advance(i int, while time.Duration) {
	m := &s.members[i]
	seconds := while.Seconds()
	chance := m.random.Float64()
	switch {
	case m.wanted == 0 && chance < 1-math.Exp(-seconds/troubleSeconds):
		m.wanted = 1 + 0.5*m.random.Float64()
	case m.wanted > 0 && chance < 1-math.Exp(-seconds/cureSeconds):
		m.wanted = 0
	}
	m.trouble += (m.wanted - m.trouble) * (1 - math.Exp(-seconds/driftSeconds))
	keep := math.Exp(-seconds / noiseSeconds)
	m.noise = keep*m.noise + math.Sqrt(1-keep*keep)*m.random.NormFloat64()
}

// Reading is what a sensor reports.
type Reading struct {
	Key       string  `json:"k"`
	Time      int64   `json:"t"` // Unix milliseconds
	Lon       float64 `json:"lon"`
	Lat       float64 `json:"lat"`
	Kind      string  `json:"kind"`
	Value     float64 `json:"value"`
	Unit      string  `json:"unit"`
	Limit     float64 `json:"limit"`
	Over      bool    `json:"over"`
	Synthetic bool    `json:"synthetic"`
}

// Report says what one of them shows.
func (s *Sensors) Report(i int, at time.Time) any {
	m := &s.members[i]
	g := m.gauge
	value := round(max(0, g.mean+g.swing*day(at, m.phase)+g.noise*m.noise+m.trouble*(g.limit-g.mean)), g.parts)
	return Reading{
		Key: m.key, Time: at.UnixMilli(), Lon: round(m.place[0], 1e7), Lat: round(m.place[1], 1e7),
		Kind: g.kind, Value: value, Unit: g.unit, Limit: g.limit, Over: value > g.limit, Synthetic: true,
	}
}

// day is the use of a city over a day in China, from -1 in the small hours to 1 at
// eight in the evening, with a lesser peak in the morning.
func day(at time.Time, phase float64) float64 {
	const chinaOffset = 8 * 3600
	hours := float64((at.Unix()+chinaOffset)%86400)/3600 - phase + 1.5
	return 0.75*math.Sin((hours-14)*math.Pi/12) + 0.25*math.Sin((hours-5)*math.Pi/6)
}
