package openapi

import (
	"encoding/json"
	"fmt"

	"yiping/layers"
)

// layerSchemas are the schemas of the layers' features as GeoJSON, by the name
// of the layer. No schema of the parts can have such a name: theirs begin with
// a capital letter.
func layerSchemas(c *layers.Catalog) (object, error) {
	all := object{}
	for _, l := range c.Layers() {
		s, err := featureSchema(l)
		if err != nil {
			return nil, fmt.Errorf("schema of layer %s: %w", l.Name, err)
		}
		all[l.Name] = s
	}
	return all, nil
}

// references point at the schemas of the layers.
func references(c *layers.Catalog) []any {
	all := make([]any, 0, len(c.Layers()))
	for _, name := range c.Names() {
		all = append(all, reference(name))
	}
	return all
}

func reference(name string) object { return object{"$ref": "#/components/schemas/" + name} }

// featureSchema is the schema of a layer's features as GeoJSON. No property is
// required, because a request can leave any of them out.
func featureSchema(l *layers.Layer) (object, error) {
	data, err := json.Marshal(l.FeatureSchema())
	if err != nil {
		return nil, err
	}
	var columns struct{ Properties map[string]any }
	if err := json.Unmarshal(data, &columns); err != nil {
		return nil, err
	}
	properties := object{}
	for _, c := range l.Columns() {
		p := columns.Properties[c.Name].(object)
		if !c.Required {
			allowNull(p)
		}
		properties[c.Name] = p
	}
	return object{
		"type":        "object",
		"title":       l.Title.Zh + " " + l.Title.En,
		"description": "A feature of the layer " + l.Name + ".",
		"required":    []any{"type", "id", "geometry", "properties"},
		"properties": object{
			"type":       object{"type": "string", "enum": []any{"Feature"}},
			"id":         columns.Properties["id"],
			"geometry":   reference(string(l.Geometry)),
			"properties": object{"type": "object", "additionalProperties": false, "properties": properties},
			"valid_from": object{"type": "string", "format": "date-time", "description": "Since when it held; only of a version."},
			"valid_to":   object{"type": "string", "format": "date-time", "description": "Until when it held; only of a version that holds no more."},
			"regions": object{
				"type":                 "object",
				"description":          "Regions that the feature lies in; only of a single feature.",
				"additionalProperties": reference("RegionName"),
			},
			"links": reference("Links"),
		},
	}, nil
}

// allowNull lets a property be null.
func allowNull(p object) {
	p["type"] = []any{p["type"], "null"}
	if values, ok := p["enum"].([]any); ok {
		p["enum"] = append(values, nil)
	}
}
