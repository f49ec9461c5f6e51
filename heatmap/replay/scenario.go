package replay

import (
	"bytes"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/paulmach/orb"

	"yiping/heatmap"
)

//go:embed bund-2019.yaml
var bund2019 []byte

// Bund2019 is New Year's Eve 2019 at the Bund: 420,000 visitors, 77,000 at once.
func Bund2019() (*Scenario, error) { return read(bund2019) }

// Scenario is an evening by rule.
type Scenario struct {
	ID         string    `yaml:"id"`
	Title      string    `yaml:"title"`
	TitleEN    string    `yaml:"title_en"`
	Begin      time.Time `yaml:"begin"`
	End        time.Time `yaml:"end"`
	Core       string    `yaml:"core"`
	Visitors   int       `yaml:"visitors"`
	Present    []knot    `yaml:"present"`
	Arrivals   []share   `yaml:"arrivals"`
	Spine      line      `yaml:"spine"`
	Spread     float64   `yaml:"spread_m"`
	Ways       []way     `yaml:"ways"`
	Walk       float64   `yaml:"walk_m_s"`
	PlaceRules []place   `yaml:"places"`
}

// Scaled is the same evening with a part of the people, on a part of the area.
func (s *Scenario) Scaled(by float64) *Scenario {
	c := *s
	c.Visitors = int(float64(c.Visitors) * by)
	c.Present = slices.Clone(c.Present)
	for i := range c.Present {
		c.Present[i].People = int(float64(c.Present[i].People) * by)
	}
	c.PlaceRules = slices.Clone(c.PlaceRules)
	for i := range c.PlaceRules {
		c.PlaceRules[i].Usable *= by
	}
	return &c
}

// knot is how many people are in the core at a time of day; between two it is
// linear.
type knot struct {
	At     string `yaml:"at"`
	People int    `yaml:"people"`
}

// share is how many come from a time of day to the next, in relation to the others.
type share struct {
	At    string  `yaml:"at"`
	Share float64 `yaml:"share"`
}

// way leads to the core.
type way struct {
	ID    string  `yaml:"id"`
	Name  string  `yaml:"name"`
	In    float64 `yaml:"in"`
	Out   float64 `yaml:"out"`
	Enter float64 `yaml:"enter"`
	Line  line    `yaml:"line"`
}

// place is somewhere that is watched: a strip along a part of the spine, or along a
// way.
type place struct {
	ID     string       `yaml:"id"`
	Name   string       `yaml:"name"`
	NameEN string       `yaml:"name_en"`
	Flow   heatmap.Flow `yaml:"flow"`
	Usable float64      `yaml:"usable_m2"`
	Along  [2]float64   `yaml:"along"`
	Way    string       `yaml:"way"`
	Width  float64      `yaml:"width_m"`
}

func read(data []byte) (*Scenario, error) {
	var s Scenario
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&s); err != nil {
		return nil, fmt.Errorf("scenario: %w", err)
	}
	return &s, s.check()
}

// check finds what would make an evening impossible.
func (s *Scenario) check() error {
	switch {
	case !s.End.After(s.Begin):
		return fmt.Errorf("scenario %s: it ends before it begins", s.ID)
	case len(s.Present) < 2 || len(s.Arrivals) == 0 || len(s.Spine) < 2 || len(s.Ways) == 0:
		return fmt.Errorf("scenario %s: present, arrivals, spine or ways are missing", s.ID)
	}
	last := -1.0
	for _, k := range s.Present {
		at, err := s.seconds(k.At)
		if err != nil || at <= last {
			return fmt.Errorf("scenario %s: present: %q is no later time of the evening", s.ID, k.At)
		}
		last = at
	}
	for _, a := range s.Arrivals {
		if _, err := s.seconds(a.At); err != nil {
			return err
		}
	}
	return nil
}

// seconds is a time of day since the beginning.
func (s *Scenario) seconds(clock string) (float64, error) {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return 0, fmt.Errorf("scenario %s: %q is no time of day", s.ID, clock)
	}
	begin := time.Duration(s.Begin.Hour())*time.Hour + time.Duration(s.Begin.Minute())*time.Minute
	at := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute - begin
	if at < 0 {
		at += 24 * time.Hour
	}
	return at.Seconds(), nil
}

// Seconds is how long the evening is.
func (s *Scenario) Seconds() float64 { return s.End.Sub(s.Begin).Seconds() }

// people is how many are in the core.
func (s *Scenario) people(at float64) float64 {
	for i := 1; i < len(s.Present); i++ {
		// check has read all times.
		from, _ := s.seconds(s.Present[i-1].At)
		to, _ := s.seconds(s.Present[i].At)
		if at <= to {
			f := max(0, at-from) / (to - from)
			return float64(s.Present[i-1].People)*(1-f) + float64(s.Present[i].People)*f
		}
	}
	return float64(s.Present[len(s.Present)-1].People)
}

// arrived is the share of visitors beyond those of the beginning that have come.
func (s *Scenario) arrived(at float64) float64 {
	sum, all := 0.0, 0.0
	for i, a := range s.Arrivals {
		from, _ := s.seconds(a.At)
		to := s.Seconds()
		if i+1 < len(s.Arrivals) {
			to, _ = s.seconds(s.Arrivals[i+1].At)
		}
		all += a.Share
		sum += a.Share * min(1, max(0, (at-from)/(to-from)))
	}
	return sum / all
}

// Places are what an engine watches in this evening.
func (s *Scenario) Places() []heatmap.Place {
	all := make([]heatmap.Place, len(s.PlaceRules))
	for i, p := range s.PlaceRules {
		middle := s.Spine.part(p.Along[0], p.Along[1])
		for _, w := range s.Ways {
			if w.ID == p.Way {
				middle = w.Line
			}
		}
		all[i] = heatmap.Place{
			ID: p.ID, Name: p.Name, NameEN: p.NameEN, Flow: p.Flow, Usable: p.Usable,
			Outline: orb.MultiPolygon{{middle.strip(p.Width / 2)}},
		}
	}
	return all
}

// line is a way on the ground: lon, lat.
type line orb.LineString

// metres are the lengths in metres of a degree of longitude and of latitude at the
// Bund.
func metres() (x, y float64) { return 111_320 * math.Cos(31.235*math.Pi/180), 110_870 }

// length is in metres.
func (l line) length() float64 {
	x, y := metres()
	sum := 0.0
	for i := 1; i < len(l); i++ {
		sum += math.Hypot((l[i][0]-l[i-1][0])*x, (l[i][1]-l[i-1][1])*y)
	}
	return sum
}

// at is the point at a share of the length, and the direction there: metres east and
// north, of length 1.
func (l line) at(share float64) (p orb.Point, east, north float64) {
	x, y := metres()
	left := share * l.length()
	for i := 1; i < len(l); i++ {
		dx, dy := (l[i][0]-l[i-1][0])*x, (l[i][1]-l[i-1][1])*y
		d := math.Hypot(dx, dy)
		if left <= d || i == len(l)-1 {
			f := min(1, left/d)
			return orb.Point{l[i-1][0] + f*(l[i][0]-l[i-1][0]), l[i-1][1] + f*(l[i][1]-l[i-1][1])}, dx / d, dy / d
		}
		left -= d
	}
	return l[0], 1, 0
}

// aside is a point moved to the left of a direction.
func aside(p orb.Point, east, north, by float64) orb.Point {
	x, y := metres()
	return orb.Point{p[0] - north*by/x, p[1] + east*by/y}
}

// stripStep is how far apart the corners of a strip are, in metres.
const stripStep = 25

// part is the line between two shares of its length.
func (l line) part(from, to float64) line {
	n := max(1, int(math.Ceil((to-from)*l.length()/stripStep)))
	part := make(line, n+1)
	for i := range part {
		part[i], _, _ = l.at(from + (to-from)*float64(i)/float64(n))
	}
	return part
}

// strip is the ring around a line at a distance in metres, with blunt ends.
func (l line) strip(by float64) orb.Ring {
	fine := l.part(0, 1)
	var left, right orb.Ring
	for i := range fine {
		p, east, north := l.at(float64(i) / float64(len(fine)-1))
		left = append(left, aside(p, east, north, by))
		right = append(right, aside(p, east, north, -by))
	}
	ring := right // counterclockwise
	for _, p := range slices.Backward(left) {
		ring = append(ring, p)
	}
	return append(ring, ring[0])
}
