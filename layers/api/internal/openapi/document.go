package openapi

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/goccy/go-yaml"

	"yiping/layers"
)

//go:embed parts/*.yaml
var parts embed.FS

// Version is one of the versions of OpenAPI that a document can be had in.
type Version string

// The versions. 3.0 is for clients that know no other, GDAL among them.
const (
	Version31 Version = "3.1.1"
	Version30 Version = "3.0.4"
)

// MediaType is the media type of a document.
func (v Version) MediaType() string {
	if v == Version30 {
		return "application/vnd.oai.openapi+json;version=3.0"
	}
	return "application/vnd.oai.openapi+json;version=3.1"
}

// Document is the description of the service but for what the catalog decides.
type Document struct {
	common []byte // JSON
}

// object is a JSON object.
type object = map[string]any

// New puts the parts together. It fails only if they are not well formed.
func New() (*Document, error) {
	document := object{}
	for _, name := range []string{"document", "features", "feature_schemas", "writes", "statistics", "tiles", "live", "streams", "fences", "heat", "heat_places", "heat_alarms", "heat_replays", "service"} {
		data, err := parts.ReadFile("parts/" + name + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("read part: %w", err)
		}
		var part object
		if err := yaml.Unmarshal(data, &part); err != nil {
			return nil, fmt.Errorf("part %s: %w", name, err)
		}
		if err := merge(document, part); err != nil {
			return nil, fmt.Errorf("part %s: %w", name, err)
		}
	}
	common, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("join parts: %w", err)
	}
	return &Document{common}, nil
}

// merge adds the members of a part: objects of the same name member by member,
// lists of the same name behind each other.
func merge(to, part object) error {
	for name, value := range part {
		there, taken := to[name]
		if !taken {
			to[name] = value
			continue
		}
		switch there := there.(type) {
		case object:
			if members, ok := value.(object); ok {
				if err := merge(there, members); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				continue
			}
		case []any:
			if elements, ok := value.([]any); ok {
				to[name] = append(there, elements...)
				continue
			}
		}
		return fmt.Errorf("%q is in another part already", name)
	}
	return nil
}

// JSON is the document for a catalog. Equal catalogs give equal bytes.
func (d *Document) JSON(c *layers.Catalog, v Version) ([]byte, error) {
	var document object
	if err := json.Unmarshal(d.common, &document); err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	document["openapi"] = string(v)
	schemas := document["components"].(object)["schemas"].(object)
	own, err := layerSchemas(c)
	if err != nil {
		return nil, err
	}
	maps.Copy(schemas, own)
	schemas["Feature"].(object)["anyOf"] = references(c)
	schemas["LayerName"].(object)["enum"] = c.Names()
	schemas["CRS"].(object)["enum"] = crsNames()
	schemas["CRS"].(object)["default"] = layers.CRS84.URI()
	if v == Version30 {
		writeNullable(document)
	}
	out, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("write document: %w", err)
	}
	return out, nil
}

func crsNames() []string {
	names := []string{"gcj02"}
	for _, c := range layers.CRSs() {
		names = append(names, c.URI())
	}
	return names
}

// writeNullable says in the way of OpenAPI 3.0 which schemas take null.
func writeNullable(value any) {
	switch value := value.(type) {
	case object:
		if types, ok := value["type"].([]any); ok && len(types) == 2 && types[1] == "null" {
			value["type"], value["nullable"] = types[0], true
		}
		for _, member := range value {
			writeNullable(member)
		}
	case []any:
		for _, element := range value {
			writeNullable(element)
		}
	}
}
