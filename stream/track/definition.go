package track

import (
	"bytes"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"yiping/layers"
)

//go:embed streams.yaml
var standard []byte

// Definition says what a stream is.
type Definition struct {
	Name  string      `yaml:"name"`
	Title layers.Text `yaml:"title"`
	// Mover streams report speed, heading and state beside place and time.
	Mover bool `yaml:"mover"`
	// TTL removes an object that has been silent for so long, StaleAfter greys it.
	TTL        time.Duration `yaml:"ttl"`
	StaleAfter time.Duration `yaml:"stale_after"`
	// ClockSkew is how far in the future a report may lie.
	ClockSkew time.Duration `yaml:"clock_skew"`
	// MaxSpeed in m/s is what an object may have moved between two reports; 0 is no
	// bound.
	MaxSpeed float64 `yaml:"max_speed_m_s"`
	// MaxObjects is how many there may be at once; DefaultMaxObjects without it.
	MaxObjects int `yaml:"max_objects"`
	// History keeps all reports.
	History bool    `yaml:"history"`
	States  []State `yaml:"states"`
	// Fields are what objects say of themselves, all of it optional.
	Fields []Field `yaml:"fields"`
}

// State is one of the states that a mover may be in.
type State struct {
	Code  uint8       `yaml:"code" json:"code"`
	Title layers.Text `yaml:"title" json:"title"`
}

// Field is one thing that objects of a stream say of themselves.
type Field struct {
	Name string `yaml:"name"`
	// Type is string, number, integer or boolean.
	Type      layers.PropertyType `yaml:"type"`
	Title     layers.Text         `yaml:"title"`
	Unit      string              `yaml:"unit"`
	Enum      []string            `yaml:"enum"`
	MaxLength int                 `yaml:"max_length"`
	Minimum   *float64            `yaml:"minimum"`
	Maximum   *float64            `yaml:"maximum"`
}

// Bounds of definitions.
const (
	// DefaultMaxObjects is some 50 MB of state.
	DefaultMaxObjects = 200_000
	// maxState fits the seven bits of a binary frame.
	maxState = 127
	// maxFields keeps the members of a report within one word of bits.
	maxFields = 48
)

// Standard are the streams that every city has: vehicles, patrols, sensors.
func Standard() ([]*Definition, error) { return ParseDefinitions(standard) }

// ParseDefinitions reads a YAML list of definitions. A fault is an InputError.
func ParseDefinitions(data []byte) ([]*Definition, error) {
	var all []*Definition
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&all); err != nil {
		text, _, _ := bytes.Cut([]byte(err.Error()), []byte("\n"))
		return nil, layers.InputErrorf("", "not a list of streams: %s", text)
	}
	for i, d := range all {
		if d == nil {
			return nil, layers.InputErrorf(fmt.Sprintf("[%d]", i), "is empty")
		}
		if err := d.check(); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all[:i], func(o *Definition) bool { return o.Name == d.Name }) {
			return nil, layers.InputErrorf(d.Name, "is defined twice")
		}
	}
	return all, nil
}

func (d *Definition) check() error {
	name := regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)
	fault := func(field, format string, args ...any) error {
		return layers.InputErrorf(d.Name+"."+field, format, args...)
	}
	switch {
	case !name.MatchString(d.Name):
		return layers.InputErrorf("name", "%s is no name of a stream: want a small letter, then small letters, digits and _", layers.Shown(d.Name))
	case d.TTL <= 0:
		return fault("ttl", "want a time such as 10m")
	case d.StaleAfter <= 0 || d.StaleAfter > d.TTL:
		return fault("stale_after", "want a time up to ttl")
	case d.ClockSkew < 0:
		return fault("clock_skew", "is negative")
	case !(d.MaxSpeed >= 0):
		return fault("max_speed_m_s", "is negative")
	case d.MaxObjects < 0:
		return fault("max_objects", "is negative")
	case len(d.Fields) > maxFields:
		return fault("fields", "more than %d", maxFields)
	case len(d.States) > 0 && !d.Mover:
		return fault("states", "are for movers")
	}
	if d.MaxObjects == 0 {
		d.MaxObjects = DefaultMaxObjects
	}
	for i, s := range d.States {
		if s.Code > maxState || slices.ContainsFunc(d.States[:i], func(o State) bool { return o.Code == s.Code }) {
			return fault("states", "code %d is above %d or given twice", s.Code, maxState)
		}
	}
	taken := append(layers.SystemColumns(), memberKey, memberVersion, memberTime, memberLon, memberLat, memberSpeed, memberHeading, memberState, memberStale)
	for _, f := range d.Fields {
		switch {
		case !name.MatchString(f.Name) || slices.Contains(taken, f.Name):
			return fault("fields", "%s is no name of a field, is given twice, or belongs to every row", layers.Shown(f.Name))
		case !slices.Contains([]layers.PropertyType{layers.String, layers.Number, layers.Integer, layers.Boolean}, f.Type):
			return fault(f.Name, "type %s is none of string, number, integer, boolean", layers.Shown(string(f.Type)))
		case f.Type != layers.String && (f.Enum != nil || f.MaxLength != 0):
			return fault(f.Name, "enum and max_length are for strings")
		case f.Type != layers.Number && f.Type != layers.Integer && (f.Minimum != nil || f.Maximum != nil):
			return fault(f.Name, "minimum and maximum are for numbers")
		}
		taken = append(taken, f.Name)
	}
	return nil
}

// property is the field as a column of a layer.
func (f *Field) property() layers.Property {
	return layers.Property{
		Name: f.Name, Title: f.Title, Type: f.Type, Unit: f.Unit, Enum: f.Enum, MaxLength: f.MaxLength,
		Minimum: f.Minimum, Maximum: f.Maximum,
	}
}

// Properties are what rows have beside key, version, time and place.
func (d *Definition) Properties() []layers.Property {
	var all []layers.Property
	if d.Mover {
		all = append(all,
			layers.Property{Name: memberSpeed, Title: layers.Text{Zh: "速度", En: "Speed"}, Type: layers.Number, Unit: "m/s"},
			layers.Property{Name: memberHeading, Title: layers.Text{Zh: "航向", En: "Heading"}, Type: layers.Number, Unit: "deg"},
			layers.Property{Name: memberState, Title: layers.Text{Zh: "状态", En: "State"}, Type: layers.Integer, Required: true},
		)
	}
	for i := range d.Fields {
		all = append(all, d.Fields[i].property())
	}
	return append(all,
		layers.Property{Name: memberSynthetic, Title: layers.Text{Zh: "合成数据", En: "Synthetic"}, Type: layers.Boolean, Required: true},
		layers.Property{Name: memberStale, Title: layers.Text{Zh: "过时", En: "Stale"}, Type: layers.Boolean, Required: true},
	)
}

// layer is a layer made up for the rows, so that filters can be checked.
func (d *Definition) layer() *layers.Layer {
	return &layers.Layer{Name: d.Name, Title: d.Title, Geometry: layers.Point, Properties: d.Properties()}
}

// window is how old a report may be.
func (d *Definition) window() time.Duration { return max(d.TTL, lateWindow) }
