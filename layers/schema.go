package layers

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// PropertySchema is one property in the layer's JSON Schema. The order of the
// properties travels in x-ogc-propertySeq (OGC API Features Part 5), because
// neither JSON objects nor jsonb keep one.
type PropertySchema struct {
	Type      string   `json:"type,omitempty"` // not of a geometry
	Format    string   `json:"format,omitempty"`
	Title     string   `json:"title,omitempty"`
	Titles    *Text    `json:"x-title,omitempty"`
	Unit      string   `json:"x-ogc-unit,omitempty"`
	Enum      []string `json:"enum,omitempty"`
	MaxLength int      `json:"maxLength,omitempty"`
	Minimum   *float64 `json:"minimum,omitempty"`
	Maximum   *float64 `json:"maximum,omitempty"`
	Seq       int      `json:"x-ogc-propertySeq"`
	Sum       bool     `json:"x-sum,omitempty"`
	Role      string   `json:"x-ogc-role,omitempty"`
	ReadOnly  bool     `json:"readOnly,omitempty"`
}

// ObjectSchema is the JSON Schema (draft 2020-12) of a feature or of a layer's
// properties.
type ObjectSchema struct {
	Schema     string                    `json:"$schema"`
	ID         string                    `json:"$id,omitempty"`
	Type       string                    `json:"type"`
	Title      string                    `json:"title,omitempty"`
	Required   []string                  `json:"required,omitempty"`
	Properties map[string]PropertySchema `json:"properties"`
	// Additional is false where nothing but Properties may be named.
	Additional *bool `json:"additionalProperties,omitempty"`
}

// JSONSchema is the schema of the layer's properties (draft 2020-12).
func (l *Layer) JSONSchema() (json.RawMessage, error) {
	s := ObjectSchema{
		Schema:     "https://json-schema.org/draft/2020-12/schema",
		Type:       "object",
		Properties: map[string]PropertySchema{},
	}
	for i, p := range l.Properties {
		s.Properties[p.Name] = describeProperty(p, i+1)
		if p.Required {
			s.Required = append(s.Required, p.Name)
		}
	}
	out, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("schema of layer %s: %w", l.Name, err)
	}
	return out, nil
}

func describeProperty(p Property, seq int) PropertySchema {
	s := PropertySchema{
		Type: string(p.Type), Title: p.Title.Zh, Titles: &p.Title, Unit: p.Unit, Enum: p.Enum,
		MaxLength: p.MaxLength, Minimum: p.Minimum, Maximum: p.Maximum, Seq: seq, Sum: p.Sum,
	}
	if p.Type == Date || p.Type == DateTime {
		s.Type, s.Format = "string", string(p.Type)
	}
	return s
}

// SetJSONSchema fills the layer's properties from a schema that JSONSchema made;
// tiles names those that go into tiles.
func (l *Layer) SetJSONSchema(data json.RawMessage, tiles []string) error {
	var s ObjectSchema
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("schema of layer %s: %w", l.Name, err)
	}
	l.Properties = make([]Property, 0, len(s.Properties))
	seq := map[string]int{}
	for name, ps := range s.Properties {
		p := Property{
			Name: name, Title: *ps.Titles, Type: PropertyType(ps.Type), Unit: ps.Unit, Enum: ps.Enum,
			MaxLength: ps.MaxLength, Minimum: ps.Minimum, Maximum: ps.Maximum, Sum: ps.Sum,
			Required: slices.Contains(s.Required, name),
			InTiles:  slices.Contains(tiles, name),
		}
		if ps.Format != "" {
			p.Type = PropertyType(ps.Format)
		}
		seq[name] = ps.Seq
		l.Properties = append(l.Properties, p)
	}
	slices.SortFunc(l.Properties, func(a, b Property) int { return cmp.Compare(seq[a.Name], seq[b.Name]) })
	return nil
}

// FeatureSchema is the JSON Schema of id, geom and all columns. What the
// database fills by itself is read-only.
func (l *Layer) FeatureSchema() ObjectSchema {
	id := describeProperty(Identity(), 0)
	id.Role, id.ReadOnly = "id", true
	kind := "any"
	if l.Geometry != AnyGeometry {
		kind = strings.ToLower(string(l.Geometry))
	}
	s := ObjectSchema{
		Schema: "https://json-schema.org/draft/2020-12/schema",
		Type:   "object",
		Title:  l.Title.Zh,
		Properties: map[string]PropertySchema{
			"id":   id,
			"geom": {Format: "geometry-" + kind, Title: "几何", Titles: &Text{"几何", "Geometry"}, Role: "primary-geometry", Seq: 1},
		},
		Required: []string{"geom"},
	}
	own := append([]string{"version", "updated_at"}, RegionColumns()...)
	for i, c := range l.Columns() {
		p := describeProperty(c, i+2)
		p.ReadOnly = slices.Contains(own, c.Name)
		s.Properties[c.Name] = p
		if c.Required && !slices.Contains(SystemColumns(), c.Name) {
			s.Required = append(s.Required, c.Name)
		}
	}
	return s
}
