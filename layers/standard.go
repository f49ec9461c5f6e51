package layers

import (
	"embed"
	"fmt"
)

//go:embed standard/*.yaml
var standardFiles embed.FS

// StandardNames are the layers that every city has, in the order in which they
// load: regions first, because all others are placed into them.
func StandardNames() []string {
	return []string{
		"district", "street", "village", "water", "road", "metro_line", "metro_station",
		"place", "heritage", "building", "curtain_wall", "compound", "construction_site",
		"pipeline", "component",
	}
}

// Standard returns the definitions of the standard layers, in the order of
// StandardNames.
func Standard() ([]*Layer, error) {
	schema, err := compileDefinitionSchema()
	if err != nil {
		return nil, err
	}
	var all []*Layer
	for _, name := range StandardNames() {
		data, err := standardFiles.ReadFile("standard/" + name + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("standard layer %s: %w", name, err)
		}
		l, err := parseDefinition(schema, data)
		if err != nil {
			return nil, fmt.Errorf("standard layer %s: %w", name, err)
		}
		all = append(all, l)
	}
	return all, nil
}
