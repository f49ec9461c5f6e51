package city

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
	"github.com/paulmach/orb"

	"yiping/geo"
	"yiping/layers"
)

// manifest is a city.yaml: which files make a base map, and how their properties
// are to be read. docs/city-manifest.md describes it for those who write one.
type manifest struct {
	Title  string    `yaml:"title"`
	Centre []float64 `yaml:"centre"`
	// Land "schematic" cuts the sea off districts and streets that reach into it.
	Land string `yaml:"land"`
	// Schematic lists the parts that the embedded map fills up.
	Schematic []string                  `yaml:"schematic"`
	Covered   [][]float64               `yaml:"covered"`
	Sources   map[string]manifestSource `yaml:"sources"`

	Districts     []input `yaml:"districts"`
	Streets       []input `yaml:"streets"`
	Villages      []input `yaml:"villages"`
	Water         []input `yaml:"water"`
	Roads         []input `yaml:"roads"`
	MetroLines    []input `yaml:"metro_lines"`
	MetroStations []input `yaml:"metro_stations"`
	Buildings     []input `yaml:"buildings"`
	Heritage      []input `yaml:"heritage"`
	Places        []input `yaml:"places"`
}

type manifestSource struct {
	Title       string `yaml:"title"`
	Licence     string `yaml:"licence"`
	Attribution string `yaml:"attribution"`
	Datum       string `yaml:"datum"`
	Synthetic   bool   `yaml:"synthetic"`
}

// datum is the source's datum; check has made sure that there is one.
func (s manifestSource) datum() geo.Datum {
	d, _ := geo.ParseDatum(s.Datum)
	return d
}

// input is one GeoJSON file for one part of the map.
type input struct {
	File   string `yaml:"file"`
	Source string `yaml:"source"`
	// ID is the property with the feature's key; empty takes the feature's id.
	ID string `yaml:"id"`
	// Bound leaves out features whose middle lies outside it.
	Bound []float64 `yaml:"bound"`
	// Only keeps features that have one of these values, Except leaves out those
	// that have; "*" stands for any value that is not empty.
	Only   map[string][]string `yaml:"only"`
	Except map[string][]string `yaml:"except"`
	// Fields says where each of our fields comes from.
	Fields map[string]field `yaml:"fields"`
}

// field is how one value is found: the first of the properties From that is not
// empty, translated by Values.
type field struct {
	From []string `yaml:"from"`
	// Values must list every value that occurs, if there is no Default; null leaves
	// the feature out.
	Values map[string]*string `yaml:"values"`
	// Default stands for a missing or an unlisted value.
	Default *string `yaml:"default"`
}

// UnmarshalYAML takes the name of a property alone too.
func (f *field) UnmarshalYAML(unmarshal func(any) error) error {
	var name string
	if err := unmarshal(&name); err == nil {
		f.From = []string{name}
		return nil
	}
	type plain field
	return unmarshal((*plain)(f))
}

// manifestPart is one list of a Base as the manifest sees it.
type manifestPart struct {
	name     string
	inputs   []input
	fields   []string
	required []string
	regions  bool
}

// parts lists the parts in the order in which they are read: later ones look up
// what earlier ones hold.
func (m *manifest) parts() []manifestPart {
	area := []string{"code", "name", "name_en", "population", "population_year"}
	return []manifestPart{
		{name: "districts", inputs: m.Districts, regions: true, fields: area, required: []string{"code", "name"}},
		{name: "streets", inputs: m.Streets, regions: true, fields: area, required: []string{"name"}},
		{name: "villages", inputs: m.Villages, regions: true, fields: area, required: []string{"name"}},
		{
			name: "water", inputs: m.Water, required: []string{"kind"},
			fields: []string{"name", "name_en", "kind", "min_zoom"},
		},
		{
			name: "roads", inputs: m.Roads, required: []string{"class"},
			fields: []string{"name", "name_en", "class", "lanes", "oneway", "bridge", "tunnel"},
		},
		{
			name: "metro_lines", inputs: m.MetroLines, required: []string{"name", "ref"},
			fields: []string{"name", "name_en", "ref", "colour"},
		},
		{
			name: "metro_stations", inputs: m.MetroStations, required: []string{"name"},
			fields: []string{"name", "name_en", "status"},
		},
		{
			name: "buildings", inputs: m.Buildings,
			fields: []string{"name", "name_en", "use", "floors", "height_metres", "built_year"},
		},
		{
			name: "heritage", inputs: m.Heritage, required: []string{"name"},
			fields: []string{"name", "name_en", "grade", "listed_ref", "built_year", "style"},
		},
		{
			name: "places", inputs: m.Places, required: []string{"name", "kind"},
			fields: []string{"name", "name_en", "kind", "min_zoom"},
		},
	}
}

// schematicParts are what a manifest may ask of the embedded map.
func schematicParts() []string {
	return []string{"population", "water", "roads", "metro_stations", "buildings", "heritage", "places"}
}

// parseManifest reads a manifest strictly. Every fault is a layers.InputError with
// the line if the file itself has it, or the path of the entry.
func parseManifest(data []byte) (*manifest, error) {
	var m manifest
	if err := yaml.UnmarshalWithOptions(data, &m, yaml.Strict()); err != nil {
		return nil, manifestError(err)
	}
	if err := m.check(); err != nil {
		if fault, ok := errors.AsType[*layers.InputError](err); ok {
			fault.At.Line = lineOf(data, fault.Field)
		}
		return nil, err
	}
	return &m, nil
}

// manifestError makes an InputError with a line of what the YAML library says.
func manifestError(err error) error {
	fault := layers.InputErrorf("", "%s", err.Error())
	if place, ok := errors.AsType[yaml.Error](err); ok {
		fault.Reason = place.GetMessage()
		if t := place.GetToken(); t != nil && t.Position != nil {
			fault.At.Line = int64(t.Position.Line)
		}
	}
	return fault
}

// lineOf is the line of an entry such as roads[1].fields.class; 0 if it is not
// there.
func lineOf(data []byte, entry string) int64 {
	file, err := parser.ParseBytes(data, 0)
	if err != nil || len(file.Docs) == 0 {
		return 0
	}
	path, err := yaml.PathString("$." + entry)
	if err != nil {
		return 0
	}
	node, err := path.FilterFile(file)
	if err != nil || node == nil {
		return 0
	}
	return int64(node.GetToken().Position.Line)
}

func (m *manifest) check() error {
	if m.Title == "" {
		return layers.InputErrorf("title", "is missing: the name of the map")
	}
	if _, err := m.centre(); err != nil {
		return err
	}
	if len(m.Districts) == 0 {
		return layers.InputErrorf("districts", "is missing: a city has at least one district")
	}
	if m.Land != "" && m.Land != "schematic" {
		return layers.InputErrorf("land", "%q is not known: leave it out, or write schematic", m.Land)
	}
	for i, s := range m.Schematic {
		if !slices.Contains(schematicParts(), s) {
			return layers.InputErrorf(fmt.Sprintf("schematic[%d]", i), "%q is not one of %s", s, strings.Join(schematicParts(), ", "))
		}
	}
	for i, b := range m.Covered {
		if _, err := boundOf(fmt.Sprintf("covered[%d]", i), b); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Sources)) {
		if err := m.Sources[name].check("sources." + name); err != nil {
			return err
		}
	}
	for _, p := range m.parts() {
		for i, in := range p.inputs {
			if err := m.checkInput(fmt.Sprintf("%s[%d]", p.name, i), p, in); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *manifest) centre() (orb.Point, error) {
	if len(m.Centre) != 2 {
		return orb.Point{}, layers.InputErrorf("centre", "must be [longitude, latitude]")
	}
	p := orb.Point{m.Centre[0], m.Centre[1]}
	if err := geo.CheckPoint(p); err != nil {
		return p, layers.InputErrorf("centre", "%v", err)
	}
	return p, nil
}

func (s manifestSource) check(at string) error {
	switch {
	case s.Title == "":
		return layers.InputErrorf(at, "has no title: say what the source is")
	case s.Licence == "":
		return layers.InputErrorf(at, "has no licence: write its SPDX name, or unknown")
	case s.Datum == "":
		return layers.InputErrorf(at, "has no datum: write wgs84, cgcs2000, gcj02 or bd09")
	}
	switch d, err := geo.ParseDatum(s.Datum); {
	case err != nil:
		return layers.InputErrorf(at+".datum", "%v", err)
	case !d.Native():
		return layers.InputErrorf(at+".datum", "%s needs a database to convert it: convert the files to wgs84 first", d)
	}
	return nil
}

func (m *manifest) checkInput(at string, p manifestPart, in input) error {
	if in.File == "" {
		return layers.InputErrorf(at, "has no file")
	}
	if _, ok := m.Sources[in.Source]; !ok {
		return layers.InputErrorf(at, "source %q is not listed under sources", in.Source)
	}
	if in.Source == schematicSource {
		return layers.InputErrorf(at, "the source name %q is taken by the embedded map", schematicSource)
	}
	if in.Bound != nil {
		if _, err := boundOf(at+".bound", in.Bound); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in.Fields)) {
		if !slices.Contains(p.fields, name) {
			return layers.InputErrorf(at+".fields."+name, "%s has no such field: it has %s", p.name, strings.Join(p.fields, ", "))
		}
		if f := in.Fields[name]; len(f.From) == 0 && f.Default == nil {
			return layers.InputErrorf(at+".fields."+name, "says neither from which property nor a default")
		}
	}
	for _, name := range p.required {
		if _, ok := in.Fields[name]; !ok {
			return layers.InputErrorf(at, "the field %s is missing under fields", name)
		}
	}
	return nil
}

// boundOf reads [west, south, east, north] in degrees.
func boundOf(at string, b []float64) (orb.Bound, error) {
	if len(b) != 4 || b[0] >= b[2] || b[1] >= b[3] {
		return orb.Bound{}, layers.InputErrorf(at, "must be [west, south, east, north]")
	}
	bound := orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}
	for _, p := range []orb.Point{bound.Min, bound.Max} {
		if err := geo.CheckPoint(p); err != nil {
			return bound, layers.InputErrorf(at, "%v", err)
		}
	}
	return bound, nil
}
