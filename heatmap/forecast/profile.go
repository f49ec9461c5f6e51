package forecast

import (
	"bytes"
	_ "embed"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed profiles.yaml
var profiles []byte

// Profile is how the people of a kind of event come and go.
type Profile struct {
	ID      string `yaml:"id"`
	Title   string `yaml:"title"`
	TitleEN string `yaml:"title_en"`
	// Yearly is when the event ends: month, day, time and zone.
	Yearly string `yaml:"yearly"`
	// Sources say where shares are from.
	Sources map[string]string `yaml:"sources"`
	// Curve is in ascending order, and has the end of the event at 0.
	Curve []Knot `yaml:"curve"`

	yearly time.Time
}

// Knot is a share of the most people, above 0 to 1, at a time before or after the end.
type Knot struct {
	At    time.Duration `yaml:"at"`
	Share float64       `yaml:"share"`
	// Source is one of the profile's; empty if the knot is assumed.
	Source string `yaml:"source"`
}

// Profiles are those that come with the program.
func Profiles() ([]Profile, error) { return ReadProfiles(profiles) }

// ReadProfiles reads a list of profiles in YAML.
func ReadProfiles(data []byte) ([]Profile, error) {
	var all []Profile
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&all); err != nil {
		return nil, fmt.Errorf("profiles: %w", err)
	}
	for i := range all {
		if err := all[i].check(); err != nil {
			return nil, fmt.Errorf("profile %q: %w", all[i].ID, err)
		}
	}
	return all, nil
}

// check finds what would make a profile useless, and reads its end.
func (p *Profile) check() error {
	var err error
	if p.yearly, err = time.Parse("01-02T15:04Z07:00", p.Yearly); err != nil {
		return fmt.Errorf("yearly: want month-dayThour:minute and zone: %w", err)
	}
	ends := false
	for i, k := range p.Curve {
		switch {
		case i > 0 && k.At <= p.Curve[i-1].At:
			return fmt.Errorf("curve: %v is not after %v", k.At, p.Curve[i-1].At)
		case !(k.Share > 0 && k.Share <= 1):
			return fmt.Errorf("curve: share %v at %v is not above 0 to 1", k.Share, k.At)
		case k.Source != "" && p.Sources[k.Source] == "":
			return fmt.Errorf("curve: no source is called %q", k.Source)
		}
		ends = ends || k.At == 0
	}
	if !ends || p.Curve[0].At == 0 || p.Curve[len(p.Curve)-1].At == 0 {
		return fmt.Errorf("curve: want knots before 0, at 0 and after it")
	}
	return nil
}

// event is one evening of a profile.
type event struct {
	*Profile
	end time.Time
}

// eventAt is the event whose curve has a time, of the first profile that has one; nil
// if there is none.
func eventAt(profiles []Profile, t time.Time) *event {
	for i := range profiles {
		p := &profiles[i]
		y := p.yearly
		for _, year := range []int{t.Year(), t.Year() + 1} {
			end := time.Date(year, y.Month(), y.Day(), y.Hour(), y.Minute(), 0, 0, y.Location())
			e := &event{p, end}
			if !t.Before(e.begin()) && !t.After(e.over()) {
				return e
			}
		}
	}
	return nil
}

// begin and over are when the curve begins and is over.
func (e *event) begin() time.Time { return e.end.Add(e.Curve[0].At) }
func (e *event) over() time.Time  { return e.end.Add(e.Curve[len(e.Curve)-1].At) }

// share is the share of the most people at a time; before and after the curve, that of
// its first and last knot.
func (e *event) share(t time.Time) float64 {
	at := t.Sub(e.end)
	last := e.Curve[0]
	if at <= last.At {
		return last.Share
	}
	for _, k := range e.Curve[1:] {
		if at <= k.At {
			f := float64(at-last.At) / float64(k.At-last.At)
			return last.Share*(1-f) + k.Share*f
		}
		last = k
	}
	return last.Share
}
