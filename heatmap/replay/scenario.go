package replay

import (
	"bytes"
	_ "embed"
	"fmt"
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
	ID      string    `yaml:"id"`
	Title   string    `yaml:"title"`
	TitleEN string    `yaml:"title_en"`
	Begin   time.Time `yaml:"begin"`
	End     time.Time `yaml:"end"`
	Core    string    `yaml:"core"`
	// Definition is what the core is, and when somebody counts as there.
	Definition   string  `yaml:"definition"`
	DefinitionEN string  `yaml:"definition_en"`
	Facts        []Fact  `yaml:"facts"`
	Visitors     int     `yaml:"visitors"`
	Present      []knot  `yaml:"present"`
	Arrivals     []share `yaml:"arrivals"`
	Spine        line    `yaml:"spine"`
	Spread       float64 `yaml:"spread_m"`
	Ways         []way   `yaml:"ways"`
	Walk         float64 `yaml:"walk_m_s"`
	PlaceRules   []place `yaml:"places"`
}

// Fact is something that was published of an evening.
type Fact struct {
	Time    time.Time `yaml:"time" json:"time"`
	Title   string    `yaml:"title" json:"title"`
	TitleEN string    `yaml:"title_en" json:"title_en"`
	// People is how many were in the core at once; 0 if it tells of something else.
	People int `yaml:"people" json:"people,omitempty"`
}

// Scaled is the same evening with a part of the people, on a part of the area.
func (s *Scenario) Scaled(by float64) *Scenario {
	c := *s
	c.Visitors = int(float64(c.Visitors) * by)
	c.Present = slices.Clone(c.Present)
	for i := range c.Present {
		c.Present[i].People = int(float64(c.Present[i].People) * by)
	}
	c.Facts = slices.Clone(c.Facts)
	for i := range c.Facts {
		c.Facts[i].People = int(float64(c.Facts[i].People) * by)
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
	At     clock `yaml:"at"`
	People int   `yaml:"people"`
}

// share is how many come from a time of day to the next, in relation to the others.
type share struct {
	At    clock   `yaml:"at"`
	Share float64 `yaml:"share"`
}

// clock is a time of day, such as 23:52: how long after midnight.
type clock time.Duration

var _ yaml.InterfaceUnmarshaler = (*clock)(nil)

// UnmarshalYAML reads hours and minutes.
func (c *clock) UnmarshalYAML(decode func(any) error) error {
	var text string
	if err := decode(&text); err != nil {
		return err
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return fmt.Errorf("%q is no time of day", text)
	}
	*c = clockOf(t)
	return nil
}

func clockOf(t time.Time) clock {
	return clock(time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute)
}

// String is the time of day in hours and minutes.
func (c clock) String() string { return time.Time{}.Add(time.Duration(c)).Format("15:04") }

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
	case len(s.Present) < 2 || len(s.Arrivals) == 0 || len(s.Spine.points) < 2 || len(s.Ways) == 0:
		return fmt.Errorf("scenario %s: present, arrivals, spine or ways are missing", s.ID)
	}
	last := -1.0
	for _, k := range s.Present {
		at := s.seconds(k.At)
		if at <= last {
			return fmt.Errorf("scenario %s: present: %v is no later time of the evening", s.ID, k.At)
		}
		last = at
	}
	for _, f := range s.Facts {
		if f.Time.Before(s.Begin) || f.Time.After(s.End) {
			return fmt.Errorf("scenario %s: facts: %v is not in the evening", s.ID, f.Time)
		}
	}
	return nil
}

// seconds is a time of day since the beginning.
func (s *Scenario) seconds(c clock) float64 {
	at := c - clockOf(s.Begin)
	if at < 0 {
		at += clock(24 * time.Hour)
	}
	return time.Duration(at).Seconds()
}

// Seconds is how long the evening is.
func (s *Scenario) Seconds() float64 { return s.End.Sub(s.Begin).Seconds() }

// people is how many are in the core.
func (s *Scenario) people(at float64) float64 {
	for i := 1; i < len(s.Present); i++ {
		from, to := s.seconds(s.Present[i-1].At), s.seconds(s.Present[i].At)
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
		from, to := s.seconds(a.At), s.Seconds()
		if i+1 < len(s.Arrivals) {
			to = s.seconds(s.Arrivals[i+1].At)
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
