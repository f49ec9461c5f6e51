package layers

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed definition.schema.json
var definitionSchema string

// ParseDefinition reads a layer definition in YAML (or JSON, which YAML
// contains). A fault comes back as an InputError with the line and the path of
// what is wrong.
func ParseDefinition(data []byte) (*Layer, error) {
	schema, err := compileDefinitionSchema()
	if err != nil {
		return nil, err
	}
	return parseDefinition(schema, data)
}

func parseDefinition(schema *jsonschema.Schema, data []byte) (*Layer, error) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, yamlError(err)
	}
	var instance any
	if err := yaml.Unmarshal(data, &instance); err != nil {
		return nil, yamlError(err)
	}
	if err := validateDefinition(schema, file, instance); err != nil {
		return nil, err
	}
	var d definition
	if err := yaml.Unmarshal(data, &d); err != nil {
		return nil, yamlError(err)
	}
	return d.layer(file)
}

// definition is the file's own shape; Layer is what the program works with.
type definition struct {
	Name           string    `yaml:"name"`
	Title          Text      `yaml:"title"`
	Domain         string    `yaml:"domain"`
	Geometry       string    `yaml:"geometry"`
	Zoom           ZoomRange `yaml:"zoom"`
	Tiles          TileRules `yaml:"tiles"`
	History        bool      `yaml:"history"`
	Datum          string    `yaml:"datum"`
	AccuracyMetres float64   `yaml:"accuracy_metres"`
	Owner          string    `yaml:"owner"`
	Licence        string    `yaml:"licence"`
	Attribution    string    `yaml:"attribution"`
	Schema         struct {
		Required []string `yaml:"required"`
		// A MapSlice, because columns keep the order of the file.
		Properties yaml.MapSlice `yaml:"properties"`
	} `yaml:"schema"`
}

type propertyDefinition struct {
	Type      PropertyType `yaml:"type"`
	Title     *Text        `yaml:"title"`
	Unit      string       `yaml:"unit"`
	Enum      []string     `yaml:"enum"`
	MaxLength int          `yaml:"maxLength"`
	Minimum   *float64     `yaml:"minimum"`
	Maximum   *float64     `yaml:"maximum"`
	Tiles     bool         `yaml:"tiles"`
	Sum       bool         `yaml:"sum"`
}

// layer turns a definition that fits the schema into a Layer, and checks what a
// JSON Schema cannot say.
func (d *definition) layer(file *ast.File) (*Layer, error) {
	l := &Layer{
		Name: d.Name, Title: d.Title, Geometry: GeometryType(d.Geometry), Zoom: d.Zoom, Tiles: d.Tiles, History: d.History,
		Domain: d.Domain, Datum: d.Datum, AccuracyMetres: d.AccuracyMetres,
		Owner: d.Owner, Licence: d.Licence, Attribution: d.Attribution,
	}
	if d.Zoom == (ZoomRange{}) {
		l.Zoom = ZoomRange{Min: 0, Max: 22}
	}
	fault := func(reason string, path ...string) error {
		return &InputError{Field: strings.Join(path, "."), At: Position{Line: lineOf(file, path)}, Reason: reason}
	}
	for _, item := range d.Schema.Properties {
		name := fmt.Sprint(item.Key)
		path := []string{"schema", "properties", name}
		if slices.Contains(SystemColumns(), name) {
			return nil, fault(fmt.Sprintf("%q is a column that every layer has; choose another name", name), path...)
		}
		if d.History && slices.Contains(VersionColumns(), name) {
			return nil, fault(fmt.Sprintf("%q is a column of the layer's history; choose another name, or keep no history", name), path...)
		}
		var p propertyDefinition
		raw, err := yaml.Marshal(item.Value)
		if err != nil {
			return nil, fmt.Errorf("property %s: %w", name, err)
		}
		if err := yaml.Unmarshal(raw, &p); err != nil {
			return nil, fmt.Errorf("property %s: %w", name, err)
		}
		property := Property{
			Name: name, Type: p.Type, Unit: p.Unit, Enum: p.Enum, MaxLength: p.MaxLength,
			Minimum: p.Minimum, Maximum: p.Maximum, InTiles: p.Tiles, Sum: p.Sum,
			Title:    Text{Zh: name, En: name},
			Required: slices.Contains(d.Schema.Required, name),
		}
		if p.Title != nil {
			property.Title = *p.Title
		}
		numeric := p.Type == Integer || p.Type == Number
		switch {
		case !numeric && (p.Minimum != nil || p.Maximum != nil):
			return nil, fault(fmt.Sprintf("minimum and maximum are for integer and number, not for %s", p.Type), path...)
		case !numeric && p.Type != Boolean && p.Sum:
			return nil, fault(fmt.Sprintf("sum is for integer, number and boolean, not for %s", p.Type), path...)
		case p.Type != String && (p.Enum != nil || p.MaxLength != 0):
			return nil, fault(fmt.Sprintf("enum and maxLength are for string, not for %s", p.Type), path...)
		case p.Minimum != nil && p.Maximum != nil && *p.Minimum > *p.Maximum:
			return nil, fault("minimum is above maximum", path...)
		}
		l.Properties = append(l.Properties, property)
	}
	for _, name := range d.Schema.Required {
		if _, _, ok := l.Property(name); !ok {
			return nil, fault(fmt.Sprintf("required names %q, which is not among the properties", name), "schema", "required")
		}
	}
	if l.Zoom.Min > l.Zoom.Max {
		return nil, fault("min is above max", "zoom")
	}
	if name := l.Zoom.Property; name != "" {
		if p, _, ok := l.Property(name); !ok || p.Type != Integer {
			return nil, fault(fmt.Sprintf("%q is not an integer property of the layer", name), "zoom", "property")
		}
	}
	if member, reason := l.tileRulesFault(); reason != "" {
		return nil, fault(reason, "tiles", member)
	}
	return l, nil
}

func compileDefinitionSchema() (*jsonschema.Schema, error) {
	raw, err := jsonschema.UnmarshalJSON(strings.NewReader(definitionSchema))
	if err != nil {
		return nil, fmt.Errorf("read embedded definition schema: %w", err)
	}
	const url = "layer-definition.json"
	c := jsonschema.NewCompiler()
	if err := c.AddResource(url, raw); err != nil {
		return nil, fmt.Errorf("read embedded definition schema: %w", err)
	}
	schema, err := c.Compile(url)
	if err != nil {
		return nil, fmt.Errorf("compile embedded definition schema: %w", err)
	}
	return schema, nil
}

func validateDefinition(schema *jsonschema.Schema, file *ast.File, instance any) error {
	// The validator knows JSON types only; the detour also turns YAML's odd
	// integer kinds into numbers.
	asJSON, err := json.Marshal(instance)
	if err != nil {
		return InputErrorf("", "not a layer definition: %v", err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(asJSON)))
	if err != nil {
		return InputErrorf("", "not a layer definition: %v", err)
	}
	var fault *jsonschema.ValidationError
	switch err := schema.Validate(value); {
	case err == nil:
		return nil
	case !errors.As(err, &fault):
		return fmt.Errorf("validate layer definition: %w", err)
	}
	for len(fault.Causes) > 0 { // the deepest cause names the very place
		fault = fault.Causes[0]
	}
	return &InputError{
		Field:  strings.Join(fault.InstanceLocation, "."),
		At:     Position{Line: lineOf(file, fault.InstanceLocation)},
		Reason: fault.ErrorKind.LocalizedString(message.NewPrinter(language.English)),
	}
}

// lineOf finds the line of the node at path, or of its nearest parent that is
// in the file.
func lineOf(file *ast.File, path []string) int64 {
	for n := len(path); n >= 0; n-- {
		var b strings.Builder
		b.WriteString("$")
		for _, step := range path[:n] {
			if _, err := strconv.Atoi(step); err == nil {
				fmt.Fprintf(&b, "[%s]", step)
			} else {
				fmt.Fprintf(&b, ".'%s'", step)
			}
		}
		p, err := yaml.PathString(b.String())
		if err != nil {
			continue
		}
		if node, err := p.FilterFile(file); err == nil && node != nil {
			return int64(node.GetToken().Position.Line)
		}
	}
	return 0
}

// yamlError keeps the first line of the parser's message, which has the place,
// and drops the picture of the source below it.
func yamlError(err error) error {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return InputErrorf("", "not readable as YAML: %s", text)
}
